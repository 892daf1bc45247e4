import { decideRollback, nextSlotState } from "@tandem/domain/rollout";
import { type Pointer, type PointerCause, Slot, type SlotState } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { WORKER } from "./context.ts";
import { pointerGate } from "./pointer-gate.ts";
import type { StageOutcome, StageRun } from "./stage.ts";

/**
 * Why new calls must not be moved towards the rollout's release now: the outcome that its stage ends with; null when every condition
 * of ruling 18 holds. The same for the switch and for each canary step. Checked on the view that the transaction then compares itself
 * with.
 */
export function moveRefused(run: StageRun): StageOutcome | null {
  const lost = conditionLost(run);
  return lost === null ? null : switchLost(lost);
}

const switchLost = (detail: string): StageOutcome => ({
  event: "switch-lost",
  reason: { code: "switch-lost", detail },
});

function conditionLost(run: StageRun): string | null {
  const { rollout, view, target } = run;
  const slot = view.slots[target];
  if (rollout.desired !== "continue" && rollout.desired !== "promote" && rollout.desired !== "skip")
    return `the operator wants ${rollout.desired}`;
  if (view.plan === null || view.plan.hash !== rollout.planHash || view.plan.bundleHash !== rollout.bundleHash)
    return "the plan is not the one that was approved";
  if (slot.readyBundleHash !== rollout.bundleHash || slot.state !== "ready")
    return `slot ${target} is not ready with this release`;
  if (view.pointer.active !== "none" && view.slots[view.pointer.active].bundleHash !== view.plan.previousBundleHash)
    return "another release went live in the meantime";
  return approvalLost(run);
}

/** An approval must be in force when the first callers come to the release; a canary may outlast it. */
function approvalLost({ rollout, memory, nowMs }: StageRun): string | null {
  if (rollout.policy.approval === "none") return null;
  if (rollout.approvedAt === null) return "it was not approved";
  if (memory.shift !== undefined) return null;
  return nowMs() - Date.parse(rollout.approvedAt) > rollout.policy.approvalTtlMs ? "the approval has expired" : null;
}

/**
 * One compare-and-set of the pointer with its history, event, message and audit row, in the transaction of the rollout's own record of
 * it, so that a run that is done again finds both or neither. Answers the outcome to end with instead when the pointer had moved.
 */
export async function movePointer(
  run: StageRun,
  transaction: FencedTransaction,
  wanted: Pick<Pointer, "active" | "candidate" | "weightBp"> & Partial<Pick<Pointer, "salt">>,
  cause: PointerCause,
): Promise<StageOutcome | undefined> {
  const shut = await pointerGate(run, transaction);
  if (shut !== null) return shut;
  const from = transaction.pointer;
  const pointer: Pointer = { ...from, ...wanted, generation: from.generation + 1 };
  if (!(await transaction.movePointer(from.generation, pointer, cause, WORKER.actor)))
    return switchLost("the pointer had moved");
  await moveSlots(run, transaction, pointer);
  const { active: to, candidate, weightBp, generation } = pointer;
  const share = candidate === null ? {} : { candidate, weightBp };
  await transaction.appendEvent({
    type: "pointer-moved",
    payload: { from: from.active, to, generation, cause, ...share },
  });
  await transaction.enqueue("pointer-moved", {
    deploymentId: run.view.deployment.id,
    active: to,
    generation,
    ...share,
  });
  await transaction.audit({
    ...WORKER,
    action: cause === "shift" ? "pointer.shifted" : "pointer.moved",
    object: `deployment/${run.view.deployment.id}`,
    before: { active: from.active, candidate: from.candidate, weightBp: from.weightBp, generation: from.generation },
    after: {
      active: to,
      candidate,
      weightBp,
      generation,
      bundleHash: run.rollout.bundleHash,
      planHash: run.rollout.planHash,
    },
  });
  return undefined;
}

/** The slot that gains the pointer and the one that loses it; a share leaves both as they are. */
async function moveSlots(run: StageRun, transaction: FencedTransaction, to: Pointer): Promise<void> {
  const from = transaction.pointer.active;
  if (to.active === from) return;
  const { slots } = run.view;
  if (to.active !== "none")
    await patchState(transaction, to.active, nextSlotState(slots[to.active].state, "pointer-gained"));
  if (from !== "none") await patchState(transaction, from, nextSlotState(slots[from].state, "pointer-lost"));
}

async function patchState(
  transaction: FencedTransaction,
  slot: Slot,
  state: SlotState | { readonly refuse: string },
): Promise<void> {
  if (typeof state === "string") await transaction.patchSlot(slot, { state });
}

/**
 * New calls go back by themselves, as with the click of a person, in the transaction that enters `rolling-back`. Answers the outcome to
 * end with instead when there is no intact slot to go back to, or when the pointer had moved.
 */
export async function returnTraffic(
  run: StageRun,
  transaction: FencedTransaction,
  why: { readonly code: "bake-breached" | "canary-breached"; readonly detail: string },
): Promise<StageOutcome | undefined> {
  const { pointer, rollout } = transaction;
  const decision = decideRollback({ pointer, slots: run.view.slots, rollout }, why.detail);
  if (decision.kind !== "rollback")
    return { event: "way-back-gone", reason: { code: "way-back-gone", detail: why.detail } };
  if (!(await transaction.movePointer(pointer.generation, decision.pointer, "rollback", WORKER.actor)))
    return { event: "wait", reason: { code: "bake-check-failing", detail: why.detail }, dueInMs: null };
  for (const slot of Slot.options) {
    const patch = decision.slots[slot];
    if (patch !== undefined) await transaction.patchSlot(slot, patch);
  }
  const { active, generation } = decision.pointer;
  await transaction.enqueue("pointer-moved", { deploymentId: run.view.deployment.id, active, generation });
  await transaction.audit({
    ...WORKER,
    action: "pointer.rolled-back",
    object: `deployment/${run.view.deployment.id}`,
    before: {
      active: pointer.active,
      candidate: pointer.candidate,
      weightBp: pointer.weightBp,
      generation: pointer.generation,
    },
    after: { active, generation },
    reason: why.code,
  });
  return undefined;
}
