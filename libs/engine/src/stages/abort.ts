import { cleanSlot, emptySlot } from "../executor/clean-slot.ts";
import { causeOf } from "../cause.ts";
import { removeCanaries } from "../preflight/canary-journal.ts";
import { removeLeftovers, removeLostBookings } from "../smoke/leftovers.ts";
import type { Stage } from "../stage.ts";

/** Undoes what the inactive slot got before anybody called it. A slot that this rollout never wrote stays as it is. */
export const abortStage: Stage = async (run) => {
  const cause = causeOf(run, "abort-asked");
  const canaryMs = await removeCanaries(run);
  if (canaryMs !== null)
    return {
      event: "wait",
      reason: { code: "vendor-retrying", detail: "a test object of preflight may still appear at the vendor" },
      dueInMs: canaryMs,
      memory: { cause },
    };
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
    write: (transaction) => emptySlot(run, transaction),
  };
};
