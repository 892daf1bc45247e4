import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSessionWriter } from "../index.ts";
import {
  bundleFor,
  claim,
  newDeployment,
  openWorld,
  planFor,
  startRollout,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("view", () => {
  test("has the plan, the bundles and the calls going on, without smoke calls, ended calls and calls that cannot last so long", async () => {
    const served = await newDeployment(world);
    const plan = await planFor(world, served);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.savePlan(plan);
      await transaction.patchRollout({ planId: plan.id, planHash: plan.hash });
      await transaction.patchSlot("blue", { bundleHash: rollout.bundleHash });
    });
    const writer = openSessionWriter({ url: world.database.mediaUrl });
    const session = (sessionId: string, minutesAgo: number, facts: object) => ({
      tenantId: served.actor.tenantId,
      deploymentId: served.deployment.id,
      sessionId: `${sessionId}-${served.deployment.id}`,
      callId: sessionId,
      slot: "blue" as const,
      bundleHash: rollout.bundleHash,
      generation: 1,
      kind: "live" as const,
      node: "n",
      from: null,
      endedAt: null,
      disposition: null,
      startedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
      ...facts,
    });
    const now = new Date().toISOString();
    await writer.write({
      events: [],
      sessions: [
        session("a", 1, {}),
        session("b", 29, {}),
        session("c", 31, {}),
        session("d", 1, { endedAt: now }),
        session("e", 1, { kind: "trial" }),
      ],
    });
    await writer.close();
    const view = await world.worker.view(served.actor.tenantId, served.deployment.id);
    expect(view?.slots.blue.liveCalls).toBe(2);
    expect(view?.slots.green.liveCalls).toBe(0);
    expect(view?.plan).toEqual(plan);
    expect(Object.keys(view?.bundles ?? {})).toEqual([rollout.bundleHash]);
    expect(view?.bundles[rollout.bundleHash]).toEqual(bundleFor(served, "1.0.0").bundle);
    expect(view).toMatchObject({
      tenantStatus: "active",
      deployment: served.deployment,
      connections: [{ id: served.connectionId }],
    });
  });
});
