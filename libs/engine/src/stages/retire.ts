import { nextSlotState } from "@tandem/domain/rollout";
import { otherSlot } from "@tandem/domain/slot";
import { at, WORKER } from "../context.ts";
import { runSteps } from "../executor/run-steps.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** After bake: removes what no slot needs any more, and duplicates that a doubtful write left. The previous slot keeps everything. */
export const retireStage: Stage = async (run) => {
  await at("retire.before");
  const outcome = (await runSteps(run, "retire")) ?? (await runSteps(run, "cleanup"));
  if (outcome !== null) return outcome;
  await at("retire.after");
  return { event: "stage-succeeded", desired: "continue", write: (transaction) => letPreviousRest(run, transaction) };
};

/** A previous slot without calls is simply ready; one with calls goes on draining. */
async function letPreviousRest(
  run: StageRun,
  transaction: Parameters<NonNullable<StageOutcome["write"]>>[0],
): Promise<undefined> {
  const previous = run.view.slots[otherSlot(run.target)];
  if (previous.state === "draining" && previous.liveCalls === 0) {
    const state = nextSlotState(previous.state, previous.readyBundleHash === null ? "discarded" : "drained");
    if (typeof state === "string") {
      await transaction.patchSlot(previous.slot, { state });
      await transaction.audit({
        ...WORKER,
        action: "slot.drained",
        object: `deployment/${run.view.deployment.id}`,
        after: { slot: previous.slot },
      });
    }
  }
  return undefined;
}
