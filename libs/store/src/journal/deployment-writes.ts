import type { Binding, Pointer, PointerCause, Slot, SlotState } from "@tandem/domain/slot";
import type { Attachment } from "@tandem/ports/store/rollouts";
import { AppError } from "@tandem/kernel";
import { json, type Sql } from "../database/sql.ts";
import { NO_SLOT } from "../rows/slot-row.ts";
import { Assignments } from "./assignments.ts";

/** Which deployment is written. */
export interface DeploymentKey {
  readonly tenantId: string;
  readonly deploymentId: string;
}

export interface SlotPatch {
  readonly state?: SlotState;
  readonly bundleHash?: string | null;
  readonly readyBundleHash?: string | null;
  readonly verified?: boolean;
  readonly intact?: boolean;
}

export async function patchSlot(sql: Sql, key: DeploymentKey, slot: Slot, patch: SlotPatch): Promise<void> {
  const set = new Assignments([key.tenantId, key.deploymentId, slot])
    .set("state", patch.state)
    .set("bundle_hash", patch.bundleHash)
    .set("ready_bundle_hash", patch.readyBundleHash)
    .set("intact", patch.intact);
  if (patch.verified !== undefined) set.raw(`verified_at = ${patch.verified ? "clock_timestamp()" : "NULL"}`);
  if (!set.isEmpty)
    await sql.run(
      `UPDATE slot SET ${set.text} WHERE tenant_id = $1 AND deployment_id = $2 AND slot = $3`,
      set.parameters,
    );
}

const PUT_BINDING = `
  INSERT INTO binding (tenant_id, deployment_id, slot, address, kind, owner, connection_id, external_key, external_id, version, last_applied, last_applied_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12)
  ON CONFLICT (tenant_id, deployment_id, slot, address) DO UPDATE SET
    kind = excluded.kind, owner = excluded.owner, connection_id = excluded.connection_id, external_key = excluded.external_key,
    external_id = excluded.external_id, version = excluded.version, last_applied = excluded.last_applied,
    last_applied_hash = excluded.last_applied_hash, updated_at = clock_timestamp()`;

export async function putBinding(sql: Sql, key: DeploymentKey, binding: Binding): Promise<void> {
  const { address, kind, owner, connectionId, externalKey, externalId, version, lastApplied, lastAppliedHash } =
    binding;
  const slot = binding.slot ?? NO_SLOT;
  await sql.run(PUT_BINDING, [
    key.tenantId,
    key.deploymentId,
    slot,
    address,
    kind,
    owner,
    connectionId,
    externalKey,
    externalId,
    version,
    json(lastApplied),
    lastAppliedHash,
  ]);
}

const REMOVE_BINDING = "DELETE FROM binding WHERE tenant_id = $1 AND deployment_id = $2 AND slot = $3 AND address = $4";

export async function removeBinding(
  sql: Sql,
  key: DeploymentKey,
  address: string,
  slot: Slot | null,
): Promise<boolean> {
  return (await sql.run(REMOVE_BINDING, [key.tenantId, key.deploymentId, slot ?? NO_SLOT, address])) > 0;
}

const COUNT_REFERENCES = "SELECT count(*)::int AS count FROM binding WHERE tenant_id = $1 AND external_key = $2";

export async function countReferences(sql: Sql, tenantId: string, externalKey: string): Promise<number> {
  return (await sql.row<{ count: number }>(COUNT_REFERENCES, [tenantId, externalKey]))?.count ?? 0;
}

const SET_ATTACHMENT =
  "UPDATE deployment SET attached = $3, stored_routing = $4::jsonb WHERE tenant_id = $1 AND id = $2";

export async function setAttachment(sql: Sql, key: DeploymentKey, attachment: Attachment): Promise<void> {
  await sql.run(SET_ATTACHMENT, [key.tenantId, key.deploymentId, attachment.attached, json(attachment.storedRouting)]);
}

const MOVE_POINTER = `
  UPDATE deployment SET pointer_active = $4, pointer_candidate = $5, pointer_weight_bp = $6, pointer_salt = $7, pointer_mode = $8,
    generation = $9
  WHERE tenant_id = $1 AND id = $2 AND generation = $3`;
const APPEND_HISTORY = `
  INSERT INTO pointer_history (tenant_id, deployment_id, generation, pointer, cause, rollout_id, actor)
  VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7)`;

export interface PointerMove {
  readonly expectedGeneration: number;
  readonly pointer: Pointer;
  readonly cause: PointerCause;
  readonly actor: string;
  readonly rolloutId: string | null;
}

/** The compare-and-set with its history row; false when the generation had moved. */
export async function movePointer(sql: Sql, key: DeploymentKey, move: PointerMove): Promise<boolean> {
  const { pointer, expectedGeneration } = move;
  if (pointer.generation !== expectedGeneration + 1) {
    throw new AppError(
      "internal",
      `A pointer moves to generation ${expectedGeneration + 1}, not ${pointer.generation}.`,
    );
  }
  const moved = await sql.run(MOVE_POINTER, [
    key.tenantId,
    key.deploymentId,
    expectedGeneration,
    pointer.active,
    pointer.candidate,
    pointer.weightBp,
    pointer.salt,
    pointer.mode,
    pointer.generation,
  ]);
  if (moved === 0) return false;
  await sql.run(APPEND_HISTORY, [
    key.tenantId,
    key.deploymentId,
    pointer.generation,
    json(pointer),
    move.cause,
    move.rolloutId,
    move.actor,
  ]);
  return true;
}
