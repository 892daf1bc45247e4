import type { NewId } from "@tandem/kernel";
import type { CredentialsView, CredentialWork, DueCredentials } from "@tandem/ports/store/tenant-life";
import type pg from "pg";
import { openPool } from "../database/pool.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import {
  bringIntoForce,
  drainInForce,
  endVersion,
  lockConnection,
  pointAt,
  tellDeployments,
} from "./credential-versions.ts";

const FIND_DUE = `
  SELECT tenant_id AS "tenantId", id AS "connectionId" FROM connection
  WHERE credentials_due_at <= clock_timestamp() ORDER BY credentials_due_at LIMIT $1`;
const CLAIM = `
  UPDATE connection SET credentials_due_at = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND credentials_due_at <= clock_timestamp()`;

/** Between two looks at whether the calls of a draining version have ended. */
const DRAIN_LOOK_MS = 10_000;

/** `options.url` logs in as `tandem_worker`, which becomes `tandem_sweeper` to find work. `credentialOverlapMs`: shortest time to drain. */
export function openCredentialWork(options: StoreOptions): CredentialWork & { close(): Promise<void> } {
  const resolved = resolveOptions(options);
  const { newId, credentialOverlapMs } = resolved;
  const pool = openPool({ ...resolved, maxConnections: options.maxConnections ?? 2 });
  const within = <Result>({ tenantId }: DueCredentials, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
    inTransaction(pool, { tenantId }, work);
  return {
    claimCredentials: (limit, claimMs) => claimDue(pool, limit, claimMs),
    credentials: (due) => within(due, (sql) => readCredentials(sql, due, credentialOverlapMs)),
    putInForce: (due, version, inForce, detail) =>
      within(due, (sql) => putInForce(sql, newId, due, { version, inForce, detail })),
    refuseCredential: (due, version, detail) =>
      within(due, (sql) => end(sql, newId, due, { version, as: "refused", detail })),
    revokeCredential: (due, version, detail) =>
      within(due, (sql) => end(sql, newId, due, { version, as: "revoked", detail })),
    lookAgain: (due, inMs) => within(due, (sql) => lookAgain(sql, due, inMs)),
    close: () => pool.end(),
  };
}

async function claimDue(pool: pg.Pool, limit: number, claimMs: number): Promise<DueCredentials[]> {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<DueCredentials>(FIND_DUE, [limit]),
  );
  const claimed: DueCredentials[] = [];
  for (const one of due) {
    const { tenantId, connectionId } = one;
    const rows = await inTransaction(pool, { tenantId }, (sql) => sql.run(CLAIM, [tenantId, connectionId, claimMs]));
    if (rows > 0) claimed.push(one);
  }
  return claimed;
}

interface CredentialsRow {
  readonly now: Timestamp;
  readonly vendor: string;
  readonly in_force: number | null;
  readonly pending: { readonly version: number; readonly requestedBy: string } | null;
  readonly draining: readonly { readonly version: number; readonly isOver: boolean }[];
}

// Over: every node has had time for the new one, and no call that may have begun with this one goes on or could still go on.
const CREDENTIALS = `
  SELECT clock_timestamp() AS now, c.vendor, c.credential_version AS in_force,
    (SELECT json_build_object('version', v.version, 'requestedBy', v.created_by) FROM credential_version v
     WHERE v.tenant_id = c.tenant_id AND v.connection_id = c.id AND v.state = 'pending') AS pending,
    (SELECT coalesce(json_agg(json_build_object('version', v.version, 'isOver',
        v.changed_at < clock_timestamp() - $3::float8 * interval '1 millisecond' AND NOT EXISTS (
          SELECT FROM session s LEFT JOIN release r ON r.tenant_id = s.tenant_id AND r.hash = s.bundle_hash
          WHERE s.tenant_id = c.tenant_id AND s.ended_at IS NULL
            AND s.started_at < v.changed_at + $3::float8 * interval '1 millisecond'
            AND s.started_at > clock_timestamp() - coalesce(r.max_call_ms, 3600000) * interval '1 millisecond'
            AND (EXISTS (SELECT FROM deployment_connection u
                         WHERE u.tenant_id = s.tenant_id AND u.deployment_id = s.deployment_id AND u.connection_id = c.id)
              OR EXISTS (SELECT FROM release_connection u
                         WHERE u.tenant_id = s.tenant_id AND u.hash = s.bundle_hash AND u.connection_id = c.id))))
      ORDER BY v.version), '[]') FROM credential_version v
     WHERE v.tenant_id = c.tenant_id AND v.connection_id = c.id AND v.state = 'draining') AS draining
  FROM connection c WHERE c.tenant_id = $1 AND c.id = $2`;

