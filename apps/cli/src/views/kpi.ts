import { counted } from "@tandem/kernel";
import type { KpiReport } from "@tandem/contracts";
import type { Paint } from "@tandem/domain/plan";
import { table } from "./table.ts";

type ReleaseKpis = KpiReport["releases"][number];
type KpiValue = ReleaseKpis["kpis"][number];

const SHARES = [
  ["crashes", "crashes"],
  ["breakerOpens", "breaker opens"],
  ["freezes", "freezes over 2 s"],
  ["encodingMismatches", "encoding mismatches"],
  ["speculative", "speculative answers"],
] as const;

/** Micros of a dollar as dollars. */
export const dollars = (micros: number): string => `$${(micros / 1_000_000).toFixed(4)}`;

/** Releases as columns, KPIs and shares as rows, each value with its sample. */
export function kpiTables({ releases }: KpiReport, paint: Paint): string {
  if (releases.length === 0) return "No release has taken a call.";
  const heads = releases.map(({ release, isActive }) => `${release.slice(0, 12)}${isActive ? " (active)" : ""}`);
  const named = new Map(releases.flatMap(({ kpis }) => kpis.map((kpi) => [kpi.name, kpi] as const)));
  const kpis = [...named.values()].map(({ name, window, goodDirection }) => [
    `${name} (${window}, good: ${goodDirection})`,
    ...releases.map((release) => valueText(release.kpis.find((kpi) => kpi.name === name))),
  ]);
  const shares = SHARES.map(([share, title]) => [title, ...releases.map(({ shares: of }) => shareText(of[share]))]);
  const unpriced = [...new Set(releases.flatMap((release) => release.unpriced))];
  return [
    table(["kpi", ...heads], kpis),
    "",
    table(["share of calls", ...heads], shares),
    ...(unpriced.length === 0 ? [] : ["", paint("warning", `No price known for: ${unpriced.join(", ")}`)]),
  ].join("\n");
}

function valueText(kpi: KpiValue | undefined): string {
  if (kpi === undefined) return "–";
  const { value, unit, sampleSize, unknown } = kpi;
  const sample = `n=${sampleSize}${unknown > 0 ? `, ${unknown} unknown` : ""}`;
  if (value === null) return `– (${sample})`;
  const texts = {
    ratio: () => percent(value),
    seconds: () => `${value.toFixed(1)} s`,
    count: () => String(value),
    currency: () => dollars(value),
  };
  return `${texts[unit]()} (${sample})`;
}

const shareText = ({ ratio, count, of, denominator }: ReleaseKpis["shares"]["crashes"]): string =>
  ratio === null ? "–" : `${percent(ratio)} (${count} of ${counted(of, denominator === "turns" ? "turn" : "call")})`;

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
