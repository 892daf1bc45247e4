import type { Step } from "@tandem/domain/rollout";
import type { RolloutPatch, StepPatch } from "@tandem/ports/store/rollouts";
import { json, type Sql } from "../database/sql.ts";
import { Assignments } from "./assignments.ts";

/** Which rollout is written. */
export interface RolloutKey {
  readonly tenantId: string;
  readonly rolloutId: string;
}

/** What only a person's request writes. */
export interface ApprovalPatch {
  readonly approvedBy?: string;
}

export async function patchRollout(sql: Sql, key: RolloutKey, patch: RolloutPatch & ApprovalPatch): Promise<void> {
  const set = new Assignments([key.tenantId, key.rolloutId])
    .set("phase", patch.phase)
    .set("held_phase", patch.heldPhase)
    .set("plan_id", patch.planId)
    .set("plan_hash", patch.planHash)
    .set("reason", patch.reason === undefined ? undefined : json(patch.reason), "jsonb")
    .set("memory", patch.memory === undefined ? undefined : json(patch.memory), "jsonb")
    .set("desired", patch.desired)
    .set("approved_by", patch.approvedBy)
    .setDue("due_at", patch.dueInMs);
  if (patch.approvedBy !== undefined) set.raw("approved_at = clock_timestamp()");
  set.raw("version = version + 1").raw("updated_at = clock_timestamp()");
  await sql.send(`UPDATE rollout SET ${set.text} WHERE tenant_id = $1 AND id = $2`, set.parameters, 1);
}

const INSERT_STEPS = `
  INSERT INTO step (tenant_id, rollout_id, seq, stage, operation, state)
  SELECT $1, $2, s.seq, s.stage, s.operation, s.state
  FROM jsonb_to_recordset($3::jsonb) AS s (seq integer, stage text, operation jsonb, state text)`;

export async function insertSteps(
  sql: Sql,
  key: RolloutKey,
  steps: readonly Pick<Step, "seq" | "stage" | "operation" | "state">[],
): Promise<void> {
  if (steps.length > 0) await sql.send(INSERT_STEPS, [key.tenantId, key.rolloutId, json(steps)]);
}

/** `epoch`: the lease's, stored with an intent. */
export async function patchStep(
  sql: Sql,
  key: RolloutKey & { readonly seq: number; readonly epoch: number },
  patch: StepPatch,
): Promise<void> {
  const set = new Assignments([key.tenantId, key.rolloutId, key.seq])
    .set("state", patch.state)
    .set("request_hash", patch.requestHash)
    .set("external_id", patch.externalId)
    .set("outcome", patch.outcome === undefined ? undefined : json(patch.outcome), "jsonb")
    .setDue("not_before", patch.notBeforeInMs);
  if (patch.isIntent === true)
    set.raw("intent_at = clock_timestamp()").raw("attempt = attempt + 1").set("epoch", key.epoch);
  if (set.isEmpty) return;
  const text = `UPDATE step SET ${set.text} WHERE tenant_id = $1 AND rollout_id = $2 AND seq = $3`;
  await sql.send(text, set.parameters, 1);
}
