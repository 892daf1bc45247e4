import { AppError } from "@tandem/kernel";
import type { Sql } from "../database/sql.ts";
import type { DeploymentRow } from "../rows/deployment-row.ts";
import type { RolloutRow } from "../rows/rollout-row.ts";
import type { Timestamp } from "../rows/instant.ts";

/** A deployment whose row this transaction holds, with the rollout it may work on. */
export interface LockedDeployment {
  readonly deployment: DeploymentRow;
  readonly rollout: RolloutRow | null;
  /** Database time after the lock was obtained. */
  readonly now: Timestamp;
}

// FOR NO KEY UPDATE: media may go on inserting sessions, whose foreign keys only need the key to stay.
const LOCK = `SELECT *, clock_timestamp() AS locked_at FROM deployment WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`;

/** The live rollout, or the newest ended one that still has cleaning up to do. A fragment over the alias `r`. */
export const WORKABLE_ROLLOUT = `
  (r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
   OR EXISTS (SELECT FROM step s WHERE s.tenant_id = r.tenant_id AND s.rollout_id = r.id
              AND s.stage = 'cleanup' AND s.state IN ('pending', 'intent')))
  ORDER BY (r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')) DESC, r.id DESC LIMIT 1`;
const ROLLOUT = `SELECT r.* FROM rollout r WHERE r.tenant_id = $1 AND r.deployment_id = $2 AND ${WORKABLE_ROLLOUT}`;

/** Locks the row that orders everything about a deployment. Throws `not_found`. */
export async function lockDeployment(sql: Sql, tenantId: string, deploymentId: string): Promise<LockedDeployment> {
  const row = await sql.row<DeploymentRow & { locked_at: Timestamp }>(LOCK, [tenantId, deploymentId]);
  if (row === null) throw new AppError("not_found", "There is no such deployment.", { details: { deploymentId } });
  const rollout = await sql.row<RolloutRow>(ROLLOUT, [tenantId, deploymentId]);
  return { deployment: row, rollout, now: row.locked_at };
}
