import type { Stretch } from "./same-hours.ts";
import type { EvidenceVerdict } from "./verdict.ts";

/** What the calls on a release told at one moment of its watch. */
export interface EvidenceLook {
  /** Epoch milliseconds: the end of the calls that it rests on. */
  readonly atMs: number;
  /** While callers were shared between releases, or after the switch. */
  readonly watch: "shifting" | "baking";
  readonly verdict: EvidenceVerdict;
}

const LOOKS_PER_STRETCH = 40;

/**
 * Least time between two kept looks of a watch, milliseconds. It grows with the watch: an hour and three days both make a line that shows how
 * they began, in some hundred rows at most.
 */
export const leastGapMs = ({ fromMs, toMs }: Stretch): number => Math.max(0, (toMs - fromMs) / LOOKS_PER_STRETCH);

/**
 * What a look tells beyond the one before: `standing` when a reader would call it another thing (verdict, alarms by count, how each metric
 * stands), `figures` when only its figures have moved, `nothing` when it is the same.
 */
export function tellsMore(before: EvidenceVerdict | null, now: EvidenceVerdict): "standing" | "figures" | "nothing" {
  if (before === null || standing(before) !== standing(now)) return "standing";
  return JSON.stringify(before.comparisons) === JSON.stringify(now.comparisons) ? "nothing" : "figures";
}

const standing = (verdict: EvidenceVerdict): string =>
  JSON.stringify([
    verdict.kind,
    verdict.isReduced,
    verdict.baseline,
    verdict.alarms.length,
    verdict.comparisons.map(({ metric, state }) => [metric, state]),
  ]);
