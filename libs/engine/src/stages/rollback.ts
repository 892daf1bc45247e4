import { nextSlotState } from "@tandem/domain/rollout";
import { causeOf } from "../cause.ts";
import { at, WORKER } from "../context.ts";
import { cleanSlot } from "../executor/clean-slot.ts";
import { liveCallsOn } from "../observe/live-calls.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/**
 * Cleans up after a rollback. The pointer has moved already, with the click or with the breach; callers who are still on the
 * abandoned slot keep it until they hang up. After a detach the slots stay as they are.
 */
export const rollbackStage: Stage = async (run) => {
  const cause = causeOf(run, "rollback-asked");
  if (run.rollout.desired === "detach") {
    await at("detach.after");
    return { event: "stage-succeeded", reason: cause, desired: "continue" };
  }
  const calls = await liveCallsOn(run, run.target);
  if (calls > 0) {
    return {
      event: "wait",
      reason: { code: "draining", detail: `${calls} on slot ${run.target}` },
      dueInMs: run.context.settings.bakeCheckMs,
      memory: { cause },
    };
  }
  const outcome = await cleanSlot(run);
  return outcome === null ? finish(run, cause) : { ...outcome, memory: { ...outcome.memory, cause } };
};

const finish = (run: StageRun, cause: NonNullable<StageOutcome["reason"]>): StageOutcome => ({
  event: "stage-succeeded",
  reason: cause,
  desired: "continue",
  write: async (transaction) => {
    const state = nextSlotState(run.view.slots[run.target].state, "cleaned");
    if (typeof state !== "string")
      return { event: "hold", reason: { code: "outside-slot", detail: `slot ${run.target} is active` } };
    await transaction.patchSlot(run.target, { state, bundleHash: null, readyBundleHash: null });
    await transaction.audit({
      ...WORKER,
      action: "slot.cleaned",
      object: `deployment/${run.view.deployment.id}`,
      after: { slot: run.target },
    });
    return undefined;
  },
});
