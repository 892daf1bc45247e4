import { seedDeployment } from "../builders/deployment.ts";
import type { DeploymentState } from "../store/memory-database.ts";
import { MemoryDatabase } from "../store/memory-database.ts";
import { MemoryAudit } from "../store/memory-audit.ts";
import type { HistoryEvent } from "../history/event.ts";
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
  /** What has happened since the installation was opened; empty at rest. Not so in the middle of a rollout, whose worker has just died. */
  readonly past: readonly HistoryEvent[];
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
  past: [],
});

/** The present moment of a run that goes on. */
export const momentOf = (database: MemoryDatabase, world: VendorWorld, atMs: number): Foundation => ({
  atMs,
  deployments: new Map(database.deployments),
  connections: [...database.connections],
  bundles: new Map(database.bundles),
  plans: new Map(database.plans),
  auditHeads: { ...database.audit.heads },
  world: VendorWorld.from(world, () => atMs),
  past: [...database.history.events],
});

/** Tables that go on from a foundation. `skewMs`: how wrong the database's clock is. */
export function databaseOn(foundation: Foundation, nowMs: () => number, skewMs: number): MemoryDatabase {
  const audit = new MemoryAudit(foundation.auditHeads);
  const history = new History(nowMs);
  history.events.push(...foundation.past);
  const database = new MemoryDatabase(() => nowMs() + skewMs, history, audit);
  for (const [id, state] of foundation.deployments) database.deployments.set(id, state);
  database.connections.push(...foundation.connections);
  for (const [hash, bundle] of foundation.bundles) database.bundles.set(hash, bundle);
  for (const [id, plan] of foundation.plans) database.plans.set(id, plan);
  return database;
}
