import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actionsOf, underLock, window } from "../../test-support/gates.ts";
import {
  bundleFor,
  newDeployment,
  openWorld,
  planFor,
  platform,
  policy,
  type Served,
  startRollout,
  succeed,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("a second rollout", () => {
  const queue = (served: Served, version: string, planId: string | null = null) =>
    world.control.queueRollout(served.actor, {
      deploymentId: served.deployment.id,
      ...bundleFor(served, version),
      policy,
      planId,
    });
  const page = { limit: 10, cursor: null };
  const waiting = async (served: Served) =>
    (await world.control.waitingRollouts(served.actor, served.deployment.id, page)).items;

  test("waits its turn, begins once whatever number of workers look, and nobody overtakes it", async () => {
    const served = await newDeployment(world);
    expect((await queue(served, "1.0.0")).kind).toBe("started");
    const [second, third] = [await queue(served, "2.0.0"), await queue(served, "3.0.0")];
    expect([second.kind, third.kind]).toEqual(["waiting", "waiting"]);
    expect((await waiting(served)).map(({ position, state }) => [position, state])).toEqual([
      [1, "waiting"],
      [2, "waiting"],
    ]);
    expect(await world.worker.startWaiting(10)).toBe(0);
    await succeed(world, served);
    await expect(startRollout(world, served, "4.0.0")).rejects.toMatchObject({
      code: "rollout_live",
      details: { waiting: 2 },
    });
    const started = await Promise.all(Array.from({ length: 5 }, () => world.worker.startWaiting(10)));
    expect(started.reduce((sum, count) => sum + count, 0)).toBe(1);
    const { rollout } = await underLock(world, served);
    expect(rollout).toMatchObject({ bundleHash: bundleFor(served, "2.0.0").bundleHash, createdBy: "key:admin" });
    expect((await waiting(served)).map(({ state, rolloutId }) => [state, rolloutId])).toEqual([
      ["waiting", null],
      ["started", rollout?.id],
    ]);
    const id = (await waiting(served))[0]?.id ?? "";
    expect(await world.control.cancelWaiting(served.actor, id, "not needed")).toMatchObject({ state: "cancelled" });
    await expect(world.control.cancelWaiting(served.actor, id, null)).rejects.toMatchObject({ code: "conflict" });
    await succeed(world, served);
    expect(await world.worker.startWaiting(10)).toBe(0);
    expect(await actionsOf(world, served)).toEqual(
      expect.arrayContaining(["rollout.queued", "rollout.queue-started", "rollout.queue-cancelled"]),
    );
  });

  test("with a plan that went stale ends as failed with the reason; a window and a suspended tenant let it wait on", async () => {
    const served = await newDeployment(world);
    const { control, worker } = world;
    const { planId } = await control.requestPlan(served.actor, {
      deploymentId: served.deployment.id,
      ...bundleFor(served, "2.0.0"),
    });
    const [command] = await worker.claimCommands("w", 10, 1_000);
    await worker.finishPlan(command!, { ...(await planFor(world, served, "2.0.0")), id: planId });
    await startRollout(world, served);
    await queue(served, "2.0.0", planId);
    await queue(served, "3.0.0");
    const { number, connections, overlay, configVersion } = served.deployment;
    await control.putConfiguration(served.actor, served.deployment.id, { number, connections, overlay }, configVersion);
    await succeed(world, served);
    expect(await worker.startWaiting(10)).toBe(0);
    expect((await waiting(served)).find(({ state }) => state === "failed")).toMatchObject({
      planId,
      reason: { code: "plan_stale" },
    });
    expect(await actionsOf(world, served)).toContain("rollout.queue-failed");
    const freeze = await control.createFreeze(served.actor, window());
    expect(await worker.startWaiting(10)).toBe(0);
    expect((await waiting(served))[0]).toMatchObject({ state: "waiting", reason: { code: "frozen" } });
    await control.setTenantStatus(platform, served.actor.tenantId, "suspended", null);
    await control.endFreeze(served.actor, freeze.id, null);
    expect(await worker.startWaiting(10)).toBe(0);
    expect((await waiting(served))[0]).toMatchObject({ state: "waiting", reason: { code: "tenant-suspended" } });
    await control.setTenantStatus(platform, served.actor.tenantId, "active", null);
    await world.superuser("UPDATE waiting_rollout SET look_at = now() - interval '1 second' WHERE tenant_id = $1", [
      served.actor.tenantId,
    ]);
    expect(await worker.startWaiting(10)).toBe(1);
  });
});
