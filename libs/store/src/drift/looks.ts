import { type DriftDecision, type DriftLook, driftNotice, fulfilled, openDrift } from "@tandem/domain/drift";
import type { NewId } from "@tandem/kernel";
import type { DriftLooks } from "@tandem/ports/store/drift";
import type pg from "pg";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { DECISIONS_IN_FORCE, driftDecisionOf, type DriftDecisionRow, type DriftLookRow } from "../rows/drift-row.ts";

const FIND_DUE = `
  SELECT d.tenant_id AS "tenantId", d.id AS "deploymentId" FROM deployment d
  LEFT JOIN drift_look l ON l.tenant_id = d.tenant_id AND l.deployment_id = d.id
  WHERE d.pointer_active <> 'none' AND (l.due_at IS NULL OR l.due_at <= clock_timestamp())
  ORDER BY l.due_at NULLS FIRST, d.id LIMIT $1`;
const CLAIM = `
  INSERT INTO drift_look (tenant_id, deployment_id, due_at)
  VALUES ($1, $2, clock_timestamp() + $3::float8 * (0.9 + random() * 0.2) * interval '1 millisecond')
  ON CONFLICT (tenant_id, deployment_id) DO UPDATE SET due_at = excluded.due_at WHERE drift_look.due_at <= clock_timestamp()`;
const PRESENT = `
  INSERT INTO drift_look (tenant_id, deployment_id, due_at) VALUES ($1, $2, clock_timestamp()) ON CONFLICT DO NOTHING`;
const LOCK = "SELECT * FROM drift_look WHERE tenant_id = $1 AND deployment_id = $2 FOR UPDATE";
const KEEP = `
  UPDATE drift_look SET looked_at = $3, complete = $4, resources = $5::jsonb, told = $6::jsonb
  WHERE tenant_id = $1 AND deployment_id = $2`;
const END = "UPDATE drift_decision SET ended_at = clock_timestamp() WHERE tenant_id = $1 AND id = ANY ($2::uuid[])";

const WORKER = { actor: "system:worker", via: "worker" } as const;

/** The worker's looks for drift. */
export function driftLooks(pool: pg.Pool, newId: NewId): DriftLooks {
  return {
    claimDriftLooks: (intervalMs, limit) => claimDriftLooks(pool, intervalMs, limit),
    keepDriftLook: (tenantId, deploymentId, look) =>
      inTransaction(pool, { tenantId }, (sql) => keepLook(sql, newId, { tenantId, deploymentId, look })),
  };
}

async function claimDriftLooks(pool: pg.Pool, intervalMs: number, limit: number) {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenantId: string; deploymentId: string }>(FIND_DUE, [limit]),
  );
  const claimed: typeof due = [];
  for (const one of due) {
    const { tenantId, deploymentId } = one;
    const rows = await inTransaction(pool, { tenantId }, (sql) => sql.run(CLAIM, [tenantId, deploymentId, intervalMs]));
    if (rows > 0) claimed.push(one);
  }
  return claimed;
}

interface Kept {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly look: DriftLook;
}

async function keepLook(sql: Sql, newId: NewId, { tenantId, deploymentId, look }: Kept): Promise<void> {
  const key = [tenantId, deploymentId] as const;
  await sql.run(PRESENT, key);
  const before = await sql.row<DriftLookRow>(LOCK, key);
  if (before === null || isLater(before, look)) return;
  const decisions = (await sql.rows<DriftDecisionRow>(DECISIONS_IN_FORCE, key)).map(driftDecisionOf);
  const open = openDrift(look, decisions, Date.parse(look.lookedAt));
  const notice = driftNotice(before.told, open, look.complete);
  const told = notice === null ? before.told : open;
  await sql.run(KEEP, [...key, look.lookedAt, look.complete, json(look.resources), json(told)]);
  const closing = new ClosingWrites(sql, tenantId);
  await endFulfilled(sql, closing, { tenantId, deploymentId, ended: fulfilled(look, decisions) });
  if (notice !== null) {
    closing.enqueue(`drift.${notice}`, { deploymentId, open, complete: look.complete, lookedAt: look.lookedAt });
    closing.audit(
      {
        ...WORKER,
        action: `drift.${notice}`,
        object: `deployment/${deploymentId}`,
        before: { open: before.told },
        after: { open },
      },
      null,
    );
  }
  await closing.write(newId);
}

const isLater = (kept: DriftLookRow, look: DriftLook): boolean =>
  kept.looked_at !== null && new Date(kept.looked_at).getTime() > Date.parse(look.lookedAt);

interface Ending {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly ended: readonly DriftDecision[];
}

async function endFulfilled(
  sql: Sql,
  closing: ClosingWrites,
  { tenantId, deploymentId, ended }: Ending,
): Promise<void> {
  if (ended.length === 0) return;
  await sql.run(END, [tenantId, ended.map(({ id }) => id)]);
  for (const { id, answer, address } of ended)
    closing.audit(
      { ...WORKER, action: "drift.fulfilled", object: `deployment/${deploymentId}`, after: { id, answer, address } },
      null,
    );
}
