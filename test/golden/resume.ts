import { checkHistory } from "../../libs/testkit/src/history/check-history.ts";
import type { HistoryEvent, Violation } from "../../libs/testkit/src/history/event.ts";
import { History } from "../../libs/testkit/src/history/history.ts";
import { MemoryAudit } from "../../libs/testkit/src/store/memory-audit.ts";
import { MemoryDatabase } from "../../libs/testkit/src/store/memory-database.ts";
import { VirtualClock } from "../../libs/testkit/src/time/virtual-clock.ts";
import { VendorWorld } from "../../libs/testkit/src/vendors/vendor-world.ts";
import { Ground } from "./ground.ts";
import type { Boundary } from "./journal.ts";

const ENDED: ReadonlySet<string> = new Set(["succeeded", "aborted", "rolled-back", "failed"]);

/** How a journal that was resumed came out. */
export interface Resumed {
  /** Phase of the newest rollout. */
  readonly phase: string;
  readonly violations: readonly Violation[];
}

/** Goes on from a boundary with the present engine, as a worker that starts after the one that died, until nothing is left to do. */
export async function resume(history: readonly HistoryEvent[], boundary: Boundary): Promise<Resumed> {
  const clock = new VirtualClock(boundary.atMs);
  const database = databaseOf(history.slice(0, boundary.events), boundary, clock);
  const world = VendorWorld.holding(boundary, () => clock.now());
  const ground = new Ground({ clock, database, world, worker: "resumed" });
  void ground.engine.run();
  await ground.runUntil(() => isAtRest(database), `the end after ${boundary.point} ${boundary.nth}`);
  await clock.run(clock.sleep(5000), Number.POSITIVE_INFINITY);
  void ground.engine.stop();
  ground.note("closed");
  const [state] = [...database.deployments.values()];
  return { phase: state?.rollouts.at(-1)?.phase ?? "", violations: checkHistory(database.history.events) };
}

function databaseOf(before: readonly HistoryEvent[], boundary: Boundary, clock: VirtualClock): MemoryDatabase {
  const history = new History(() => clock.now());
  history.events.push(...before);
  const database = new MemoryDatabase(() => clock.now(), history, new MemoryAudit(boundary.auditHeads));
  for (const [id, state] of boundary.deployments) database.deployments.set(id, state);
  for (const [id, plan] of boundary.plans) database.plans.set(id, plan);
  for (const [hash, bundle] of boundary.bundles) database.bundles.set(hash, bundle);
  for (const [id, approvals] of boundary.approvals) database.approvals.set(id, approvals);
  database.connections.push(...boundary.connections);
  for (const event of before)
    if (event.kind === "committed")
      for (const change of event.changes)
        if (change.table === "event" && change.after !== null) database.nextEventSeq(change.after.rolloutId);
  return database;
}

const isAtRest = (database: MemoryDatabase): boolean =>
  [...database.deployments.values()].every(
    ({ rollouts, steps }) =>
      rollouts.every(({ phase }) => ENDED.has(phase)) &&
      Object.values(steps)
        .flat()
        .every(({ stage, state }) => stage !== "cleanup" || (state !== "pending" && state !== "intent")),
  );
