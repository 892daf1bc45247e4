import { decideMode, decideRollback, type RollbackDecision } from "@tandem/domain/rollout";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { type SlotRow, slotsOf } from "../rows/slot-row.ts";
import { changeDeployment, type ControlContext, type LockedChange, requireTenant } from "./context.ts";
import { account, fenceWorkers, readRollout, refusedBy, writeRolloutChange, writeSlotChanges } from "./decision.ts";

const SLOTS = "SELECT * FROM slot WHERE tenant_id = $1 AND deployment_id = $2";

export function trafficMethods(context: ControlContext): Pick<ControlStore, "rollback" | "setMode"> {
  return {
    rollback: async (actor, deploymentId, reason) => {
      const key = { tenantId: requireTenant(actor), deploymentId };
      return changeDeployment(context, actor, deploymentId, async (change) => {
        const { transaction, sql } = change;
        const decision = decideRollback({ ...transaction, slots: await readSlots(sql, key) }, reason ?? "");
        if (decision.kind === "refused") throw refusedBy(decision, transaction.rollout?.phase ?? null);
        await fenceWorkers(sql, key.tenantId, deploymentId);
        await writeRollback(change, actor, { decision, deploymentId, reason });
        transaction.closing.notifyWork({ ...key, commandId: null });
        return {
          pointer: decision.kind === "rollback" ? decision.pointer : transaction.pointer,
          rollout:
            decision.rollout === null || transaction.rollout === null
              ? null
              : await readRollout(sql, key.tenantId, transaction.rollout.id),
          wasAbort: decision.kind === "abort",
        };
      });
    },
    setMode: async (actor, deploymentId, mode, reason) =>
      changeDeployment(context, actor, deploymentId, async (change) => {
        const { pointer } = change.transaction;
        const decision = decideMode({ pointer }, mode);
        if (decision.kind === "refused") throw refusedBy(decision, change.transaction.rollout?.phase ?? null);
        await move(change, actor, decision);
        const [object, before, after] = [
          `deployment/${deploymentId}`,
          pointer as unknown as Json,
          decision.pointer as unknown as Json,
        ];
        account(change, actor, { action: decision.auditAction, object, before, after, reason, deploymentId });
        return decision.pointer;
      }),
  };
}

async function readSlots(sql: Sql, key: { tenantId: string; deploymentId: string }) {
  return slotsOf(await sql.rows<SlotRow>(SLOTS, [key.tenantId, key.deploymentId]), {});
}

type Accepted = Exclude<RollbackDecision, { kind: "refused" }>;

async function writeRollback(
  change: LockedChange,
  actor: Actor,
  facts: { decision: Accepted; deploymentId: string; reason: string | null },
): Promise<void> {
  const { decision, deploymentId, reason } = facts;
  const { transaction } = change;
  const before = { pointer: transaction.pointer, phase: transaction.rollout?.phase ?? null } as unknown as Json;
  if (decision.kind === "rollback") {
    await move(change, actor, { pointer: decision.pointer, cause: "rollback" });
    await writeSlotChanges(change, decision.slots);
  }
  if (decision.rollout !== null) await writeRolloutChange(change, { ...decision, rollout: decision.rollout });
  const after = {
    pointer: decision.kind === "rollback" ? decision.pointer : transaction.pointer,
    phase: decision.rollout?.phase ?? null,
  } as unknown as Json;
  account(change, actor, {
    action: decision.auditAction,
    object: `deployment/${deploymentId}`,
    before,
    after,
    reason,
    deploymentId,
  });
}

async function move(
  change: LockedChange,
  actor: Actor,
  next: {
    pointer: Parameters<LockedChange["transaction"]["movePointer"]>[1];
    cause: "rollback" | "divert" | "resume" | string;
  },
) {
  const { transaction } = change;
  const moved = await transaction.movePointer(
    transaction.pointer.generation,
    next.pointer,
    next.cause as "rollback",
    actor.subject,
  );
  if (!moved) throw new AppError("conflict", "The pointer moved meanwhile.");
}
