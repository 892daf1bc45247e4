import type { DriftReport, DriftSummary } from "@tandem/contracts";
import { table, when } from "./table.ts";

/** Objects with their state, and under them the decisions in force. */
export function driftReport(report: DriftReport): string {
  if (report.lookedAt === null) return "Nobody has looked for drift here yet: tandem drift <deployment> looks now.";
  const objects = table(
    ["address", "slot", "state", "changed"],
    report.resources.map((row) => [row.address, row.slot ?? "–", row.state, row.detail ?? row.changed.join(", ")]),
  );
  const head = `Looked at ${when(report.lookedAt)}${report.complete ? "" : "; not everything could be read"}`;
  return [head, objects, ...(report.decisions.length === 0 ? [] : [decisions(report)])].join("\n\n");
}

const decisions = (report: DriftReport): string =>
  table(
    ["decided", "address", "slot", "fields", "until", "by", "why"],
    report.decisions.map((row) => [
      row.answer,
      row.address,
      row.slot ?? "–",
      row.paths.join(", ") || "–",
      when(row.until),
      row.decidedBy,
      row.reason,
    ]),
  );

/** Deployments at which something drifted. */
export const driftList = (rows: readonly DriftSummary[]): string =>
  table(
    ["deployment", "looked", "needs somebody"],
    rows.map((row) => [row.name, when(row.lookedAt), row.open.join(", ")]),
  );
