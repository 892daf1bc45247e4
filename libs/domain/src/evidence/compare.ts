import { EvidenceMetric, type EvidencePolicy } from "./evidence-policy.ts";
import type { SideFigures } from "./figures.ts";
import { evidenceOfDifference } from "./mean-test.ts";
import {
  allowedShare,
  dispersionOf,
  evidenceOfGood,
  evidenceOfWorse,
  type Prior,
  type ShareMargin,
  type Sides,
} from "./share-test.ts";
import { meanOf, scaledSums, type Sums } from "./sums.ts";
import type { MetricComparison } from "./verdict.ts";

/** Figures of both releases. */
export interface BothFigures {
  readonly candidate: SideFigures;
  readonly baseline: SideFigures;
}

/** The part of a policy that judges. */
export type Bounds = Pick<EvidencePolicy, "minCalls" | "margins" | "falseBreachRate" | "falsePassRate">;

/**
 * Differences that are never held against a release, however rare the thing is: points of a share, or milliseconds. A tenth more of almost
 * nothing cannot be told in a lifetime of calls, and nobody would notice it.
 */
export const leastDifferences: Readonly<Record<EvidenceMetric, number>> = {
  booked: 0.02,
  "self-serve": 0.02,
  "handling-time": 2000,
  "response-latency": 20,
  errors: 0.05,
  "hang-ups": 0.05,
};

/** Calls below which a mean's distribution is anyone's guess, whatever the policy's floor. */
const LEAST_CALLS_OF_MEANS = 20;

/** Compares every metric; those that the policy has a margin for are judged. Error rates are shared out evenly over the judged ones. */
export function compareMetrics(figures: BothFigures, bounds: Bounds): MetricComparison[] {
  const judged = EvidenceMetric.options.filter((metric) => bounds.margins[metric] !== undefined);
  const limits: Limits = {
    minCalls: bounds.minCalls,
    breach: Math.log(Math.max(1, judged.length) / bounds.falseBreachRate),
    pass: Math.log(1 / bounds.falsePassRate),
  };
  return EvidenceMetric.options.map((metric) => compareMetric(metric, figures, bounds.margins[metric] ?? null, limits));
}

interface Limits {
  readonly minCalls: number;
  /** Logarithms of how strong evidence must be. */
  readonly breach: number;
  readonly pass: number;
}

function compareMetric(
  metric: EvidenceMetric,
  { candidate, baseline }: BothFigures,
  margin: number | null,
  limits: Limits,
): MetricComparison {
  const sides = { candidate: sumsOf(metric, candidate), baseline: sumsOf(metric, baseline) };
  const shown = {
    metric,
    candidate: valueOf(metric, candidate),
    baseline: valueOf(metric, baseline),
    candidateSamples: sampleOf(sides.candidate),
    baselineSamples: sampleOf(sides.baseline),
  };
  if (margin === null) return { ...shown, state: "shown" };
  const floor = metric === "handling-time" ? Math.max(LEAST_CALLS_OF_MEANS, limits.minCalls) : limits.minCalls;
  if (Math.min(sides.candidate.calls, sides.baseline.calls) < floor) return { ...shown, state: "open" };
  const strengths = strengthsOf(metric, { candidate, baseline }, margin);
  return { ...shown, state: stateOf(strengths, limits) };
}

/** How strongly the calls speak for and against a metric of the candidate. */
interface Strengths {
  readonly ofWorse: () => number;
  readonly ofGood: () => number;
  /** What was seen is worse than the margin allows. */
  readonly looksWorse: boolean;
}

/** Worse beyond doubt and by more than allowed · worse by the margin beyond doubt not · neither yet. */
function stateOf({ ofWorse, ofGood, looksWorse }: Strengths, limits: Limits): MetricComparison["state"] {
  if (looksWorse) return ofWorse() >= limits.breach ? "breached" : "open";
  return ofGood() >= limits.pass ? "passed" : "open";
}

function strengthsOf(metric: EvidenceMetric, figures: BothFigures, margin: number): Strengths {
  const { candidate, baseline } = figures;
  switch (metric) {
    case "handling-time":
      return ofMeans({ candidate: candidate.handlingMs, baseline: baseline.handlingMs }, margin);
    case "response-latency":
      return ofResponses(figures);
    case "booked":
    case "self-serve":
    case "errors":
    case "hang-ups":
      return ofShares(
        { candidate: sumsOf(metric, candidate), baseline: sumsOf(metric, baseline) },
        { ratio: margin, least: leastDifferences[metric], isHigherWorse: metric === "errors" || metric === "hang-ups" },
      );
  }
}

function ofShares(sides: Sides, margin: ShareMargin): Strengths {
  const [candidate, baseline] = [meanOf(sides.candidate) ?? 0, meanOf(sides.baseline) ?? 0];
  const allowed = allowedShare(baseline, margin);
  return {
    ofWorse: () => evidenceOfWorse(sides, margin.isHigherWorse),
    ofGood: () => evidenceOfGood(sides, margin),
    looksWorse: margin.isHigherWorse ? candidate > allowed : candidate < allowed,
  };
}

function ofMeans(sides: Sides, margin: number): Strengths {
  const [candidate, baseline] = [meanOf(sides.candidate) ?? 0, meanOf(sides.baseline) ?? 0];
  const scale = Math.max(margin * baseline, leastDifferences["handling-time"]);
  const factor = baseline === 0 ? 1 : (baseline + scale) / baseline;
  return {
    ofWorse: () => evidenceOfDifference(sides, { candidate: 1, baseline: -1, scale }),
    ofGood: () => evidenceOfDifference(sides, { candidate: -1, baseline: factor, scale }),
    looksWorse: candidate > baseline + scale,
  };
}

/** About a twentieth of the baseline's turns lie beyond its 95th percentile. */
const OF_BASELINE: Prior = [2, 38];

/**
 * A 95th percentile is worse when more turns than the baseline's are beyond the baseline's; it is worse by the margin when as many turns
 * reach that and the margin as of the baseline reach its own.
 */
function ofResponses({ candidate, baseline }: BothFigures): Strengths {
  const worse = effective({ candidate: candidate.response.slow, baseline: baseline.response.slow });
  const good = effective({ candidate: candidate.response.slower, baseline: baseline.response.slower });
  return {
    ofWorse: () => evidenceOfWorse(worse, true, { candidate: [0.5, 2], baseline: OF_BASELINE }),
    ofGood: () => evidenceOfWorse(good, false, { candidate: [0.5, 20], baseline: OF_BASELINE }),
    looksWorse: (meanOf(candidate.response.slower) ?? 0) > (meanOf(baseline.response.slower) ?? 0),
  };
}

function effective(sides: Sides): Sides {
  const worth = 1 / dispersionOf(sides);
  return { candidate: scaledSums(sides.candidate, worth), baseline: scaledSums(sides.baseline, worth) };
}

/** The values of a metric, one per call. */
function sumsOf(metric: EvidenceMetric, figures: SideFigures): Sums {
  switch (metric) {
    case "booked":
      return figures.booked;
    case "self-serve":
      return figures.selfServe;
    case "handling-time":
      return figures.handlingMs;
    case "errors":
      return figures.errors;
    case "hang-ups":
      return figures.hangUps;
    case "response-latency":
      return figures.response.slow;
  }
}

const valueOf = (metric: EvidenceMetric, figures: SideFigures): number | null =>
  metric === "response-latency" ? figures.response.p95Ms : meanOf(sumsOf(metric, figures));

/** Pooled sums are scaled: whole calls are shown. */
const sampleOf = ({ calls }: Sums): number => Math.round(calls);
