import { counted } from "@tandem/kernel";
import { alarmsOf } from "./alarms.ts";
import { type BothFigures, compareMetrics } from "./compare.ts";
import type { EvidencePolicy } from "./evidence-policy.ts";
import { noFigures, type SideFigures } from "./figures.ts";
import type { EvidenceVerdict, MetricComparison } from "./verdict.ts";
import { comparisonWords, metricName } from "./words.ts";

/** What is weighed. */
export interface Weighing {
  readonly policy: EvidencePolicy;
  readonly candidate: SideFigures;
  /** The release before; null when there is none. */
  readonly before: SideFigures | null;
  readonly basis: "concurrent" | "same-hours";
  /** Sums of the rollout's wave, its own among them; null when it belongs to none. */
  readonly pooled: BothFigures | null;
  /** Until the watch may end at the earliest, and until it must, milliseconds; 0 or less when that is past. */
  readonly toEndMs: number;
  readonly toLastMs: number;
}

type Draft = Pick<EvidenceVerdict, "kind" | "detail"> & { readonly isReduced?: true };

/** The verdict on figures. Alarms come before comparisons, a breach before everything that is not told yet. */
export function weigh(weighing: Weighing): EvidenceVerdict {
  const { candidate, before, basis, policy, toEndMs, toLastMs } = weighing;
  const isCompared = before !== null && (basis === "concurrent" || before.calls > 0);
  const bounds = isCompared ? policy : { ...policy, margins: {} };
  const comparisons = compareMetrics({ candidate, baseline: before ?? noFigures }, bounds);
  const alarms = alarmsOf(candidate);
  const draft =
    breachOf(alarms, comparisons) ??
    (isCompared ? compared(weighing, comparisons) : uncompared(weighing)) ??
    untold(weighing, comparisons);
  return {
    kind: draft.kind,
    detail: draft.detail,
    alarms,
    comparisons,
    isReduced: draft.isReduced === true,
    baseline: isCompared ? basis : "none",
    leftMs: Math.max(0, draft.kind === "gathering" ? toLastMs : toEndMs),
  };
}

function breachOf(alarms: readonly string[], comparisons: readonly MetricComparison[]): Draft | null {
  const worse = comparisons.filter(({ state }) => state === "breached").map(comparisonWords);
  const found = [...alarms, ...worse];
  return found.length === 0 ? null : { kind: "breached", detail: found.join("; ") };
}

/** Passed by the rollout's own calls, or after its window by those of its wave. */
function compared(
  { policy, candidate, before, pooled, toEndMs }: Weighing,
  own: readonly MetricComparison[],
): Draft | null {
  if (hasFloor(policy, candidate, before ?? noFigures) && isAllPassed(own))
    return { kind: "passed", detail: `no judged figure is worse than allowed: ${ownCalls(candidate, before)}` };
  if (pooled === null || toEndMs > 0 || !hasFloor(policy, pooled.candidate, pooled.baseline)) return null;
  if (!isAllPassed(compareMetrics(pooled, policy))) return null;
  return {
    kind: "passed",
    detail: `passed by the calls of its wave (${Math.round(pooled.candidate.calls)}), ${ownCalls(candidate, before)} of its own`,
    isReduced: true,
  };
}

/** Nothing to compare with: no alarm is all that can be asked. A first release has nobody to wait for. */
function uncompared({ policy, candidate, before, toEndMs }: Weighing): Draft | null {
  const isFirst = before === null;
  if (isFirst ? toEndMs > 0 : candidate.calls < policy.minCalls) return null;
  const why = isFirst ? "there is no release before" : "the release before took no call at these hours";
  return {
    kind: "passed",
    detail: `judged by absolute limits only, as ${why}: no alarm in ${counted(candidate.calls, "call")}`,
    isReduced: true,
  };
}

function untold(weighing: Weighing, comparisons: readonly MetricComparison[]): Draft {
  const { policy, pooled, toLastMs, candidate, before } = weighing;
  const open = comparisons.filter(({ state }) => state === "open").map(({ metric }) => metricName(metric));
  const detail =
    `${ownCalls(candidate, before)}, at least ${policy.minCalls} of each are needed` +
    (open.length === 0 ? "" : `; not told yet: ${open.join(", ")}`);
  if (toLastMs > 0) return { kind: "gathering", detail };
  const worse = pooled === null ? [] : compareMetrics(pooled, policy).filter(({ state }) => state === "breached");
  if (worse.length > 0)
    return { kind: "inconclusive", detail: `${detail}; its wave does worse: ${worse.map(comparisonWords).join("; ")}` };
  return policy.whenInconclusive === "accept"
    ? { kind: "passed", detail: `accepted by policy without a verdict: ${detail}`, isReduced: true }
    : { kind: "inconclusive", detail };
}

const hasFloor = ({ minCalls }: EvidencePolicy, candidate: SideFigures, baseline: SideFigures): boolean =>
  Math.min(candidate.calls, baseline.calls) >= minCalls;

const isAllPassed = (comparisons: readonly MetricComparison[]): boolean =>
  comparisons.every(({ state }) => state === "passed" || state === "shown");

const ownCalls = (candidate: SideFigures, before: SideFigures | null): string =>
  `${counted(Math.round(candidate.calls), "call")} on the new release, ${Math.round(before?.calls ?? 0)} on the one before`;
