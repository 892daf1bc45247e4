import type { Stage } from "../stage.ts";

/** The last gate before callers notice: opened by a person, or by the policy. */
export const promotionStage: Stage = async (run) => {
  const { policy, desired } = run.rollout;
  if (policy.promotion === "automatic" || desired === "promote")
    return { event: "stage-succeeded", desired: "continue" };
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
