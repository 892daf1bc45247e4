import type { RolloutPolicy } from "@tandem/domain/rollout";
import type { WaitingRollout } from "@tandem/ports/store/gates";
import type { Sql } from "../database/sql.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface WaitingRow {
  tenant_id: string;
  id: string;
  deployment_id: string;
  bundle_hash: string;
  policy: RolloutPolicy;
  plan_id: string | null;
  state: string;
  reason: WaitingRollout["reason"];
  rollout_id: string | null;
  created_by: string;
  created_at: Timestamp;
  ended_at: Timestamp | null;
  /** Place among those that wait; null for the others. */
  position: number | null;
}

export const waitingOf = (row: WaitingRow): WaitingRollout => ({
  id: row.id,
  deploymentId: row.deployment_id,
  position: row.position,
  bundleHash: row.bundle_hash,
  planId: row.plan_id,
  state: row.state as WaitingRollout["state"],
  reason: row.reason,
  rolloutId: row.rollout_id,
  createdBy: row.created_by,
  createdAt: instantOf(row.created_at),
  endedAt: instantOrNull(row.ended_at),
});

/** Rows as `WaitingRow`, before a WHERE. */
export const WAITING_ROWS = `
  SELECT w.*, CASE WHEN w.state = 'waiting' THEN (SELECT count(*)::int FROM waiting_rollout o WHERE o.tenant_id = w.tenant_id
    AND o.deployment_id = w.deployment_id AND o.state = 'waiting' AND o.turn <= w.turn) END AS position
  FROM waiting_rollout w`;

const COUNT = `
  SELECT count(*)::int AS waiting FROM waiting_rollout WHERE tenant_id = $1 AND deployment_id = $2 AND state = 'waiting'`;

/** How many rollouts wait for a deployment. */
export const waitingCount = async (sql: Sql, tenantId: string, deploymentId: string): Promise<number> =>
  (await sql.row<{ waiting: number }>(COUNT, [tenantId, deploymentId]))?.waiting ?? 0;
