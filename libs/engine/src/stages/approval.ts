import { counted } from "@tandem/kernel";
import { approvalsMissing } from "../pointer-gate.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** The first gate: people who are not the author let the plan through, where the policy asks for them. */
export const approvalStage: Stage = async (run) => {
  const { policy, approvedBy } = run.rollout;
  if (policy.approval === "none") return { event: "stage-succeeded" };
  if (approvedBy === null) return waiting(run, run.rollout.planId ?? "");
  return {
    event: "stage-succeeded",
    write: async (transaction) => {
      const missing = await approvalsMissing(run, transaction);
      if (missing === null) return undefined;
      return waiting(
        run,
        `${missing.given} of ${counted(missing.needed, "approval")} left: an approver has lost the role`,
      );
    },
  };
};

function waiting(run: StageRun, detail: string): StageOutcome {
  const { policy } = run.rollout;
  const sinceMs = run.memory.gateSinceMs ?? run.nowMs();
  const leftMs = sinceMs + policy.approvalTtlMs - run.nowMs();
  if (leftMs <= 0)
    return { event: "expire", reason: { code: "approval-expired", detail: `after ${policy.approvalTtlMs} ms` } };
  return {
    event: "wait",
    reason: { code: "awaiting-approval", detail },
    dueInMs: leftMs,
    memory: { gateSinceMs: sinceMs },
  };
}
