import { afterAll, beforeAll, expect, test } from "vitest";
import { newDeployment, openWorld, type Served, switchTo, type World } from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

let next = 0;
const numbered = (): Promise<Served> => newDeployment(world, undefined, `+1555018${String(1000 + next++)}`);
const nets = () => world.worker.safetyNets;
const keyOf = ({ actor, deployment }: Served) => ({ tenantId: actor.tenantId, deploymentId: deployment.id });
const shownOf = async ({ actor, deployment }: Served) =>
  (await world.control.deployment(actor, deployment.id))?.safetyNet;
/** Claims whatever is due and answers whether it was among it. */
const isDue = async (served: Served, claimMs = 60_000) =>
  (await nets().claimSafetyNets(100, claimMs)).some(({ deploymentId }) => deploymentId === served.deployment.id);
const shares = [{ agentId: "agent_1", agentVersion: 1, weightBp: 10_000 }];

test("a net is due with each move of the pointer, for one worker, and only where there is a number", async () => {
  const served = await numbered();
  const without = await newDeployment(world);
  expect(await isDue(served)).toBe(false);
  await switchTo(world, served, "1.0.0");
  await switchTo(world, without, "1.0.0");
  const [first, second] = await Promise.all([isDue(served), isDue(served)]);
  expect([first, second].filter(Boolean)).toHaveLength(1);
  expect(await isDue(without)).toBe(false);
  await nets().endSafetyNetLook(keyOf(served), { kind: "not-held", generation: 1 });
  expect(await isDue(served)).toBe(false);
  expect(await shownOf(served)).toBeNull();
});

test("intent, outcome and failure are kept with their audit rows, and what lags is shown with since when", async () => {
  const served = await numbered();
  await switchTo(world, served, "1.0.0");
  expect(await isDue(served)).toBe(true);
  const found = [{ agentId: "agent_theirs", agentVersion: null, weightBp: 10_000 }];
  await nets().intendShares(keyOf(served), { generation: 1, found, shares });
  expect(await shownOf(served)).toMatchObject({ state: "lagging", since: expect.any(String), failure: null });
  await nets().endSafetyNetLook(keyOf(served), {
    kind: "failed",
    detail: "retell set: unavailable",
    retryInMs: 60_000,
  });
  expect(await shownOf(served)).toMatchObject({ state: "lagging", failure: "retell set: unavailable" });
  await nets().intendShares(keyOf(served), { generation: 1, found: shares, shares });
  await nets().endSafetyNetLook(keyOf(served), { kind: "in-step", generation: 1, confirmInMs: null });
  expect(await shownOf(served)).toEqual({ state: "in-step" });
  expect(await nets().safetyNet(keyOf(served))).toMatchObject({ found, attempts: 0 });
  const audit = await world.control.audit(served.actor, { limit: 4, cursor: null });
  expect(audit.items.map(({ action }) => action)).toEqual([
    "safety-net.kept",
    "safety-net.intended",
    "safety-net.failed",
    "safety-net.intended",
  ]);
  expect((await world.control.verifyAudit(served.actor)).intact).toBe(true);
});

test("a look that is to be confirmed is due again, and a move makes a net at rest due at once", async () => {
  const served = await numbered();
  await switchTo(world, served, "1.0.0");
  expect(await isDue(served)).toBe(true);
  await nets().endSafetyNetLook(keyOf(served), { kind: "in-step", generation: 1, confirmInMs: 0 });
  expect(await isDue(served)).toBe(true);
  await nets().endSafetyNetLook(keyOf(served), { kind: "in-step", generation: 1, confirmInMs: null });
  expect(await isDue(served)).toBe(false);
  await world.control.setMode(served.actor, served.deployment.id, "diverted", null);
  expect(await shownOf(served)).toMatchObject({ state: "lagging" });
  expect(await isDue(served)).toBe(true);
});
