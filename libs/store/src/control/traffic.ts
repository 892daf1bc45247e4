import { decideMode, decideRollback, type RollbackDecision } from "@tandem/domain/rollout";
import type { Pointer, PointerCause } from "@tandem/domain/slot";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { changeDeployment, type ControlContext, type LockedChange, requireTenant } from "./context.ts";
import { account, readRollout, refusedBy, writeRolloutChange, writeSlotChanges } from "./decision.ts";

type Methods = Pick<ControlStore, "rollback" | "setMode">;

export function trafficMethods(context: ControlContext): Methods {
  return {
    rollback: async (actor, deploymentId, reason) => {
      const done = await changeDeployment(context, actor, deploymentId, (change) =>
        rollBack(change, actor, deploymentId, reason),
      );
      const { decision, before } = done;
      const pointer = decision.kind === "rollback" ? decision.pointer : before;
      return { pointer, rollout: await done.rollout.read, wasAbort: decision.kind === "abort" };
    },
    setMode: async (actor, deploymentId, mode, reason) =>
      changeDeployment(context, actor, deploymentId, async (change) => {
        const { pointer, rollout } = change.transaction;
        const decision = decideMode({ pointer }, mode);
        if (decision.kind === "refused") throw refusedBy(decision, rollout?.phase ?? null);
        await move(change, actor, decision);
        const [before, after] = [pointer, decision.pointer];
        const object = `deployment/${deploymentId}`;
        account(change, actor, { action: decision.auditAction, object, before, after, reason, deploymentId });
        return decision.pointer;
      }),
  };
}

/** One click back within a transaction that holds the deployment's row. Throws `rollout_refused`, `previous_slot_gone`. */
export async function rollBack(change: LockedChange, actor: Actor, deploymentId: string, reason: string | null) {
  const tenantId = requireTenant(actor);
  const { transaction, sql } = change;
  const decision = decideRollback(transaction, reason ?? "");
  if (decision.kind === "refused") throw refusedBy(decision, transaction.rollout?.phase ?? null);
  transaction.fence();
  await writeRollback(change, actor, { decision, deploymentId, reason });
  transaction.closing.notifyWork({ tenantId, deploymentId, commandId: null });
  return {
    decision,
    before: transaction.pointer,
    rollout: rolloutAfter(change, decision, (id) => readRollout(sql, tenantId, id)),
  };
}

type Accepted = Exclude<RollbackDecision, { kind: "refused" }>;

/** The rollout as written, read on the way to the commit without an extra round trip; inside an object, so that nobody waits for it yet. */
function rolloutAfter<Row>(
  change: LockedChange,
  decision: Accepted,
  read: (rolloutId: string) => Promise<Row>,
): { read: Promise<Row | null> } {
  const { rollout } = change.transaction;
  const reading = decision.rollout === null || rollout === null ? Promise.resolve(null) : read(rollout.id);
  reading.catch(() => {}); // it fails together with the transaction, which says why
  return { read: reading };
}

async function writeRollback(
  change: LockedChange,
  actor: Actor,
  facts: { decision: Accepted; deploymentId: string; reason: string | null },
): Promise<void> {
  const { decision, deploymentId, reason } = facts;
  const { pointer, rollout } = change.transaction;
  if (decision.kind === "rollback") {
    await move(change, actor, { pointer: decision.pointer, cause: "rollback" });
    await writeSlotChanges(change, decision.slots);
  }
  if (decision.rollout !== null) await writeRolloutChange(change, { ...decision, rollout: decision.rollout });
  const next = decision.kind === "rollback" ? decision.pointer : pointer;
  account(change, actor, {
    action: decision.auditAction,
    object: `deployment/${deploymentId}`,
    before: { pointer, phase: rollout?.phase ?? null },
    after: { pointer: next, phase: decision.rollout?.phase ?? null },
    reason,
    deploymentId,
  });
}

async function move(
  change: LockedChange,
  actor: Actor,
  next: { pointer: Pointer; cause: PointerCause },
): Promise<void> {
  const { transaction } = change;
  const moved = await transaction.movePointer(transaction.pointer.generation, next.pointer, next.cause, actor.subject);
  if (!moved) throw new AppError("conflict", "The pointer moved meanwhile.");
}
