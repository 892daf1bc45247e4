import type { Schemas } from "../../api/generated/schema.ts";
import { lengthError, numberIn } from "./number-text.ts";

type Strategy = Schemas["GatePolicy"]["strategy"];

/** A step of a canary as it is filled in. */
export interface CanaryStep {
  /** Per cent of new calls, as typed. */
  readonly share: string;
  /** Null while what stands in the field is no length. */
  readonly watchMs: number | null;
}

const MINUTE_MS = 60_000;
const USUAL_STEPS: readonly CanaryStep[] = [
  { share: "5", watchMs: 15 * MINUTE_MS },
  { share: "25", watchMs: 30 * MINUTE_MS },
  { share: "50", watchMs: 30 * MINUTE_MS },
];

/** The steps of a strategy; those of a usual canary where there are none yet. */
export const stepsOf = (strategy: Strategy): readonly CanaryStep[] =>
  strategy.kind === "canary"
    ? strategy.steps.map(({ weightBp, watchMs }) => ({ share: String(weightBp / 100), watchMs }))
    : USUAL_STEPS;

/** What the steps say. Only of steps without an error. */
export const strategyOf = (kind: Strategy["kind"], steps: readonly CanaryStep[]): Strategy =>
  kind === "blue-green"
    ? { kind }
    : {
        kind,
        steps: steps.map(({ share, watchMs }) => ({
          weightBp: Math.round((numberIn(share) ?? 0) * 100),
          watchMs: watchMs ?? 0,
        })),
      };

/** What is wrong with the steps; null when they can be sent. */
export function stepsError(steps: readonly CanaryStep[]): string | null {
  const shares = steps.map(({ share }) => numberIn(share));
  if (shares.some((share) => share === null || share < 0.01 || share > 99.99))
    return "A share is between 0.01 and 99.99 per cent; 100 comes by itself at the end";
  if (shares.some((share, index) => index > 0 && (share ?? 0) <= (shares[index - 1] ?? 0)))
    return "Each step takes a larger share than the one before";
  return steps.some(({ watchMs }) => lengthError(watchMs, 7) !== null)
    ? "Each step is watched for a time of at most 7 days"
    : null;
}
