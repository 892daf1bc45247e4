import type { AuditVerdict } from "@tandem/contracts";
import { counted } from "@tandem/kernel";
import { when } from "./table.ts";

/** What a walk of the log found, in a few lines. */
export function verdictWords({ intact, rows, head, brokenAt, problem, checkpoints }: AuditVerdict): string {
  const { count, newest, signatures } = checkpoints;
  const signed = {
    genuine: "their signatures are genuine",
    forged: "a signature is forged",
    "not-checked": "their signatures were not checked",
  }[signatures];
  const upTo =
    newest === null
      ? "no checkpoint"
      : `${counted(count, "checkpoint")}, the newest at row ${newest.seq} of ${when(newest.at)}; ${signed}`;
  if (intact) return `Intact: ${counted(rows, "row")}${head === null ? "" : `, ending in ${head.hash}`}\n${upTo}`;
  return `BROKEN at row ${brokenAt}: ${problem}\n${counted(rows, "row before it fits", "rows before it fit")}; ${upTo}`;
}
