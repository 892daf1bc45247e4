import type pg from "pg";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import type { Sql } from "../database/sql.ts";
import { inTransaction, type Scope } from "../database/transaction.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";

/** Fleet rollouts belong to the platform; what they move is read across tenants under a role of their own. */
export const FLEET_SCOPE: Scope = { tenantId: PLATFORM_TENANT_ID, role: "tandem_fleet" };

export const inFleet = <Result>(pool: pg.Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  inTransaction(pool, FLEET_SCOPE, work);

export const fleetObject = (id: string): string => `fleet-rollout/${id}`;

/** Who moves fleet rollouts on, in audit rows. */
export const fleetWorker = (workerId: string): Pick<AuditEntry, "actor" | "via"> => ({
  actor: `worker:${workerId}`,
  via: "worker",
});

/** Whom a member's own rollout names as its author. */
export const fleetSubject = (fleetRolloutId: string): string => `fleet-rollout:${fleetRolloutId}`;
