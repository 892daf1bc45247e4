import type { FleetState } from "@tandem/domain/fleet";
import { AppError, type Json } from "@tandem/kernel";
import type { FleetLease, FleetWork } from "@tandem/ports/store/fleet";
import type pg from "pg";
import type { ControlContext } from "../control/context.ts";
import { openPool } from "../database/pool.ts";
import { openTenantDb, type TenantDb } from "../database/tenant-db.ts";
import { inTransaction } from "../database/transaction.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { newViewCaches } from "../rollouts/rollout-store.ts";
import { inFleet } from "./fleet-scope.ts";
import { readSnapshot } from "./fleet-snapshot.ts";
import { writeStep } from "./fleet-write.ts";
import { abortMemberRollout, beginMemberRollout, readSubject } from "./member-begin.ts";

const FIND_DUE = `
  SELECT id FROM fleet_rollout
  WHERE due_at <= clock_timestamp() AND (lease_owner IS NULL OR lease_until < clock_timestamp()) ORDER BY due_at LIMIT $1`;
const CLAIM = `
  UPDATE fleet_rollout SET lease_owner = $2, lease_epoch = lease_epoch + 1,
    lease_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE id = $1 AND (lease_owner IS NULL OR lease_until < clock_timestamp()) RETURNING lease_epoch`;
const RENEW = `
  UPDATE fleet_rollout SET lease_until = clock_timestamp() + $4::float8 * interval '1 millisecond'
  WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3`;
const RELEASE = `
  UPDATE fleet_rollout SET lease_owner = NULL, lease_until = NULL,
    due_at = CASE WHEN $4::float8 IS NULL THEN NULL ELSE clock_timestamp() + $4::float8 * interval '1 millisecond' END
  WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3`;
const STANDINGS = `
  SELECT state, coalesce(reason ->> 'code', 'none') AS code, count(*)::int AS fleets FROM fleet_rollout
  WHERE state NOT IN ('completed', 'aborted') GROUP BY 1, 2 ORDER BY 1, 2`;
const MANIFEST = "SELECT content FROM manifest_version WHERE tenant_id = $1 AND hash = $2";

/** How many fleet rollouts are in a state for a reason. */
export interface FleetCount {
  readonly state: FleetState;
  /** A code of `fleetReasons`; `none` where nothing stands in the way. */
  readonly code: string;
  readonly fleets: number;
}

/** The worker's part with its own door to the database. */
export interface OpenFleetWork extends FleetWork {
  /** Fleet rollouts in progress, ended ones apart: for metrics. */
  standings(): Promise<readonly FleetCount[]>;
  close(): Promise<void>;
}

/** `options.url` logs in as `tandem_worker`, which may also become `tandem_fleet`. */
export function openFleetWork(options: StoreOptions): OpenFleetWork {
  const resolved = resolveOptions(options);
  const pool = openPool({ ...resolved, isKeyed: true });
  const context: ControlContext = { pool, db: lazyTenantDb(pool), caches: newViewCaches(), options: resolved };
  return {
    findDue: async (limit) =>
      (await inFleet(pool, (sql) => sql.rows<{ id: string }>(FIND_DUE, [limit]))).map(({ id }) => id),
    claim: (fleetRolloutId, workerId, leaseMs) => claim(pool, { fleetRolloutId, workerId, leaseMs }),
    renew: (lease) => renew(pool, lease),
    release: async (lease, dueInMs) => {
      await inFleet(pool, (sql) => sql.run(RELEASE, [...keyOf(lease), dueInMs]));
    },
    snapshot: (lease) => inFleet(pool, (sql) => readSnapshot(sql, lease)),
    write: (lease, step, seen) => inFleet(pool, (sql) => writeStep(sql, resolved, lease, { step, seen })),
    manifest: async (hash) => {
      // The library is readable for every tenant; the platform's id stands for none of them.
      const row = await inTransaction(pool, { tenantId: PLATFORM_TENANT_ID }, (sql) =>
        sql.row<{ content: Json }>(MANIFEST, [PLATFORM_TENANT_ID, hash]),
      );
      return row?.content ?? null;
    },
    subject: (member) => inTransaction(pool, { tenantId: member.tenantId }, (sql) => readSubject(sql, member)),
    begin: (member, release) => beginMemberRollout(context, member, release),
    abortRollout: (member) => abortMemberRollout(context, member),
    standings: () => inFleet(pool, (sql) => sql.rows<FleetCount>(STANDINGS)),
    close: async () => {
      await context.db.close();
      await pool.end();
    },
  };
}

const keyOf = (lease: FleetLease) => [lease.fleetRolloutId, lease.workerId, lease.epoch] as const;

async function claim(pool: pg.Pool, wish: Omit<FleetLease, "epoch">): Promise<FleetLease | null> {
  const row = await inFleet(pool, (sql) =>
    sql.row<{ lease_epoch: number }>(CLAIM, [wish.fleetRolloutId, wish.workerId, wish.leaseMs]),
  );
  return row === null ? null : { ...wish, epoch: row.lease_epoch };
}

async function renew(pool: pg.Pool, lease: FleetLease): Promise<void> {
  const renewed = await inFleet(pool, (sql) => sql.run(RENEW, [...keyOf(lease), lease.leaseMs]));
  if (renewed === 0)
    throw new AppError("lease_lost", "The lease of this fleet rollout has moved on.", {
      details: { id: lease.fleetRolloutId },
    });
}

/** Prisma is loaded only when somebody asks for it: beginning a rollout does not. */
function lazyTenantDb(pool: pg.Pool): TenantDb {
  let opened: TenantDb | undefined;
  return {
    run: (scope, work) => (opened ??= openTenantDb(pool)).run(scope, work),
    close: async () => opened?.close(),
  };
}
