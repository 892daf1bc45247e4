import type { DriftLook, ResourceDrift } from "@tandem/domain/drift";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  newDeployment,
  newTenant,
  openWorld,
  type Served,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A deployment whose slot blue is live. */
async function live(): Promise<Served> {
  const served = await newDeployment(world);
  await switchTo(world, served, "1.0.0");
  await succeed(world, served);
  return served;
}

const resource = ({ connectionId }: Served, changes: Partial<ResourceDrift> = {}): ResourceDrift => ({
  address: "voice-agent.llm/main",
  slot: "blue",
  kind: "voice-agent.llm",
  owner: "slot",
  connectionId,
  externalId: "llm-1",
  state: "clean",
  changed: [],
  fields: [],
  detail: null,
  ...changes,
});

const drifted = (served: Served, ...paths: string[]): ResourceDrift =>
  resource(served, {
    state: "drifted",
    changed: paths,
    fields: paths.map((path) => ({ path, operation: "set", before: "ours", after: "theirs" })),
  });

let second = 0;
const lookOf = (complete: boolean, ...resources: ResourceDrift[]): DriftLook => ({
  lookedAt: new Date(Date.now() + 1000 * ++second).toISOString(),
  complete,
  resources,
});

const keep = ({ actor, deployment }: Served, look: DriftLook) =>
  world.worker.keepDriftLook(actor.tenantId, deployment.id, look);
const report = ({ actor, deployment }: Served) => world.control.drift(actor, deployment.id);
const messages = ({ actor }: Served) =>
  world.superuser<{ kind: string; payload: { open: string[] } }>(
    "SELECT kind, payload FROM outbox WHERE tenant_id = $1 AND kind LIKE 'drift.%' ORDER BY created_at, id",
    [actor.tenantId],
  );
const audited = async ({ actor }: Served) =>
  (await world.control.audit(actor, { limit: 50, cursor: null })).items
    .map(({ action }) => action)
    .filter((action) => action.startsWith("drift.") || action === "deployment.configured")
    .toReversed();
const ignore = (until: string) => ({
  address: "voice-agent.llm/main",
  slot: "blue" as const,
  answer: "ignore" as const,
  paths: ["prompt"],
  until,
  reason: "the office tries it",
});
const nextYear = new Date(Date.now() + 300 * 86_400_000).toISOString();

test("drift is told when it appears, changes and goes, once each, with an audit row; looks without news write neither", async () => {
  const served = await live();
  for (const look of [
    lookOf(true, resource(served)),
    lookOf(true, drifted(served, "prompt")),
    lookOf(true, drifted(served, "prompt")),
    lookOf(true, drifted(served, "prompt", "model")),
    lookOf(false, resource(served, { state: "unknown", detail: "down" })),
    lookOf(true, resource(served)),
  ])
    await keep(served, look);
  const told = await messages(served);
  expect(told.map(({ kind, payload }) => `${kind} ${payload.open.length}`)).toEqual([
    "drift.appeared 1",
    "drift.changed 2",
    "drift.cleared 0",
  ]);
  expect(await audited(served)).toEqual(["drift.appeared", "drift.changed", "drift.cleared"]);
  expect((await world.control.verifyAudit(served.actor)).intact).toBe(true);
});

test("an earlier look never replaces a later one", async () => {
  const served = await live();
  const [early, late] = [lookOf(true, resource(served)), lookOf(true, drifted(served, "prompt"))];
  await keep(served, late);
  await keep(served, early);
  expect((await report(served))?.look).toEqual(late);
});

test("an overview lists deployments with drift, of the own tenant only", async () => {
  const served = await live();
  const page = { limit: 10, cursor: null };
  expect((await world.control.listDrift(served.actor, page)).items).toEqual([]);
  await keep(served, lookOf(true, drifted(served, "prompt")));
  const { items } = await world.control.listDrift(served.actor, page);
  expect(items).toMatchObject([{ name: served.deployment.name, open: ["blue:voice-agent.llm/main prompt"] }]);
  const stranger = await newTenant(world);
  expect((await world.control.listDrift(stranger, page)).items).toEqual([]);
  expect(await world.control.drift(stranger, served.deployment.id)).toBeNull();
});

