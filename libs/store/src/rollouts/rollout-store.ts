import type { CommandStore, FencedTransaction, Lease, RolloutStore } from "@tandem/ports/store/rollouts";
import type { SafetyNetWork } from "@tandem/ports/store/safety-net";
import type pg from "pg";
import { readPendingCredential } from "../credentials.ts";
import { loneReads } from "../database/lone-reads.ts";
import { openPool } from "../database/pool.ts";
import { inTransaction } from "../database/transaction.ts";
import { lockDeployment } from "../journal/deployment-lock.ts";
import { DeploymentTransaction } from "../journal/deployment-transaction.ts";
import { healthLooks } from "../incidents/health-looks.ts";
import type { HealthLooks } from "@tandem/ports/store/incidents";
import { replayStore } from "../replays/replay-store.ts";
import { evidenceStore } from "../evidence/evidence-store.ts";
import { type ResolvedOptions, resolveOptions, type StoreOptions } from "../options.ts";
import { commandStore } from "./commands.ts";
import { findDue, livePhases } from "./due.ts";
import { ImmutableCache } from "./immutable-cache.ts";
import { claimLease, leaseLost, releaseLease, renewLease } from "./lease.ts";
import { startWaiting } from "./start-waiting.ts";
import { safetyNetWork } from "../safety-net/work.ts";
import { readView, type ViewCaches } from "./view.ts";

/** The worker's door. */
export interface WorkerStore extends RolloutStore, CommandStore {
  readonly safetyNets: SafetyNetWork;
  readonly health: HealthLooks;
  /** The sealed credential that waits to be verified; null when none does. */
  pendingCredential(
    tenantId: string,
    connectionId: string,
  ): Promise<{ readonly version: number; readonly sealed: string } | null>;
  /** How many rollouts of all tenants are in each phase, ended ones apart: for metrics. */
  livePhases(): Promise<readonly { readonly phase: string; readonly rollouts: number }[]>;
  /** True when the database answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

const KEPT_IN_MEMORY = 64;

export const newViewCaches = (): ViewCaches => ({
  bundles: new ImmutableCache(KEPT_IN_MEMORY),
  plans: new ImmutableCache(KEPT_IN_MEMORY),
});

/** `options.url` logs in as `tandem_worker`, which may also become `tandem_sweeper`. */
export function openRolloutStore(options: StoreOptions): WorkerStore {
  const resolved = resolveOptions(options);
  const pool = openPool({ ...resolved, isKeyed: true });
  const caches = newViewCaches();
  return {
    ...rolloutStore(pool, caches, resolved),
    ...commandStore(pool, caches, resolved.newId),
    safetyNets: safetyNetWork(pool, caches, resolved.newId),
    health: healthLooks(pool, resolved.newId),
    pendingCredential: (tenantId, connectionId) => readPendingCredential(pool, tenantId, connectionId),
    livePhases: () => livePhases(pool),
    ping: () => answers(pool),
    close: () => pool.end(),
  };
}

function rolloutStore(pool: pg.Pool, caches: ViewCaches, options: ResolvedOptions): RolloutStore {
  return {
    evidence: evidenceStore(pool),
    replays: replayStore(pool, options.newId),
    startWaiting: (limit) => startWaiting(pool, { caches, options }, limit),
    findDue: (limit) => findDue(pool, limit),
    claim: (tenantId, deploymentId, workerId, leaseMs) =>
      claimLease(pool, { tenantId, deploymentId, workerId, leaseMs }, options.engineVersion),
    renew: (lease) => renewLease(pool, lease),
    release: (lease) => releaseLease(pool, lease),
    view: (tenantId, deploymentId) => readView(loneReads(pool, tenantId), caches, { tenantId, deploymentId }),
    fenced: (lease, work) => runFenced(pool, options, lease, work),
  };
}

function runFenced<Result>(
  pool: pg.Pool,
  options: ResolvedOptions,
  lease: Lease,
  work: (transaction: FencedTransaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(pool, { tenantId: lease.tenantId }, async (sql) => {
    const locked = await lockDeployment(sql, lease.tenantId, lease.deploymentId);
    if (locked.deployment.lease_epoch !== lease.epoch) throw leaseLost(lease);
    const transaction = new DeploymentTransaction(sql, locked);
    const result = await work(transaction);
    await transaction.close(options.newId);
    return result;
  });
}

export async function answers(pool: pg.Pool): Promise<boolean> {
  return pool.query("SELECT 1").then(
    () => true,
    () => false,
  );
}
