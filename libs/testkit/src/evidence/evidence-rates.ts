import {
  compareMetrics,
  EvidenceMetric,
  type EvidencePolicy,
  leastDifferences,
  SAME_HOURS_WEEKS,
  ownLimits,
  slowLimits,
} from "@tandem/domain/evidence";
import { SeededRng } from "../time/seeded-rng.ts";
import { drawCall } from "./call-stream.ts";
import { GrowingFigures } from "./growing-figures.ts";

/** What is simulated: a business, a share of calls on the new release, and how much worse that one is. */
export interface RatesWish {
  readonly policy: EvidencePolicy;
  readonly callsPerNight: number;
  readonly nights: number;
  /** Share of calls on the new release, 0–1; 1: blue/green, held against four times as many calls of the weeks before. */
  readonly share: number;
  /** In margins; 0: as good as the one before, 1: worse by exactly the margin. */
  readonly worseTimes: number;
  readonly runs: number;
  readonly seed: number;
}

/** How often each metric was judged how, and after how many calls of the new release. */
export interface MetricRates {
  readonly metric: EvidenceMetric;
  readonly breached: number;
  readonly passed: number;
  /** Calls of the new release at the verdict, the middle run's; null where fewer than half of the runs came to one. */
  readonly medianCalls: number | null;
}

export interface RatesResult {
  readonly runs: number;
  readonly metrics: readonly MetricRates[];
  /** Runs in which any metric was breached: what `falseBreachRate` bounds when the release is as good. */
  readonly anyBreached: number;
}

/** The policy with a margin for every metric. */
export const judgedByAll = (policy: EvidencePolicy): EvidencePolicy => ({
  ...policy,
  margins: {
    booked: 0.5,
    "self-serve": 0.3,
    "handling-time": 0.4,
    "response-latency": 0.3,
    errors: 1,
    "hang-ups": 1,
    ...policy.margins,
  },
});

/** How many of so many runs a rate may show by chance: three standard deviations above it. */
export const mostOf = (runs: number, rate: number): number =>
  Math.floor(runs * rate + 3 * Math.sqrt(runs * rate * (1 - rate)));

type Judged = { readonly state: "breached" | "passed"; readonly calls: number };

/** Plays watches on seeded calls and looks after every call of the new release, as a watch may. */
export function evidenceRates(wish: RatesWish): RatesResult {
  const rng = new SeededRng(wish.seed);
  const runs = Array.from({ length: wish.runs }, () => playWatch(wish, rng.fork()));
  const median = (calls: readonly number[]): number | null =>
    calls.length * 2 < wish.runs ? null : (calls.toSorted((a, b) => a - b)[Math.ceil(wish.runs / 2) - 1] ?? null);
  return {
    runs: wish.runs,
    metrics: EvidenceMetric.options.map((metric) => {
      const judged = runs.flatMap((run) => run.get(metric) ?? []);
      const count = (state: Judged["state"]) => judged.filter((each) => each.state === state).length;
      return {
        metric,
        breached: count("breached"),
        passed: count("passed"),
        medianCalls: median(judged.map(({ calls }) => calls)),
      };
    }),
    anyBreached: runs.filter((run) => [...run.values()].some(({ state }) => state === "breached")).length,
  };
}

/** One watch until every metric is judged or its nights are over. The first verdict on a metric counts. */
function playWatch(wish: RatesWish, rng: SeededRng): ReadonlyMap<EvidenceMetric, Judged> {
  const { policy, share, worseTimes } = wish;
  const margins = policy.margins as Readonly<Record<EvidenceMetric, number>>;
  const sides: Sides = { candidate: new GrowingFigures(), baseline: new GrowingFigures() };
  const judged = new Map<EvidenceMetric, Judged>();
  for (
    let call = 0;
    call < wish.callsPerNight * wish.nights && judged.size < EvidenceMetric.options.length;
    call += 1
  ) {
    const side = rng.chance(share) ? "candidate" : "baseline";
    sides[side].add(drawCall(rng, { margins, times: side === "candidate" ? worseTimes : 0 }));
    if (share === 1)
      for (let week = 0; week < SAME_HOURS_WEEKS; week += 1) sides.baseline.add(drawCall(rng, { margins, times: 0 }));
    if (side === "candidate") look(sides, policy, judged);
  }
  return judged;
}

interface Sides {
  readonly candidate: GrowingFigures;
  readonly baseline: GrowingFigures;
}

/** Judged metrics are not looked at again, and their part of the error rate stays theirs. */
function look({ candidate, baseline }: Sides, policy: EvidencePolicy, judged: Map<EvidenceMetric, Judged>): void {
  const { calls } = candidate;
  if (Math.min(calls, baseline.calls) < policy.minCalls) return;
  const open = EvidenceMetric.options.filter((metric) => !judged.has(metric));
  const margins = Object.fromEntries(open.map((metric) => [metric, policy.margins[metric]]));
  const falseBreachRate = (policy.falseBreachRate * open.length) / EvidenceMetric.options.length;
  const limits = judged.has("response-latency")
    ? null
    : slowLimits(baseline.p95Ms, policy.margins["response-latency"] ?? null, leastDifferences["response-latency"]);
  const figures = {
    candidate: candidate.figures(limits),
    baseline: baseline.figures(limits === null ? null : ownLimits(baseline.p95Ms)),
  };
  for (const { metric, state } of compareMetrics(figures, { ...policy, margins, falseBreachRate }))
    if (state === "breached" || state === "passed") judged.set(metric, { state, calls });
}
