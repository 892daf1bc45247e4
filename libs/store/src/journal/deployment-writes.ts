import type { Binding, Slot, SlotState } from "@tandem/domain/slot";
import type { JsonObject } from "@tandem/kernel";
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
    await sql.send(
      `UPDATE slot SET ${set.text} WHERE tenant_id = $1 AND deployment_id = $2 AND slot = $3`,
      set.parameters,
      1,
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
  await sql.send(PUT_BINDING, [
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

const LOCK_KEY =
  "SELECT pg_advisory_xact_lock(hashtextextended('tandem.key ' || $1::uuid || ' ' || $2::text, 0))::text";

const WRITTEN_ELSEWHERE = `
  SELECT EXISTS (
    SELECT FROM step s JOIN rollout r ON r.tenant_id = s.tenant_id AND r.id = s.rollout_id
    WHERE s.tenant_id = $1 AND s.state = 'intent' AND s.operation ->> 'owner' = 'connection' AND s.operation ->> 'externalKey' = $2
      AND r.deployment_id <> $3 AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')) AS found`;

/** The lock first, in a statement of its own: what its holder before committed is seen by the next one. */
export async function isWrittenElsewhere(sql: Sql, key: DeploymentKey, externalKey: string): Promise<boolean> {
  await sql.rows(LOCK_KEY, [key.tenantId, externalKey]);
  const row = await sql.row<{ found: boolean }>(WRITTEN_ELSEWHERE, [key.tenantId, externalKey, key.deploymentId]);
  return row?.found === true;
}

const APPLIED_ELSEWHERE = `
  SELECT DISTINCT last_applied FROM binding
  WHERE tenant_id = $1 AND external_key = $2 AND deployment_id <> $3 AND last_applied IS NOT NULL`;

export async function appliedElsewhere(sql: Sql, key: DeploymentKey, externalKey: string): Promise<JsonObject[]> {
  const rows = await sql.rows<{ last_applied: JsonObject }>(APPLIED_ELSEWHERE, [
    key.tenantId,
    externalKey,
    key.deploymentId,
  ]);
  return rows.map(({ last_applied }) => last_applied);
}
