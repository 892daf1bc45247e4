import type { Sql } from "../database/sql.ts";
import type { ClosingWrites } from "../journal/closing-writes.ts";

const LOCK = `
  SELECT credential_version AS "inForce" FROM connection WHERE tenant_id = $1::uuid AND id = $2::uuid FOR NO KEY UPDATE`;

/** The connection's row, which orders its versions, held until the transaction ends; null when there is none. */
export const lockConnection = (sql: Sql, tenantId: string, connectionId: string) =>
  sql.row<{ inForce: number | null }>(LOCK, [tenantId, connectionId]);

const NEXT = `
  SELECT coalesce(max(version), 0) + 1 AS version FROM credential_version WHERE tenant_id = $1::uuid AND connection_id = $2::uuid`;

/** The number that the next stored version gets. */
export async function nextVersion(sql: Sql, tenantId: string, connectionId: string): Promise<number> {
  return (await sql.row<{ version: number }>(NEXT, [tenantId, connectionId]))?.version ?? 1;
}

// No RETURNING: the API's role may write a sealed credential and not read it.
const STORE = `
  INSERT INTO credential_version (tenant_id, connection_id, version, sealed, key_id, created_by, state)
  VALUES ($1::uuid, $2::uuid, $3::int, $4, $5, $6, $7)`;

export interface NewVersion {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly version: number;
  readonly sealed: string;
  readonly keyId: string;
  readonly createdBy: string;
}

export const storeVersion = (sql: Sql, one: NewVersion, state: "pending" | "in-force"): Promise<number> =>
  sql.run(STORE, [one.tenantId, one.connectionId, one.version, one.sealed, one.keyId, one.createdBy, state]);

const DRAIN = `
  UPDATE credential_version SET state = 'draining', changed_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND connection_id = $2::uuid AND state = 'in-force'`;
const BRING = `
  UPDATE credential_version SET state = 'in-force', changed_at = clock_timestamp(), detail = $4
  WHERE tenant_id = $1::uuid AND connection_id = $2::uuid AND version = $3::int AND state = 'pending'`;
const POINT = `
  UPDATE connection SET credential_version = $3::int, credentials_due_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`;
const TELL_DEPLOYMENTS = `
  UPDATE deployment SET credential_serial = credential_serial + 1 WHERE tenant_id = $1::uuid AND id IN (
    SELECT d.id FROM deployment d WHERE d.tenant_id = $1::uuid AND (
      EXISTS (SELECT FROM deployment_connection u WHERE u.tenant_id = d.tenant_id AND u.deployment_id = d.id AND u.connection_id = $2::uuid)
      OR EXISTS (SELECT FROM slot s JOIN release_connection u ON u.tenant_id = s.tenant_id AND u.hash = s.bundle_hash
                 WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND u.connection_id = $2::uuid))
    ORDER BY d.id FOR NO KEY UPDATE)
  RETURNING id`;

type Place = Pick<NewVersion, "tenantId" | "connectionId">;

/** What is in force begins to drain. */
export const drainInForce = (sql: Sql, { tenantId, connectionId }: Place): Promise<number> =>
  sql.run(DRAIN, [tenantId, connectionId]);

/** A pending version comes into force; false when it is pending no more. */
export async function bringIntoForce(sql: Sql, one: Place & { version: number; detail: string }): Promise<boolean> {
  return (await sql.run(BRING, [one.tenantId, one.connectionId, one.version, one.detail])) > 0;
}

/** The connection names the version, and every node that serves it reads it anew. */
export async function pointAt(
  sql: Sql,
  closing: ClosingWrites,
  { tenantId, connectionId, version }: Place & { readonly version: number },
): Promise<void> {
  await sql.run(POINT, [tenantId, connectionId, version]);
  await tellDeployments(sql, closing, { tenantId, connectionId });
}

export async function tellDeployments(
  sql: Sql,
  closing: ClosingWrites,
  { tenantId, connectionId }: Place,
): Promise<void> {
  const using = await sql.rows<{ id: string }>(TELL_DEPLOYMENTS, [tenantId, connectionId]);
  for (const { id } of using) closing.notify("pointer", id);
}

const END = `
  UPDATE credential_version SET state = $4, sealed = '', detail = $5, changed_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND connection_id = $2::uuid AND version = $3::int AND state = $6`;
const END_PENDING = `
  UPDATE credential_version SET state = 'refused', sealed = '', detail = $3, changed_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND connection_id = $2::uuid AND state = 'pending'`;

/** A version is over for good and its sealed value gone; false when it was not in the state that ends so. */
export async function endVersion(
  sql: Sql,
  one: Place & { readonly version: number; readonly as: "revoked" | "refused"; readonly detail: string },
): Promise<boolean> {
  const from = one.as === "revoked" ? "draining" : "pending";
  return (await sql.run(END, [one.tenantId, one.connectionId, one.version, one.as, one.detail, from])) > 0;
}

/** What waits is overtaken by what somebody stored at once. */
export const refusePending = (sql: Sql, { tenantId, connectionId }: Place, detail: string): Promise<number> =>
  sql.run(END_PENDING, [tenantId, connectionId, detail]);
