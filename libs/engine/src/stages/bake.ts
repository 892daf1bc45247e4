import { decideRollback } from "@tandem/domain/rollout";
import { otherSlot } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { at, WORKER } from "../context.ts";
import { type BakeCheck, checkBake } from "../observe/bake-check.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Two failed checks in a row are a breach; one may be the network's. */
const FAILURES_TO_BREACH = 2;

/** Watches the new release for its window. Both slots' objects are verified, so that the way back is known to be open or not. */
export const bakeStage: Stage = async (run) => {
  const nowMs = run.nowMs();
  const startedMs = run.memory.bakeStartedMs ?? nowMs;
  const endsMs = startedMs + run.rollout.policy.bakeMs;
  const checkedMs = run.memory.bakeCheckedMs ?? null;
  const isOver = nowMs >= endsMs;
  const { bakeCheckMs } = run.context.settings;
  const lastIsGood = checkedMs !== null && (run.memory.bakeFailures ?? 0) === 0 && checkedMs >= endsMs - bakeCheckMs;
  if (isOver && lastIsGood) return { event: "stage-succeeded" };
  const isDue = checkedMs === null || isOver || nowMs - checkedMs >= bakeCheckMs;
  if (!isDue)
    return {
      event: "wait",
      reason: { code: "baking", detail: "" },
      dueInMs: Math.min(checkedMs + bakeCheckMs, endsMs) - nowMs,
    };
  const check = await checkBake(run);
  await at("bake.checked");
  return afterCheck(run, check, { startedMs, endsMs });
};

function afterCheck(
  run: StageRun,
  check: BakeCheck,
  window: { readonly startedMs: number; readonly endsMs: number },
): StageOutcome {
  const failures = check.failures.length === 0 ? 0 : (run.memory.bakeFailures ?? 0) + 1;
  const nowMs = run.nowMs();
  const memory = { bakeStartedMs: window.startedMs, bakeCheckedMs: nowMs, bakeFailures: failures };
  const detail = check.failures.join("; ");
  if (failures >= FAILURES_TO_BREACH && !check.isInconclusive) return breach(run, detail, memory);
  const leftMs = window.endsMs - nowMs;
  const isGood = failures === 0 && !check.isInconclusive;
  const dueInMs =
    leftMs > 0
      ? Math.max(1, Math.min(run.context.settings.bakeCheckMs, leftMs))
      : isGood
        ? null
        : run.context.settings.bakeCheckMs;
  return {
    event: "wait",
    reason: isGood ? { code: "baking", detail: "" } : { code: "bake-check-failing", detail },
    dueInMs,
    memory: check.isInconclusive ? { ...memory, bakeFailures: Math.max(1, run.memory.bakeFailures ?? 0) } : memory,
    write: (transaction) => noteVerified(run, transaction, check),
  };
}

async function noteVerified(run: StageRun, transaction: FencedTransaction, check: BakeCheck): Promise<undefined> {
  const previous = otherSlot(run.target);
  if (check.isTargetWhole !== null)
    await transaction.patchSlot(run.target, { verified: true, intact: check.isTargetWhole });
  if (check.isPreviousWhole !== null)
    await transaction.patchSlot(previous, { verified: true, intact: check.isPreviousWhole });
  return undefined;
}

/** The traffic returns by itself, in the transaction that enters `rolling-back`; without an intact previous slot a person must decide. */
function breach(run: StageRun, detail: string, memory: NonNullable<StageOutcome["memory"]>): StageOutcome {
  return {
    event: "bake-breached",
    reason: { code: "bake-breached", detail },
    memory,
    desired: "rollback",
    write: async (transaction) => {
      const decision = decideRollback(
        { pointer: transaction.pointer, slots: run.view.slots, rollout: transaction.rollout },
        detail,
      );
      if (decision.kind !== "rollback")
        return { event: "way-back-gone", reason: { code: "way-back-gone", detail }, memory };
      if (
        !(await transaction.movePointer(transaction.pointer.generation, decision.pointer, "rollback", WORKER.actor))
      ) {
        return { event: "wait", reason: { code: "bake-check-failing", detail }, dueInMs: null };
      }
      for (const slot of ["blue", "green"] as const) {
        const patch = decision.slots[slot];
        if (patch !== undefined) await transaction.patchSlot(slot, patch);
      }
      await transaction.enqueue("pointer-moved", {
        deploymentId: run.view.deployment.id,
        active: decision.pointer.active,
        generation: decision.pointer.generation,
      });
      await transaction.audit({
        ...WORKER,
        action: "pointer.rolled-back",
        object: `deployment/${run.view.deployment.id}`,
        before: { active: transaction.pointer.active, generation: transaction.pointer.generation },
        after: { active: decision.pointer.active, generation: decision.pointer.generation },
        reason: "bake-breached",
      });
      return undefined;
    },
  };
}
