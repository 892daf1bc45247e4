import { z } from "zod";

/** One step of a canary: its share of new calls, and how long it is watched at the least. */
export interface CanaryStep {
  /** Basis points, 1–9999; the shares of a canary only grow. */
  readonly weightBp: number;
  readonly watchMs: number;
}

/** How callers come to the new release: all at once, or in shares of new calls, sticky per caller. */
export type Strategy =
  | { readonly kind: "blue-green" }
  | { readonly kind: "canary"; readonly steps: readonly CanaryStep[] };

const WEEK_MS = 7 * 24 * 3_600_000;

const CanaryStep = z.strictObject({
  weightBp: z.int().min(1).max(9999).describe("Share of new calls in basis points."),
  watchMs: z.int().min(0).max(WEEK_MS).describe("How long the step is watched at the least, milliseconds."),
});

const isGrowing = (steps: readonly CanaryStep[]): boolean =>
  steps.every((step, index) => index === 0 || step.weightBp > (steps[index - 1]?.weightBp ?? 0));

export const Strategy: z.ZodType<Strategy> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("blue-green") }),
  z.strictObject({
    kind: z.literal("canary"),
    steps: z
      .array(CanaryStep)
      .min(1)
      .max(10)
      .refine(isGrowing, "each step must take a larger share than the one before"),
  }),
]);

/** How long new calls are watched while at most this share of them goes to the new release, milliseconds. */
const watchedUpTo = (steps: readonly CanaryStep[], weightBp: number): number =>
  steps.filter((step) => step.weightBp <= weightBp).reduce((sum, { watchMs }) => sum + watchMs, 0);

/** Whether callers come to the release faster, or less watched, than `floor` wants: less watching at or below one of its shares. */
export function isLaxerStrategy(floor: Strategy, asked: Strategy): boolean {
  if (floor.kind === "blue-green") return false;
  if (asked.kind === "blue-green") return true;
  const beginsLarger = (asked.steps[0]?.weightBp ?? 0) > (floor.steps[0]?.weightBp ?? 0);
  return (
    beginsLarger ||
    floor.steps.some(({ weightBp }) => watchedUpTo(asked.steps, weightBp) < watchedUpTo(floor.steps, weightBp))
  );
}
