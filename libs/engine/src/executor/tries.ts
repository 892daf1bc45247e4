import type { StageOutcome } from "../stage.ts";
import { type StepResult, type StepRun, stop } from "./step-run.ts";

/** How often a step was tried since somebody last resumed the rollout because of it, of `attempts` in all. */
export function triesOf({ run, step }: Pick<StepRun, "run" | "step">, attempts: number): number {
  const { heldStep } = run.memory;
  return heldStep?.seq === step.seq ? attempts - heldStep.attempt : attempts;
}

/** Whether a step has had all tries that it gets without a person. */
export const isSpent = (stepRun: StepRun, attempts: number): boolean =>
  triesOf(stepRun, attempts) >= stepRun.run.context.settings.retryLimit;

/** Stops at a step that more tries of ours do not mend. A resume gives it as many tries as it has had now. */
export const giveUp = ({ step }: StepRun, attempts: number, reason: NonNullable<StageOutcome["reason"]>): StepResult =>
  stop({ event: "vendor-failure", reason, memory: { heldStep: { seq: step.seq, attempt: attempts } } });
