import { AppError, systemClock } from "@tandem/kernel";
import type { Lease } from "@tandem/ports/store/rollouts";
import type pg from "pg";
import { inTransaction } from "../database/transaction.ts";

// Only the database's clock decides: a worker whose clock is wrong neither steals nor overstays. The engine's version is said with the
// claim; the database gives an earlier engine nothing that a later one began.
const CLAIM = `
  UPDATE deployment SET lease_owner = $3, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND (lease_owner IS NULL OR lease_until < clock_timestamp())
    AND set_config('app.engine_version', $5, true) IS NOT NULL
  RETURNING lease_epoch`;
const RENEW = `
  UPDATE deployment SET lease_until = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_owner = $5`;
const RELEASE = `
  UPDATE deployment SET lease_owner = NULL, lease_until = NULL
  WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_owner = $4`;

/** Null when somebody else holds it, when a later engine began what is to be done, or when there is no such deployment. */
export async function claimLease(
  pool: pg.Pool,
  wish: Omit<Lease, "epoch" | "grantedAtMonotonicMs">,
  engineVersion: string,
): Promise<Lease | null> {
  const grantedAtMonotonicMs = systemClock.monotonicMs();
  const { tenantId, deploymentId, workerId, leaseMs } = wish;
  const row = await inTransaction(pool, { tenantId }, (sql) =>
    sql.row<{ lease_epoch: number }>(CLAIM, [tenantId, deploymentId, workerId, leaseMs, engineVersion]),
  );
  return row === null ? null : { ...wish, epoch: row.lease_epoch, grantedAtMonotonicMs };
}

export async function renewLease(pool: pg.Pool, lease: Lease): Promise<Lease> {
  const grantedAtMonotonicMs = systemClock.monotonicMs();
  const { tenantId, deploymentId, epoch, leaseMs, workerId } = lease;
  const renewed = await inTransaction(pool, { tenantId }, (sql) =>
    sql.run(RENEW, [tenantId, deploymentId, epoch, leaseMs, workerId]),
  );
  if (renewed === 0) throw leaseLost(lease);
  return { ...lease, grantedAtMonotonicMs };
}

export async function releaseLease(pool: pg.Pool, lease: Lease): Promise<void> {
  const { tenantId, deploymentId, epoch, workerId } = lease;
  await inTransaction(pool, { tenantId }, (sql) => sql.run(RELEASE, [tenantId, deploymentId, epoch, workerId]));
}

export const leaseLost = (lease: Lease): AppError =>
  new AppError("lease_lost", "The lease of this deployment has moved on.", {
    details: { deploymentId: lease.deploymentId, epoch: lease.epoch },
  });