async function readCredentials(
  sql: Sql,
  { tenantId, connectionId }: DueCredentials,
  leastMs: number,
): Promise<CredentialsView | null> {
  const row = await sql.row<CredentialsRow>(CREDENTIALS, [tenantId, connectionId, leastMs]);
  if (row === null) return null;
  const isDraining = row.draining.some(({ isOver }) => !isOver);
  return {
    vendor: row.vendor,
    inForce: row.in_force,
    pending: row.pending,
    drained: row.draining.filter(({ isOver }) => isOver).map(({ version }) => version),
    nextLookMs: isDraining ? Math.min(DRAIN_LOOK_MS, Math.max(leastMs, 100)) : null,
    nowMs: Date.parse(instantOf(row.now)),
  };
}

/** Nothing happens when another version came into force since the look: the pending one is judged anew. */
async function putInForce(
  sql: Sql,
  newId: NewId,
  due: DueCredentials,
  { version, inForce, detail }: { readonly version: number; readonly inForce: number | null; readonly detail: string },
): Promise<void> {
  const locked = await lockConnection(sql, due.tenantId, due.connectionId);
  if (locked === null || locked.inForce !== inForce) return;
  await drainInForce(sql, due);
  if (!(await bringIntoForce(sql, { ...due, version, detail }))) return;
  const closing = new ClosingWrites(sql, due.tenantId);
  await pointAt(sql, closing, { ...due, version });
  await tell(closing, newId, due, { action: "credential.in-force", version, before: inForce, detail });
}

async function end(
  sql: Sql,
  newId: NewId,
  due: DueCredentials,
  { version, as, detail }: { readonly version: number; readonly as: "revoked" | "refused"; readonly detail: string },
): Promise<void> {
  await lockConnection(sql, due.tenantId, due.connectionId);
  if (!(await endVersion(sql, { ...due, version, as, detail }))) return;
  const closing = new ClosingWrites(sql, due.tenantId);
  if (as === "revoked") await tellDeployments(sql, closing, due);
  await tell(closing, newId, due, { action: `credential.${as}`, version, before: null, detail });
}

async function tell(
  closing: ClosingWrites,
  newId: NewId,
  { connectionId }: DueCredentials,
  facts: { readonly action: string; readonly version: number; readonly before: number | null; readonly detail: string },
): Promise<void> {
  const { action, version, before, detail } = facts;
  closing.audit(
    {
      actor: "system:worker",
      via: "worker",
      action,
      object: `connection/${connectionId}`,
      before: { version: before },
      after: { version },
      reason: detail,
    },
    null,
  );
  closing.enqueue(action, { connectionId, version });
  await closing.write(newId);
}

const LOOK_AGAIN = `
  UPDATE connection SET credentials_due_at = CASE WHEN $3::float8 IS NULL THEN NULL
    ELSE clock_timestamp() + $3::float8 * interval '1 millisecond' END
  WHERE tenant_id = $1 AND id = $2`;
const HAS_WORK = `
  SELECT 1 FROM credential_version WHERE tenant_id = $1 AND connection_id = $2 AND state IN ('pending', 'draining') LIMIT 1`;

/** Null: not before something is stored again. Under the row's lock, so that what was stored meanwhile is not forgotten. */
async function lookAgain(sql: Sql, { tenantId, connectionId }: DueCredentials, inMs: number | null): Promise<void> {
  await lockConnection(sql, tenantId, connectionId);
  const hasWork = (await sql.row(HAS_WORK, [tenantId, connectionId])) !== null;
  await sql.run(LOOK_AGAIN, [tenantId, connectionId, inMs ?? (hasWork ? 0 : null)]);
}
