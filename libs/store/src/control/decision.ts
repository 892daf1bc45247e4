import type { DecisionRecord, Refusal, RolloutChange, SlotChange } from "@tandem/domain/rollout";
import type { Slot } from "@tandem/domain/slot";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { RolloutRow } from "../rows/rollout-row.ts";
import { rolloutOf } from "../rows/rollout-row.ts";
import type { Rollout } from "@tandem/domain/rollout";
import type { Sql } from "../database/sql.ts";
import { type LockedChange, UUID } from "./context.ts";

/** A refusal as the error to throw. */
export const refusedBy = (refusal: Refusal, phase: string | null): AppError =>
  new AppError(refusal.error, refusal.text, { details: { reason: refusal.reason, phase } });

/** Writes a decision's part of the rollout: the row (due at once) and its event. */
export async function writeRolloutChange(
  change: LockedChange,
  decision: { rollout: RolloutChange } & DecisionRecord,
): Promise<void> {
  await change.transaction.patchRollout({ ...decision.rollout, dueInMs: null });
  await change.transaction.appendEvent(decision.event);
}

export async function writeSlotChanges(change: LockedChange, slots: Partial<Record<Slot, SlotChange>>): Promise<void> {
  for (const [slot, patch] of Object.entries(slots)) await change.transaction.patchSlot(slot as Slot, patch);
}

/** The account of what a person did: message to the outside and audit row, in the same transaction. */
export function account(
  change: LockedChange,
  actor: Actor,
  facts: { action: string; object: string; before?: Json; after?: Json; reason: string | null; deploymentId: string },
): void {
  const { reason, deploymentId, ...entry } = facts;
  change.transaction.closing.enqueue(entry.action, { deploymentId, object: entry.object, actor: actor.subject });
  change.audit({ ...entry, ...(reason !== null && { reason }) });
}

const ROLLOUT = "SELECT * FROM rollout WHERE tenant_id = $1 AND id = $2";

export async function readRollout(sql: Sql, tenantId: string, rolloutId: string): Promise<Rollout | null> {
  const row = await sql.row<RolloutRow>(ROLLOUT, [tenantId, rolloutId]);
  return row === null ? null : rolloutOf(row);
}

/** The rollout of this id; throws `not_found` for everything else, another tenant's included. */
export async function requireRollout(sql: Sql, tenantId: string, rolloutId: string): Promise<Rollout> {
  const rollout = UUID.test(rolloutId) ? await readRollout(sql, tenantId, rolloutId) : null;
  if (rollout === null) throw new AppError("not_found", "There is no such rollout.", { details: { rolloutId } });
  return rollout;
}
