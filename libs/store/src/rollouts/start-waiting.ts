import { isLive } from "@tandem/domain/rollout";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import type pg from "pg";
import type { LockedChange } from "../control/context.ts";
import { beginNow, type StartContext } from "../control/rollout-start.ts";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { WAITING_ROWS, type WaitingRow } from "../gates/waiting-row.ts";
import { lockDeployment } from "../journal/deployment-lock.ts";
import { DeploymentTransaction } from "../journal/deployment-transaction.ts";

/** Longest pause between two looks at a rollout that waits for something nobody tells it the end of. */
const LOOK_MS = 60_000;

// The first of each deployment without a live rollout, when it is due.
const FIND = `
  SELECT f.tenant_id, f.deployment_id FROM (
    SELECT DISTINCT ON (w.tenant_id, w.deployment_id) w.tenant_id, w.deployment_id, w.look_at FROM waiting_rollout w
    WHERE w.state = 'waiting' ORDER BY w.tenant_id, w.deployment_id, w.turn) f
  WHERE f.look_at <= clock_timestamp() AND NOT EXISTS (
    SELECT FROM rollout r WHERE r.tenant_id = f.tenant_id AND r.deployment_id = f.deployment_id
      AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed'))
  ORDER BY f.look_at LIMIT $1`;
const FIRST = `
  ${WAITING_ROWS} WHERE w.tenant_id = $1 AND w.deployment_id = $2 AND w.state = 'waiting' ORDER BY w.turn LIMIT 1`;
const BUNDLE = "SELECT bundle FROM release WHERE tenant_id = $1 AND hash = $2";
const STARTED = `
  UPDATE waiting_rollout SET state = 'started', reason = NULL, rollout_id = $3, ended_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2`;
const FAILED = `
  UPDATE waiting_rollout SET state = 'failed', reason = $3::jsonb, ended_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2`;
const WAITS_ON = `
  UPDATE waiting_rollout SET reason = $3::jsonb, look_at = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2`;

const WORKER = { actor: "system:worker", via: "worker" } as const;

/** Begins what waits for deployments that nothing is live on; answers how many began. One that fails keeps no other from its turn. */
export async function startWaiting(pool: pg.Pool, context: StartContext, limit: number): Promise<number> {
  const due = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenant_id: string; deployment_id: string }>(FIND, [limit]),
  );
  let started = 0;
  const failures: unknown[] = [];
  for (const { tenant_id: tenantId, deployment_id: deploymentId } of due) {
    try {
      const start = (sql: Sql) => startFirst(sql, context, { tenantId, deploymentId });
      if (await inTransaction(pool, { tenantId }, start)) started += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return started;
}

/** Under the deployment's lock: of two workers that see the same one, the second finds a live rollout. */
async function startFirst(
  sql: Sql,
  context: StartContext,
  key: { readonly tenantId: string; readonly deploymentId: string },
): Promise<boolean> {
  const transaction = new DeploymentTransaction(sql, await lockDeployment(sql, key.tenantId, key.deploymentId));
  if (transaction.rollout !== null && isLive(transaction.rollout)) return false;
  const row = await sql.row<WaitingRow>(FIRST, [key.tenantId, key.deploymentId]);
  if (row === null) return false;
  const audit = (entry: Omit<AuditEntry, "actor" | "via">) => transaction.closing.audit({ ...WORKER, ...entry }, null);
  const isStarted = await startOne(context, { sql, transaction, audit }, row);
  await transaction.close(context.options.newId);
  return isStarted;
}

async function startOne(context: StartContext, change: LockedChange, row: WaitingRow): Promise<boolean> {
  const { tenant_id: tenantId, id, deployment_id: deploymentId, bundle_hash: bundleHash } = row;
  const { sql } = change;
  const object = `waiting-rollout/${id}`;
  try {
    const bundle = (await sql.row<{ bundle: ReleaseBundle }>(BUNDLE, [tenantId, bundleHash]))?.bundle;
    if (bundle === undefined) throw new AppError("not_found", "The bundle is no longer kept.");
    const actor: Actor = { tenantId, subject: WORKER.actor, roles: [], via: "worker", requestId: id };
    const rollout = await beginNow(context, actor, change, {
      deploymentId,
      bundle,
      bundleHash,
      policy: row.policy,
      planId: row.plan_id,
      createdBy: row.created_by,
    });
    await sql.run(STARTED, [tenantId, id, rollout.id]);
    change.audit({ action: "rollout.queue-started", object, after: { rolloutId: rollout.id } });
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === "internal") throw error;
    await waitOrFail(change, row, error);
    return false;
  }
}

/** A window and a suspended tenant pass; everything else that refuses it now would refuse it for good. */
async function waitOrFail(change: LockedChange, row: WaitingRow, error: AppError): Promise<void> {
  const { tenant_id: tenantId, id, deployment_id: deploymentId } = row;
  const passing =
    error.code === "frozen" ? "frozen" : error.details["reason"] === "tenant-suspended" ? "tenant-suspended" : null;
  const reason = { code: passing ?? error.code, detail: error.message };
  const object = `waiting-rollout/${id}`;
  if (passing !== null) {
    await change.sql.run(WAITS_ON, [tenantId, id, json(reason), lookMs(error)]);
    if (row.reason?.code !== reason.code) change.audit({ action: "rollout.queue-held", object, reason: reason.code });
    return;
  }
  await change.sql.run(FAILED, [tenantId, id, json(reason)]);
  change.audit({ action: "rollout.queue-failed", object, after: reason, reason: reason.code });
  change.transaction.closing.enqueue("rollout.queue-failed", { deploymentId, object, ...reason });
}

/** Until the window ends, within bounds: somebody else may end it, or let the tenant through. */
function lookMs({ details }: AppError): number {
  const endsAt = details["endsAt"];
  const leftMs = typeof endsAt === "string" ? Date.parse(endsAt) - Date.now() : LOOK_MS;
  return Math.min(LOOK_MS, Math.max(0, leftMs));
}
