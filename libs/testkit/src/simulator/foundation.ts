import { seedDeployment } from "../builders/deployment.ts";
import type { DeploymentState } from "../store/memory-database.ts";
import { MemoryDatabase } from "../store/memory-database.ts";
import { MemoryAudit } from "../store/memory-audit.ts";
import { History } from "../history/history.ts";
import { VendorWorld } from "../vendors/vendor-world.ts";
import { places } from "./places.ts";

/** Everything that exists when a run begins: values that no run changes in place. */
export interface Foundation {
  readonly atMs: number;
  readonly deployments: ReadonlyMap<string, DeploymentState>;
  readonly connections: MemoryDatabase["connections"];
  readonly bundles: MemoryDatabase["bundles"];
  readonly plans: MemoryDatabase["plans"];
  readonly auditHeads: MemoryAudit["heads"];
  readonly world: VendorWorld;
}

const START_MS = Date.UTC(2026, 0, 5, 9);

/** Deployments that have never been rolled out. */
export function bareFoundation(): Foundation {
  const database = new MemoryDatabase(() => START_MS);
  const world = new VendorWorld(() => START_MS);
  for (const place of places) seedDeployment(database, world, place);
  return foundationOf(database, world, START_MS);
}

export const foundationOf = (database: MemoryDatabase, world: VendorWorld, atMs: number): Foundation => ({
  atMs,
  deployments: database.deployments,
  connections: database.connections,
  bundles: database.bundles,
  plans: database.plans,
  auditHeads: database.audit.heads,
  world,
});

/** Tables that go on from a foundation. `skewMs`: how wrong the database's clock is. */
export function databaseOn(foundation: Foundation, nowMs: () => number, skewMs: number): MemoryDatabase {
  const audit = new MemoryAudit(foundation.auditHeads);
  const database = new MemoryDatabase(() => nowMs() + skewMs, new History(nowMs), audit);
  for (const [id, state] of foundation.deployments) database.deployments.set(id, state);
  database.connections.push(...foundation.connections);
  for (const [hash, bundle] of foundation.bundles) database.bundles.set(hash, bundle);
  for (const [id, plan] of foundation.plans) database.plans.set(id, plan);
  return database;
}
