import type { BothFigures } from "./compare.ts";
import { noFigures, type SideFigures } from "./figures.ts";
import { noSums, scaledSums, type Sums } from "./sums.ts";

const METRICS = ["booked", "selfServe", "handlingMs", "errors", "hangUps"] as const;

/**
 * A rollout's part in the sums of its wave: of each figure as many calls of one release as of the other. So every tenant counts with the
 * same weight on both sides, and a tenant with many calls of one release only cannot pass for a difference between the releases.
 */
export function waveSums({ candidate, baseline }: BothFigures): BothFigures {
  const sides = METRICS.map((metric) => matched(candidate[metric], baseline[metric]));
  const slow = matched(candidate.response.slow, baseline.response.slow);
  const slower = matched(candidate.response.slower, baseline.response.slower);
  const calls = Math.min(candidate.calls, baseline.calls);
  const of = (side: "candidate" | "baseline"): SideFigures => ({
    ...noFigures,
    calls,
    ...Object.fromEntries(METRICS.map((metric, index) => [metric, sides[index]?.[side] ?? noSums])),
    response: { ...noFigures.response, slow: slow[side], slower: slower[side] },
  });
  return { candidate: of("candidate"), baseline: of("baseline") };
}

function matched(candidate: Sums, baseline: Sums): { readonly candidate: Sums; readonly baseline: Sums } {
  const calls = Math.min(candidate.calls, baseline.calls);
  if (calls === 0) return { candidate: noSums, baseline: noSums };
  return {
    candidate: scaledSums(candidate, calls / candidate.calls),
    baseline: scaledSums(baseline, calls / baseline.calls),
  };
}
