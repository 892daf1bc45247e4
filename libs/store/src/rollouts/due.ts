import type pg from "pg";
import { inTransaction } from "../database/transaction.ts";

/**
 * A live rollout is due when its time has come; a held one without a time waits for a person. An ended one is due while a cleaning
 * step may be done.
 */
const FIND_DUE = `
  SELECT w.tenant_id AS "tenantId", w.deployment_id AS "deploymentId"
  FROM (
    SELECT r.tenant_id, r.deployment_id, coalesce(r.due_at, r.created_at) AS since FROM rollout r
    WHERE r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
      AND (r.due_at <= clock_timestamp() OR (r.due_at IS NULL AND NOT (r.phase = 'held' AND r.desired = 'continue')))
    UNION
    SELECT r.tenant_id, r.deployment_id, r.created_at FROM step s
    JOIN rollout r ON r.tenant_id = s.tenant_id AND r.id = s.rollout_id
    WHERE s.state IN ('pending', 'intent') AND s.stage = 'cleanup'
      AND r.phase IN ('succeeded', 'aborted', 'rolled-back', 'failed')
      AND (s.not_before IS NULL OR s.not_before <= clock_timestamp())
  ) w
  JOIN deployment d ON d.tenant_id = w.tenant_id AND d.id = w.deployment_id
  WHERE d.lease_owner IS NULL OR d.lease_until < clock_timestamp()
  GROUP BY w.tenant_id, w.deployment_id
  ORDER BY min(w.since)
  LIMIT $1`;

export const findDue = (pool: pg.Pool, limit: number) =>
  inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenantId: string; deploymentId: string }>(FIND_DUE, [limit]),
  );

const LIVE_PHASES = `
  SELECT phase, count(*)::int AS rollouts FROM rollout
  WHERE phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed') GROUP BY phase ORDER BY phase`;

/** How many rollouts of all tenants are in each phase, ended ones apart. */
export const livePhases = (pool: pg.Pool) =>
  inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ phase: string; rollouts: number }>(LIVE_PHASES),
  );
