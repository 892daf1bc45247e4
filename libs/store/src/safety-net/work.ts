import type { Json, NewId } from "@tandem/kernel";
import type { DueSafetyNet, SafetyNetOutcome, SafetyNetWork } from "@tandem/ports/store/safety-net";
import type { AgentShare } from "@tandem/ports/voice-agent";
import type pg from "pg";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { readView, type ViewCaches } from "../rollouts/view.ts";

const FIND_DUE = `
  SELECT d.tenant_id AS "tenantId", d.id AS "deploymentId" FROM deployment d
  LEFT JOIN safety_net n ON n.tenant_id = d.tenant_id AND n.deployment_id = d.id
  WHERE d.number IS NOT NULL AND (d.pointer_active <> 'none' OR n.is_held)
    AND CASE WHEN n.due_at IS NULL THEN n.kept_generation IS DISTINCT FROM d.generation ELSE n.due_at <= clock_timestamp() END
  ORDER BY n.due_at NULLS FIRST, d.id LIMIT $1`;
const CLAIM = `
  INSERT INTO safety_net (tenant_id, deployment_id, due_at)
  VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond')
  ON CONFLICT (tenant_id, deployment_id) DO UPDATE SET due_at = excluded.due_at
    WHERE safety_net.due_at IS NULL OR safety_net.due_at <= clock_timestamp()`;
const READ = "SELECT found, attempts, is_held FROM safety_net WHERE tenant_id = $1 AND deployment_id = $2";
const INTEND = `
  UPDATE safety_net SET found = coalesce(found, $3::jsonb), intended = $4::jsonb, is_held = true
  WHERE tenant_id = $1 AND deployment_id = $2`;
const NOT_HELD = `
  UPDATE safety_net SET is_held = false, kept_generation = $3, found = NULL, intended = NULL, attempts = 0, failure = NULL, due_at = NULL
  WHERE tenant_id = $1 AND deployment_id = $2`;
const IN_STEP = `
  UPDATE safety_net SET is_held = true, kept_generation = $3, intended = NULL, attempts = 0, failure = NULL,
    due_at = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND deployment_id = $2`;
const FAILED = `
  UPDATE safety_net SET attempts = attempts + 1, failure = $3, due_at = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND deployment_id = $2`;

const WORKER = { actor: "system:worker", via: "worker" } as const;

interface NetRow {
  readonly found: readonly AgentShare[] | null;
  readonly attempts: number;
  readonly is_held: boolean | null;
}

/** Safety nets on PostgreSQL. */
export function safetyNetWork(pool: pg.Pool, caches: ViewCaches, newId: NewId): SafetyNetWork {
  const within = <Result>({ tenantId }: DueSafetyNet, work: (sql: Sql) => Promise<Result>) =>
    inTransaction(pool, { tenantId }, work);
  return {
    claimSafetyNets: (limit, claimMs) => claimSafetyNets(pool, limit, claimMs),
    safetyNet: (due) =>
      within(due, async (sql) => {
        const view = await readView(sql, caches, due);
        const row = await sql.row<NetRow>(READ, [due.tenantId, due.deploymentId]);
        return view === null || row === null ? null : { view, found: row.found, attempts: row.attempts };
      }),
    intendShares: (due, { generation, found, shares }) =>
      within(due, async (sql) => {
        await sql.run(INTEND, [due.tenantId, due.deploymentId, json(found), json(shares)]);
        const after = { generation, shares } as unknown as Json;
        await account(sql, newId, due, { action: "safety-net.intended", before: found as unknown as Json, after });
      }),
    endSafetyNetLook: (due, outcome) => within(due, (sql) => endLook(sql, newId, due, outcome)),
  };
}

async function claimSafetyNets(pool: pg.Pool, limit: number, claimMs: number): Promise<DueSafetyNet[]> {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<DueSafetyNet>(FIND_DUE, [limit]),
  );
  const claimed: DueSafetyNet[] = [];
  for (const one of due) {
    const { tenantId, deploymentId } = one;
    const rows = await inTransaction(pool, { tenantId }, (sql) => sql.run(CLAIM, [tenantId, deploymentId, claimMs]));
    if (rows > 0) claimed.push(one);
  }
  return claimed;
}

/** What was only found to be as it was is noted without an audit row, like any look. */
async function endLook(sql: Sql, newId: NewId, due: DueSafetyNet, outcome: SafetyNetOutcome): Promise<void> {
  const key = [due.tenantId, due.deploymentId] as const;
  const before = await sql.row<NetRow>(READ, key);
  if (outcome.kind === "not-held") {
    await sql.run(NOT_HELD, [...key, outcome.generation]);
    if (before?.is_held === true) await account(sql, newId, due, { action: "safety-net.let-go" });
  } else if (outcome.kind === "in-step") {
    await sql.run(IN_STEP, [...key, outcome.generation, outcome.confirmInMs]);
    await account(sql, newId, due, { action: "safety-net.kept", after: { generation: outcome.generation } });
  } else {
    await sql.run(FAILED, [...key, outcome.detail, outcome.retryInMs]);
    await account(sql, newId, due, { action: "safety-net.failed", reason: outcome.detail });
  }
}

async function account(
  sql: Sql,
  newId: NewId,
  { tenantId, deploymentId }: DueSafetyNet,
  entry: { readonly action: string; readonly before?: Json; readonly after?: Json; readonly reason?: string },
): Promise<void> {
  const closing = new ClosingWrites(sql, tenantId);
  closing.audit({ ...WORKER, object: `deployment/${deploymentId}`, ...entry }, null);
  await closing.write(newId);
}
