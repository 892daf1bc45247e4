import type { ReplayComparison } from "@tandem/domain/replay";
import type { NewId } from "@tandem/kernel";
import type { AskedReplay, KeptReplay, ReplayStore } from "@tandem/ports/store/replays";
import type pg from "pg";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { candidates, pastSession } from "./past-sessions.ts";

const KEPT =
  "SELECT comparison FROM replay_session WHERE tenant_id = $1 AND replay_id = $2 ORDER BY created_at, session_id";
const KEEP = `
  INSERT INTO replay_session (tenant_id, replay_id, session_id, comparison, words, words_until)
  VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6) ON CONFLICT DO NOTHING`;
const FIND_PENDING = `
  SELECT tenant_id, id FROM replay WHERE state = 'pending' AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
  ORDER BY created_at LIMIT 1`;
const CLAIM = `
  UPDATE replay SET claimed_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
  RETURNING tenant_id AS "tenantId", id, deployment_id AS "deploymentId", policy`;
const RENEW = `
  UPDATE replay SET claimed_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND state = 'pending'`;
const FINISH = `
  UPDATE replay SET state = $3, report = $4::jsonb, failure = $5, finished_at = clock_timestamp()
  WHERE tenant_id = $1 AND id = $2 AND state = 'pending'`;

const WORKER = { actor: "system:worker", via: "worker" } as const;

/** Replays on the worker's pool. */
export function replayStore(pool: pg.Pool, newId: NewId): ReplayStore {
  const within = <Result>(tenantId: string, work: (sql: Sql) => Promise<Result>) =>
    inTransaction(pool, { tenantId }, work);
  return {
    candidates: (query) => within(query.tenantId, (sql) => candidates(sql, query)),
    pastSession: (tenantId, sessionId) => within(tenantId, (sql) => pastSession(sql, tenantId, sessionId)),
    kept: (tenantId, replayId) => within(tenantId, (sql) => keptOf(sql, tenantId, replayId)),
    keep: (replay) => within(replay.tenantId, (sql) => keep(sql, newId, replay)),
    claimReplay: (leaseMs) => claimReplay(pool, leaseMs),
    renewReplay: async ({ tenantId, id }, leaseMs) => {
      await within(tenantId, (sql) => sql.run(RENEW, [tenantId, id, leaseMs]));
    },
    finishReplay: (replay, ending) => within(replay.tenantId, (sql) => finish(sql, newId, replay, ending)),
  };
}

/** Comparisons of a replay or of a rollout, in the order in which they were made. */
export async function keptOf(sql: Sql, tenantId: string, replayId: string): Promise<readonly ReplayComparison[]> {
  const rows = await sql.rows<{ comparison: ReplayComparison }>(KEPT, [tenantId, replayId]);
  return rows.map(({ comparison }) => comparison);
}

async function keep(sql: Sql, newId: NewId, replay: KeptReplay): Promise<void> {
  const { tenantId, replayId, comparison, words, wordsUntil } = replay;
  const { sessionId, verdict } = comparison;
  const added = await sql.run(KEEP, [tenantId, replayId, sessionId, json(comparison), json(words), wordsUntil]);
  if (added === 0) return;
  const closing = new ClosingWrites(sql, tenantId);
  const object = `deployment/${replay.deploymentId}`;
  closing.audit({ ...WORKER, action: "replay.compared", object, after: { replayId, sessionId, verdict } }, null);
  await closing.write(newId);
}

async function claimReplay(pool: pg.Pool, leaseMs: number): Promise<AskedReplay | null> {
  const found = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.row<{ tenant_id: string; id: string }>(FIND_PENDING),
  );
  if (found === null) return null;
  const { tenant_id: tenantId, id } = found;
  return inTransaction(pool, { tenantId }, (sql) => sql.row<AskedReplay>(CLAIM, [tenantId, id, leaseMs]));
}

async function finish(
  sql: Sql,
  newId: NewId,
  { tenantId, id, deploymentId }: AskedReplay,
  ending: Parameters<ReplayStore["finishReplay"]>[1],
): Promise<void> {
  const failure = "failure" in ending ? ending.failure : null;
  const state = failure === null ? "done" : "failed";
  const ended = await sql.run(FINISH, [tenantId, id, state, failure === null ? json(ending) : null, failure]);
  if (ended === 0) return;
  const closing = new ClosingWrites(sql, tenantId);
  const after = "failure" in ending ? { id, failure: ending.failure } : { id, ...ending };
  closing.audit({ ...WORKER, action: "replay.finished", object: `deployment/${deploymentId}`, after }, null);
  await closing.write(newId);
}
