import { counted } from "@tandem/kernel";
import { type CostEstimate, dollars } from "./cost-estimate.ts";
import type { LatencyEstimate, Percentiles } from "./latency-estimate.ts";
import type { Paint } from "./paint.ts";

/** What is known of one release. */
export interface ReleaseFigures {
  /** End of caller speech to first agent audio heard, as its providers' probes tell; null without any. */
  readonly estimatedLatency: Percentiles | null;
  /** Micros of a US dollar for the call that estimates are made for; null when nobody carries calls. */
  readonly estimatedCostMicros: number | null;
}

/** What callers have had on a release. */
export interface MeasuredFigures {
  readonly latency: (Percentiles & { readonly turns: number }) | null;
  /** Mean of a call at list prices or the operator's own, micros of a US dollar; null without calls. */
  readonly costMicros: number | null;
  readonly calls: number;
  /** How far back the figures go. */
  readonly days: number;
}

/** The planned release beside the one that is live. */
export interface ReleaseComparison {
  readonly planned: ReleaseFigures;
  /** Null when nothing is live. */
  readonly current: (ReleaseFigures & { readonly bundleHash: string; readonly measured: MeasuredFigures }) | null;
}

/** The latency that callers will meet of an estimate. */
export const latencyMet = (estimate: LatencyEstimate | undefined): Percentiles | null => {
  const endToEnd = estimate?.endToEnd ?? null;
  if (endToEnd === null) return null;
  const { p50Ms, p95Ms } = endToEnd.isSpeculative ? endToEnd.speculative : endToEnd.plain;
  return { p50Ms, p95Ms };
};

export const costOf = (estimate: CostEstimate | undefined): number | null => estimate?.perCallMicros ?? null;

/** Both releases side by side, as lines; none when nothing is live. */
export function comparisonSection(
  comparison: ReleaseComparison | undefined,
  { paint }: { readonly paint: Paint },
): string[] {
  const current = comparison?.current ?? null;
  if (comparison === undefined || current === null) return [];
  const { planned } = comparison;
  const { measured } = current;
  const calls = `${counted(measured.calls, "call")} of ${counted(measured.days, "day")}`;
  const rows: [string, string, string][] = [
    ["", "response p50 / p95", "cost of a call"],
    ["planned, estimated", latencyWords(planned.estimatedLatency), costWords(planned.estimatedCostMicros)],
    ["live, estimated", latencyWords(current.estimatedLatency), costWords(current.estimatedCostMicros)],
    [`live, measured (${calls})`, latencyWords(measured.latency), costWords(measured.costMicros)],
  ];
  const [first, second] = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return [
    paint("title", "Beside the release that is live"),
    ...rows.map(([name, latency, cost]) => `    ${name.padEnd(first ?? 0)}  ${latency.padEnd(second ?? 0)}  ${cost}`),
  ];
}

const latencyWords = (latency: Percentiles | null): string =>
  latency === null ? "–" : `${Math.round(latency.p50Ms)} / ${Math.round(latency.p95Ms)} ms`;

const costWords = (micros: number | null): string => (micros === null ? "–" : dollars(micros));
