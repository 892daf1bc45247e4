import { nextSlotState } from "@tandem/domain/rollout";
import { cleanSlot } from "../executor/clean-slot.ts";
import { WORKER } from "../context.ts";
import { causeOf } from "../cause.ts";
import { removeLeftovers, removeLostBookings } from "../smoke/leftovers.ts";
import type { Stage } from "../stage.ts";

/** Undoes what the inactive slot got before anybody called it. A slot that this rollout never wrote stays as it is. */
export const abortStage: Stage = async (run) => {
  const cause = causeOf(run, "abort-asked");
  if (run.memory.applyBegun !== true) return { event: "stage-succeeded", reason: cause, desired: "continue" };
  if (run.memory.cleanupPlanned !== true) {
    await removeLeftovers(run);
    await removeLostBookings(run);
  }
  const outcome = await cleanSlot(run);
  if (outcome !== null) return { ...outcome, memory: { ...outcome.memory, cause } };
  return {
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
  };
};
