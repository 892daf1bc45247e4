import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { WORKER } from "../context.ts";
import { writeStep } from "../journal.ts";
import { DONE, type StepResult, type StepRun } from "./step-run.ts";

/** Ends a step without a write, for this reason. */
export async function skipStep(
  { run, step }: Pick<StepRun, "run" | "step">,
  transaction: FencedTransaction,
  result: "used-elsewhere" | "gone",
): Promise<void> {
  await transaction.patchStep(step.seq, { state: "skipped", outcome: { result, detail: null }, notBeforeInMs: null });
  await transaction.audit({
    ...WORKER,
    action: "operation.skipped",
    object: `rollout/${run.rollout.id}`,
    after: { seq: step.seq, address: step.operation.address },
  });
}

/** Whether a step takes back a change: with its object gone there is nothing to take back, and no other plan could mend it. */
export const isReversal = ({ step }: Pick<StepRun, "step">): boolean =>
  step.stage === "cleanup" && step.operation.verb !== "delete";

export async function skipGone(stepRun: StepRun): Promise<StepResult> {
  await writeStep(stepRun.run, (transaction) => skipStep(stepRun, transaction, "gone"));
  return DONE;
}
