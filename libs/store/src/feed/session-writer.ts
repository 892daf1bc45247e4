import type { SessionEventRow, SessionRow, SessionWriter } from "@tandem/ports/store/pointer-feed";
import { changeNotice } from "../change-notice.ts";
import { CHANNELS } from "../notices.ts";
import { openPool } from "../database/pool.ts";
import { ENTER_TENANT, json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";

/** A writer with its own pool. */
export interface OpenSessionWriter extends SessionWriter {
  close(): Promise<void>;
}

// What a node still had of a tenant that has left is not written: its data has been erased.
const OF_THOSE_WHO_STAYED = `WHERE NOT EXISTS (SELECT FROM tenant t WHERE t.id = "tenantId" AND t.status = 'offboarded')`;
// An end once written stays: a batch that comes again or late changes nothing.
const WRITE_SESSIONS = `
  INSERT INTO session (tenant_id, id, deployment_id, call_id, slot, bundle_hash, generation, kind, node, region, caller, started_at, ended_at, disposition)
  SELECT "tenantId", "sessionId", "deploymentId", "callId", slot, "bundleHash", generation, kind, node, coalesce(region, 'local'), "from", "startedAt", "endedAt", disposition
  FROM jsonb_to_recordset($1::jsonb) AS s ("tenantId" uuid, "sessionId" text, "deploymentId" uuid, "callId" text, slot text,
    "bundleHash" text, generation integer, kind text, node text, region text, "from" text, "startedAt" timestamptz, "endedAt" timestamptz, disposition text)
  ${OF_THOSE_WHO_STAYED}
  ON CONFLICT (tenant_id, id) DO UPDATE
    SET ended_at = coalesce(session.ended_at, excluded.ended_at), disposition = coalesce(session.disposition, excluded.disposition)
    WHERE (session.ended_at IS NULL AND excluded.ended_at IS NOT NULL) OR (session.disposition IS NULL AND excluded.disposition IS NOT NULL)`;
const APPEND_EVENTS = `
  INSERT INTO session_event (tenant_id, session_id, seq, deployment_id, at, type, payload)
  SELECT "tenantId", "sessionId", seq, "deploymentId", at, type, payload
  FROM jsonb_to_recordset($1::jsonb) AS e ("tenantId" uuid, "sessionId" text, seq integer, "deploymentId" uuid, at timestamptz, type text, payload jsonb)
  ${OF_THOSE_WHO_STAYED}
  ON CONFLICT (tenant_id, session_id, seq) DO NOTHING`;

const TELL = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";

/** `options.url` logs in as `tandem_media_node`. A batch that names an unknown deployment is refused whole as `invalid_input`. */
export function openSessionWriter(options: StoreOptions): OpenSessionWriter {
  const pool = openPool({ ...resolveOptions(options), maxConnections: options.maxConnections ?? 2 });
  return {
    write: ({ sessions, events }) =>
      inTransaction(pool, { tenantId: null }, async (sql) => {
        const tenants = [...new Set([...sessions, ...events].map((row) => row.tenantId))].sort();
        for (const tenantId of tenants)
          await writeTenant(sql, tenantId, {
            sessions: sessions.filter(isOf(tenantId)),
            events: events.filter(isOf(tenantId)),
          });
      }),
    close: () => pool.end(),
  };
}

const isOf = (tenantId: string) => (row: { readonly tenantId: string }) => row.tenantId === tenantId;

async function writeTenant(
  sql: Sql,
  tenantId: string,
  batch: { sessions: readonly SessionRow[]; events: readonly SessionEventRow[] },
): Promise<void> {
  await sql.rows(ENTER_TENANT, [tenantId]);
  if (batch.sessions.length > 0) {
    await sql.run(WRITE_SESSIONS, [json(latestPerSession(batch.sessions))]);
    const changes = [...new Set(batch.sessions.map(({ deploymentId }) => deploymentId))].map(
      (deployment) => changeNotice({ tenantId, kind: "session", deployment }).payload,
    );
    await sql.send(TELL, [CHANNELS.change, changes]);
  }
  if (batch.events.length > 0) await sql.run(APPEND_EVENTS, [json(batch.events)]);
}

/** One statement may touch a row once: of several states of a session in a batch the last counts, with an end that an earlier one had. */
function latestPerSession(sessions: readonly SessionRow[]): SessionRow[] {
  const latest = new Map<string, SessionRow>();
  for (const session of sessions) {
    const before = latest.get(session.sessionId);
    latest.set(session.sessionId, {
      ...session,
      endedAt: before?.endedAt ?? session.endedAt,
      disposition: before?.disposition ?? session.disposition,
    });
  }
  return [...latest.values()];
}