test("what is ignored is not open until its date, is shown with who and why, and is seen by preflight's view", async () => {
  const served = await live();
  await keep(served, lookOf(true, drifted(served, "prompt")));
  await world.control.decideDrift(served.actor, served.deployment.id, ignore(nextYear));
  expect(await report(served)).toMatchObject({
    open: [],
    decisions: [{ answer: "ignore", paths: ["prompt"], until: nextYear, decidedBy: "key:admin" }],
  });
  const { tenantId } = served.actor;
  expect((await world.worker.view(tenantId, served.deployment.id))?.driftDecisions).toHaveLength(1);
  await keep(served, lookOf(true, drifted(served, "prompt", "model")));
  expect((await report(served))?.open).toEqual(["blue:voice-agent.llm/main model"]);
  await world.superuser("UPDATE drift_decision SET until = now() - interval '1 second' WHERE tenant_id = $1", [
    tenantId,
  ]);
  expect(await report(served)).toMatchObject({
    decisions: [],
    open: expect.arrayContaining(["blue:voice-agent.llm/main prompt"]),
  });
  expect((await world.worker.view(tenantId, served.deployment.id))?.driftDecisions).toEqual([]);
});

test("a later decision takes the place of the earlier; adopting writes the overlay in the same transaction or not at all", async () => {
  const served = await live();
  await keep(served, lookOf(true, drifted(served, "prompt")));
  await world.control.decideDrift(served.actor, served.deployment.id, ignore(nextYear));
  const adopt = {
    ...ignore(nextYear),
    answer: "adopt" as const,
    until: null,
    adoptedHash: "h",
    overlay: { values: { greeting: "theirs" }, expectedVersion: served.deployment.configVersion + 1 },
  };
  await expect(world.control.decideDrift(served.actor, served.deployment.id, adopt)).rejects.toMatchObject({
    code: "precondition_failed",
  });
  expect((await report(served))?.decisions).toMatchObject([{ answer: "ignore" }]);
  adopt.overlay.expectedVersion -= 1;
  await world.control.decideDrift(served.actor, served.deployment.id, adopt);
  expect((await report(served))?.decisions).toMatchObject([{ answer: "adopt" }]);
  expect(await world.control.deployment(served.actor, served.deployment.id)).toMatchObject({
    overlay: { greeting: "theirs" },
    configVersion: served.deployment.configVersion + 1,
  });
  await keep(served, lookOf(true, resource(served)));
  expect((await report(served))?.decisions).toEqual([]);
  expect(await audited(served)).toEqual([
    "drift.appeared",
    "drift.ignore",
    "deployment.configured",
    "drift.adopt",
    "drift.fulfilled",
    "drift.cleared",
  ]);
});

test("looks fall due for what is live, each for one worker, and again after the interval", async () => {
  const [idle, served] = [await newDeployment(world), await live()];
  const claimed = async () =>
    (await world.worker.claimDriftLooks(600_000, 100)).map(({ deploymentId }) => deploymentId);
  const [one, other] = await Promise.all([claimed(), claimed()]);
  const mine = [...one, ...other].filter((id) => id === served.deployment.id);
  expect(mine).toHaveLength(1);
  expect([...one, ...other]).not.toContain(idle.deployment.id);
  expect(await claimed()).toEqual([]);
  const [row] = await world.superuser<{ ms: number }>(
    "SELECT extract(epoch FROM due_at - now()) * 1000 AS ms FROM drift_look WHERE deployment_id = $1",
    [served.deployment.id],
  );
  expect(Number(row?.ms)).toBeGreaterThan(530_000);
  expect(Number(row?.ms)).toBeLessThan(661_000);
  await world.superuser("UPDATE drift_look SET due_at = now() - interval '1 second' WHERE deployment_id = $1", [
    served.deployment.id,
  ]);
  expect(await claimed()).toEqual([served.deployment.id]);
});

test("the busiest moment counts calls that overlap, of every deployment on the account", async () => {
  const served = await live();
  const session = (id: string, from: number, to: number | null, kind = "live") =>
    world.superuser(
      `INSERT INTO session (tenant_id, deployment_id, id, call_id, slot, bundle_hash, generation, kind, node, started_at, ended_at)
       VALUES ($1, $2, $3, $3, 'blue', 'b', 1, $4, 'n', now() - interval '1 day' + $5 * interval '1 minute',
         now() - interval '1 day' + $6::float8 * interval '1 minute')`,
      [served.actor.tenantId, served.deployment.id, id, kind, from, to],
    );
  const busiest = () => world.worker.busiestCalls(served.actor.tenantId, served.connectionId, 28);
  expect(await busiest()).toBe(0);
  await session("a", 0, 10);
  await session("b", 5, 8);
  await session("c", 8, 12);
  await session("d", 300, null);
  await session("e", 301, 302, "trial");
  expect(await busiest()).toBe(2);
  await session("f", 9, 20);
  expect(await busiest()).toBe(3);
});
