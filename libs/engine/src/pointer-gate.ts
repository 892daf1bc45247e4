import { counted } from "@tandem/kernel";
import { freezeInForce, freezeProse, standingApprovals } from "@tandem/domain/gate";
import { entitledApprovals } from "@tandem/domain/rollout";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { StageOutcome, StageRun } from "./stage.ts";

/** Longest wait at a window of the platform's: nobody tells a tenant's rollouts when the platform ends one early. */
const PLATFORM_LOOK_MS = 300_000;

/**
 * What shuts the way of new calls to the rollout's release, read under the deployment's lock in the transaction that would move the
 * pointer towards it: missing approvals, or a freeze window. Null: the way is open. Rollback and divert never ask.
 */
export async function pointerGate(run: StageRun, transaction: FencedTransaction): Promise<StageOutcome | null> {
  const { policy, planHash, createdBy } = run.rollout;
  const { approvals: needed } = policy;
  if (policy.approval === "required" && needed !== undefined) {
    const rule = { planHash, author: createdBy, authorMayApprove: policy.authorMayApprove === true };
    const given = standingApprovals(await transaction.approvals(), rule).length;
    if (given < needed)
      return {
        event: "switch-lost",
        reason: { code: "switch-lost", detail: `${given} of ${counted(needed, "approval")} of this plan given` },
      };
  }
  return freezeWait(run, transaction);
}

/** While a share of calls is on the release already the watch goes on: it may have to give the share back. */
async function freezeWait(run: StageRun, transaction: FencedTransaction): Promise<StageOutcome | null> {
  const look = await transaction.freezes();
  const freeze = freezeInForce(look, run.rollout.policy.freezeOverride);
  if (freeze === null) return null;
  const leftMs = Math.max(1, Date.parse(freeze.endsAt) - Date.parse(look.now));
  const lookMs = freeze.level === "platform" ? Math.min(leftMs, PLATFORM_LOOK_MS) : leftMs;
  const isWatched = run.rollout.phase === "shifting" && run.memory.shift !== undefined;
  return {
    event: "wait",
    reason: { code: "freeze-window", detail: freezeProse(freeze) },
    dueInMs: isWatched ? Math.min(lookMs, run.context.settings.bakeCheckMs) : lookMs,
  };
}

/** How many approvals count at the approval gate, where whoever has lost the role counts no more; null: enough. */
export async function approvalsMissing(
  run: StageRun,
  transaction: FencedTransaction,
): Promise<{ readonly given: number; readonly needed: number } | null> {
  const { policy } = run.rollout;
  if (policy.approval === "none" || policy.approvals === undefined) return null;
  const given = entitledApprovals(run.rollout, await transaction.approvals()).length;
  return given >= policy.approvals ? null : { given, needed: policy.approvals };
}
