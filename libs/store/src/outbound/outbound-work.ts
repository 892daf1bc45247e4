import type { OutboundState } from "@tandem/domain/outbound";
import type { ClaimedOutboundCall, OutboundChange, OutboundOutlook, OutboundWork } from "@tandem/ports/store/outbound";
import type pg from "pg";
import { type Parameter, type Sql } from "../database/sql.ts";
import { openPool } from "../database/pool.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { type ResolvedOptions, resolveOptions, type StoreOptions } from "../options.ts";
import { newViewCaches } from "../rollouts/rollout-store.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";
import { readView, type ViewCaches } from "../rollouts/view.ts";
import { situationOf } from "./situation.ts";

const FIND_DUE = `
  SELECT tenant_id, id FROM outbound_call
  WHERE finished_at IS NULL AND due_at <= clock_timestamp() AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
  ORDER BY due_at LIMIT $1`;
const CLAIM = `
  UPDATE outbound_call SET claimed_by = $3, claimed_until = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND finished_at IS NULL AND due_at <= clock_timestamp()
    AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
  RETURNING deployment_id, state, to_number, from_number, time_zone, lead, consent_given_at, call_id, intent_at, tries,
    (extract(epoch FROM clock_timestamp() - intent_at) * 1000)::float8 AS intended_ms_ago`;
const OTHERS = `
  SELECT call_id FROM outbound_call
  WHERE tenant_id = $1 AND from_number = $2 AND to_number = $3 AND id <> $4 AND call_id IS NOT NULL`;
/** An intent keeps the claim while the carrier is asked; every other change gives it back. */
const CHANGE = `
  UPDATE outbound_call SET state = $4, reason = $5, call_id = coalesce($6, call_id),
    intent_at = CASE $7 WHEN 'begins' THEN clock_timestamp() WHEN 'taken-back' THEN NULL ELSE intent_at END,
    tries = tries + CASE $7 WHEN 'begins' THEN 1 ELSE 0 END,
    claimed_by = CASE $7 WHEN 'begins' THEN claimed_by END,
    claimed_until = CASE $7 WHEN 'begins' THEN clock_timestamp() + $8::float8 * interval '1 millisecond' END,
    due_at = CASE WHEN $9 THEN NULL ELSE clock_timestamp() + $10::float8 * interval '1 millisecond' END,
    finished_at = CASE WHEN $9 THEN clock_timestamp() END,
    lead = CASE WHEN $9 THEN '{}' ELSE lead END
  WHERE tenant_id = $1 AND id = $2 AND claimed_by = $3 AND claimed_until > clock_timestamp() AND finished_at IS NULL`;

const OPEN: ReadonlySet<OutboundState> = new Set(["queued", "scheduled", "calling"]);

/** `options.url` logs in as `tandem_worker`, which may also become `tandem_sweeper`. */
export function openOutboundWork(options: StoreOptions): OutboundWork & { close(): Promise<void> } {
  const resolved = resolveOptions(options);
  const pool = openPool({ ...resolved, maxConnections: options.maxConnections ?? 2 });
  const caches = newViewCaches();
  return {
    claimDue: (workerId, limit, claimMs) => claimDue(pool, workerId, { limit, claimMs }),
    outlook: (call) => inTransaction(pool, call, (sql) => readOutlook(sql, caches, call)),
    otherCallIds: (call) => inTransaction(pool, call, (sql) => otherCallIds(sql, call)),
    change: (call, change) => inTransaction(pool, call, (sql) => write(sql, resolved, { call, change })),
    close: () => pool.end(),
  };
}

async function claimDue(
  pool: pg.Pool,
  workerId: string,
  { limit, claimMs }: { readonly limit: number; readonly claimMs: number },
): Promise<readonly ClaimedOutboundCall[]> {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenant_id: string; id: string }>(FIND_DUE, [limit]),
  );
  const claimed: ClaimedOutboundCall[] = [];
  for (const { tenant_id: tenantId, id } of due) {
    const row = await inTransaction(pool, { tenantId }, (sql) =>
      sql.row<ClaimedRow>(CLAIM, [tenantId, id, workerId, claimMs]),
    );
    if (row !== null) claimed.push(claimedOf(row, { tenantId, id, workerId }));
  }
  return claimed;
}

interface ClaimedRow {
  readonly deployment_id: string;
  readonly state: ClaimedOutboundCall["state"];
  readonly to_number: string;
  readonly from_number: string;
  readonly time_zone: string | null;
  readonly lead: ClaimedOutboundCall["lead"];
  readonly consent_given_at: Timestamp;
  readonly call_id: string | null;
  readonly intent_at: Timestamp | null;
  readonly intended_ms_ago: number | null;
  readonly tries: number;
}

const claimedOf = (
  row: ClaimedRow,
  claim: Pick<ClaimedOutboundCall, "tenantId" | "id" | "workerId">,
): ClaimedOutboundCall => ({
  ...claim,
  deploymentId: row.deployment_id,
  state: row.state,
  to: row.to_number,
  from: row.from_number,
  timeZone: row.time_zone,
  lead: row.lead,
  consentGivenAt: instantOf(row.consent_given_at),
  callId: row.call_id,
  intendedAt: instantOrNull(row.intent_at),
  intendedMsAgo: row.intended_ms_ago,
  tries: row.tries,
});

async function readOutlook(sql: Sql, caches: ViewCaches, call: ClaimedOutboundCall): Promise<OutboundOutlook | null> {
  const view = await readView(sql, caches, call);
  if (view === null) return null;
  const wish = { to: call.to, timeZone: call.timeZone, consent: { givenAt: call.consentGivenAt } };
  const known = await situationOf(sql, view, { tenantId: call.tenantId, wish });
  return { deployment: view.deployment, situation: { ...known, hasAttempt: false, isPending: false } };
}

async function otherCallIds(sql: Sql, { tenantId, id, from, to }: ClaimedOutboundCall): Promise<readonly string[]> {
  const rows = await sql.rows<{ call_id: string }>(OTHERS, [tenantId, from, to, id]);
  return rows.map(({ call_id: callId }) => callId);
}

interface Write {
  readonly call: ClaimedOutboundCall;
  readonly change: OutboundChange;
}

async function write(sql: Sql, { newId }: ResolvedOptions, { call, change }: Write): Promise<boolean> {
  const changed = await sql.run(CHANGE, parametersOf({ call, change }));
  if (changed === 0) return false;
  const closing = new ClosingWrites(sql, call.tenantId);
  const { state, reason = null, callId = null, intent } = change;
  const object = `outbound-call/${call.id}`;
  const action = `outbound-call.${intent?.is === "begins" ? "intended" : state}`;
  const after = { state, reason, callId: callId ?? call.callId };
  if (state !== call.state || callId !== null || intent !== undefined)
    closing.audit({ actor: `worker:${call.workerId}`, via: "worker", action, object, after }, null);
  if (!OPEN.has(state)) closing.enqueue(action, { deploymentId: call.deploymentId, object, state, reason });
  await closing.write(newId);
  return true;
}

function parametersOf({ call, change }: Write): readonly Parameter[] {
  const { state, reason = null, dueInMs = 0, callId = null, intent } = change;
  const claimMs = intent?.is === "begins" ? intent.claimMs : null;
  const own = [call.tenantId, call.id, call.workerId] as const;
  return [...own, state, reason, callId, intent?.is ?? null, claimMs, !OPEN.has(state), dueInMs];
}
