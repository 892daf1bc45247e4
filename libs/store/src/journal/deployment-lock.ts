import { AppError } from "@tandem/kernel";
import type { Sql } from "../database/sql.ts";
import type { DeploymentRow } from "../rows/deployment-row.ts";
import type { Timestamp } from "../rows/instant.ts";
import type { RolloutRow } from "../rows/rollout-row.ts";
import type { SlotRow } from "../rows/slot-row.ts";

/** A deployment whose row this transaction holds, with both slots and the rollout it may work on. */
export interface LockedDeployment {
  readonly deployment: DeploymentRow;
  readonly rollout: RolloutRow | null;
  readonly slots: readonly SlotRow[];
  /** Database time after the lock was obtained. */
  readonly locked_at: Timestamp;
  /** False while the tenant's calls go to people whatever the pointer says. */
  readonly is_tenant_active: boolean;
}

const LOCK = "SELECT * FROM lock_deployment($1, $2)";

/** Locks the row that orders everything about a deployment. Throws `not_found`. */
export async function lockDeployment(sql: Sql, tenantId: string, deploymentId: string): Promise<LockedDeployment> {
  const locked = await sql.row<LockedDeployment>(LOCK, [tenantId, deploymentId]);
  if (locked === null) throw new AppError("not_found", "There is no such deployment.", { details: { deploymentId } });
  return locked;
}
