import { causeOf } from "../cause.ts";
import { at } from "../context.ts";
import { cleanSlot, emptySlot } from "../executor/clean-slot.ts";
import { liveCallsOn } from "../observe/live-calls.ts";
import { nodesFollow } from "../observe/nodes-behind.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/**
 * Cleans up after a rollback. The pointer has moved already, with the click or with the breach; callers who are still on the
 * abandoned slot keep it until they hang up, and a node that has not seen the move yet may put others there. After a detach the slots
 * stay as they are.
 */
export const rollbackStage: Stage = async (run) => {
  const cause = causeOf(run, "rollback-asked");
  if (run.rollout.desired === "detach") {
    await at("detach.after");
    return { event: "stage-succeeded", reason: cause, desired: "continue" };
  }
  const abandonedMs = run.memory.abandonedMs ?? run.nowMs();
  const lagMs = abandonedMs + run.context.settings.pointerLagMs - run.nowMs();
  const calls = await liveCallsOn(run, run.target);
  if (calls > 0 || lagMs > 0) {
    return {
      event: "wait",
      reason: { code: "draining", detail: `${calls} on slot ${run.target}` },
      dueInMs: lagMs > 0 ? lagMs : run.context.settings.bakeCheckMs,
      memory: { cause, abandonedMs },
    };
  }
  const behind = nodesFollow(run);
  if (behind !== null) return { ...behind, memory: { cause, abandonedMs } };
  const { safetyNet } = run.view;
  if (safetyNet?.state === "lagging") {
    return {
      event: "wait",
      reason: { code: "safety-net-lagging", detail: safetyNet.failure ?? "" },
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
  write: (transaction) => emptySlot(run, transaction),
});
