import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

export type Comparison = Schemas["ReleaseComparison"];

/** A figure beside the one before it. */
export interface Effect {
  readonly tone: Tone;
  /** `+12 %`, `no change`; null when there is nothing to compare with. */
  readonly change: string | null;
}

/** Below this relative difference two estimates count as the same. */
const SAME = 0.01;
/** Above this one a person should look. */
const MUCH = 0.1;

/** How far a figure of which less is better moves. */
export function effectOf(now: number | null, before: number | null): Effect {
  if (now === null || before === null || before === 0) return { tone: "neutral", change: null };
  const share = (now - before) / before;
  if (Math.abs(share) < SAME) return { tone: "neutral", change: "no change" };
  const percent = Math.round(Math.abs(share) * 100);
  return {
    tone: share < 0 ? "good" : share > MUCH ? "warn" : "neutral",
    change: `${share < 0 ? "−" : "+"}${percent < 1 ? "<1" : percent} %`,
  };
}

/** `535 ms`; a dash without a figure. */
export const milliseconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : `${Math.round(value)} ms`;
