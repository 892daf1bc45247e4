import type { Stage } from "../stage.ts";

/** The first gate: a person who is not the author lets the plan through, where the policy asks for one. */
export const approvalStage: Stage = async (run) => {
  const { policy, approvedBy } = run.rollout;
  if (policy.approval === "none" || approvedBy !== null) return { event: "stage-succeeded" };
  const sinceMs = run.memory.gateSinceMs ?? run.nowMs();
  const leftMs = sinceMs + policy.approvalTtlMs - run.nowMs();
  if (leftMs <= 0)
    return { event: "expire", reason: { code: "approval-expired", detail: `after ${policy.approvalTtlMs} ms` } };
  return {
    event: "wait",
    reason: { code: "awaiting-approval", detail: run.rollout.planId ?? "" },
    dueInMs: leftMs,
    memory: { gateSinceMs: sinceMs },
  };
};
