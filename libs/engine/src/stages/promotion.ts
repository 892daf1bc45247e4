import { replayGate } from "../replay/replay-gate.ts";
import type { Stage, StageRun } from "../stage.ts";

/** The last gate before callers notice: opened by a person, or by the policy once past sessions were replayed as it asks for. */
export const promotionStage: Stage = async (run) => {
  const { policy, desired } = run.rollout;
  const shut = desired === "promote" ? null : await replayGate(run);
  if (shut !== null) return shut;
  if (policy.promotion === "automatic" || desired === "promote")
    return { event: isShared(run) ? "shift" : "stage-succeeded", desired: "continue" };
  const sinceMs = run.memory.gateSinceMs ?? run.nowMs();
  const leftMs = sinceMs + policy.approvalTtlMs - run.nowMs();
  if (leftMs <= 0)
    return { event: "expire", reason: { code: "promotion-expired", detail: `after ${policy.approvalTtlMs} ms` } };
  return {
    event: "wait",
    reason: { code: "awaiting-promotion", detail: run.target },
    dueInMs: leftMs,
    memory: { gateSinceMs: sinceMs },
  };
};

/** Whether callers come to the release in steps: the policy says so, and there is a live release to share them with. */
const isShared = ({ rollout, view }: StageRun): boolean =>
  rollout.policy.strategy?.kind === "canary" &&
  view.pointer.active !== "none" &&
  view.slots[view.pointer.active].readyBundleHash !== null;
