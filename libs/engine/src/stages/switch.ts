import { nextSlotState } from "@tandem/domain/rollout";
import type { Pointer, SlotState } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { at, WORKER } from "../context.ts";
import { expectSameState } from "../journal.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** The one compare-and-set (ruling 18). Answers `wait` so that attach follows, where there is something to attach; needs no vendor. */
export const switchStage: Stage = async (run) => {
  const lost = conditionLost(run);
  if (lost !== null) return { event: "switch-lost", reason: { code: "switch-lost", detail: lost } };
  await at("switch.before");
  return {
    event: "wait",
    write: async (transaction) => {
      expectSameState(run, transaction);
      return move(run, transaction);
    },
  };
};

/** Why the switch must not happen now; null when every condition holds. Checked on the view that the transaction then compares itself with. */
function conditionLost(run: StageRun): string | null {
  const { rollout, view, target } = run;
  const slot = view.slots[target];
  if (rollout.desired !== "continue" && rollout.desired !== "promote") return `the operator wants ${rollout.desired}`;
  if (view.plan === null || view.plan.hash !== rollout.planHash || view.plan.bundleHash !== rollout.bundleHash)
    return "the plan is not the one that was approved";
  if (slot.readyBundleHash !== rollout.bundleHash || slot.state !== "ready")
    return `slot ${target} is not ready with this release`;
  if (view.pointer.active !== "none" && view.slots[view.pointer.active].bundleHash !== view.plan.previousBundleHash)
    return "another release went live in the meantime";
  return approvalLost(run);
}

function approvalLost({ rollout, nowMs }: StageRun): string | null {
  if (rollout.policy.approval === "none") return null;
  if (rollout.approvedAt === null) return "it was not approved";
  return nowMs() - Date.parse(rollout.approvedAt) > rollout.policy.approvalTtlMs ? "the approval has expired" : null;
}

async function move(run: StageRun, transaction: FencedTransaction): Promise<StageOutcome | undefined> {
  const { target, view } = run;
  const from = transaction.pointer;
  const pointer: Pointer = { ...from, active: target, candidate: null, weightBp: 0, generation: from.generation + 1 };
  if (!(await transaction.movePointer(from.generation, pointer, "switch", WORKER.actor))) {
    return { event: "switch-lost", reason: { code: "switch-lost", detail: "the pointer had moved" } };
  }
  await patchState(transaction, target, nextSlotState(view.slots[target].state, "pointer-gained"));
  if (from.active !== "none")
    await patchState(transaction, from.active, nextSlotState(view.slots[from.active].state, "pointer-lost"));
  await transaction.appendEvent({
    type: "pointer-moved",
    payload: { from: from.active, to: target, generation: pointer.generation, cause: "switch" },
  });
  await transaction.enqueue("pointer-moved", {
    deploymentId: view.deployment.id,
    active: target,
    generation: pointer.generation,
  });
  await transaction.audit({
    ...WORKER,
    action: "pointer.moved",
    object: `deployment/${view.deployment.id}`,
    before: { active: from.active, generation: from.generation },
    after: {
      active: target,
      generation: pointer.generation,
      bundleHash: run.rollout.bundleHash,
      planHash: run.rollout.planHash,
    },
  });
  return undefined;
}

async function patchState(
  transaction: FencedTransaction,
  slot: "blue" | "green",
  state: SlotState | { readonly refuse: string },
): Promise<void> {
  if (typeof state === "string") await transaction.patchSlot(slot, { state });
}
