import type { KpiSeries } from "@tandem/contracts";
import { csvOf } from "./csv.ts";

const HEADER = [
  "from",
  "to",
  "complete",
  "time_zone",
  "release",
  "playbook",
  "kpi",
  "unit",
  "value",
  "sample_size",
  "unknown",
];

/** One line per bucket, release and KPI, in this order; buckets without a call have none. */
export function seriesCsv({ buckets, definitions, lines, timeZone }: KpiSeries): string {
  const units = new Map(definitions.map(({ formula, unit }) => [formula, unit]));
  const rows = lines.flatMap(({ release, playbook, kpis }) =>
    kpis.flatMap(({ formula, points }) =>
      points.map(({ bucket, value, sampleSize, unknown }) => {
        const { from = "", to = "", isComplete = false } = buckets[bucket] ?? {};
        const unit = units.get(formula) === "currency" ? "USD micros" : (units.get(formula) ?? "");
        return [from, to, isComplete, timeZone, release, playbook, formula, unit, value, sampleSize, unknown];
      }),
    ),
  );
  return csvOf(HEADER, rows);
}
