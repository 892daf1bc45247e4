import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claim, newDeployment, openWorld, startRollout, type World } from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("lease", () => {
  test("of 20 workers at once exactly one gets it, and the epoch has grown by one", async () => {
    const served = await newDeployment(world);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.worker.claim(served.actor.tenantId, served.deployment.id, `w${index}`, 60_000),
      ),
    );
    const held = claims.filter((lease) => lease !== null);
    expect(held).toHaveLength(1);
    expect(held[0]?.epoch).toBe(1);
  });

  test("expires by database time; the zombie's writes, renewals and releases then do nothing", async () => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const zombie = await claim(world, served, "zombie", 150);
    expect(await world.worker.claim(served.actor.tenantId, served.deployment.id, "heir", 1_000)).toBeNull();
    await sleep(200);
    const heir = await claim(world, served, "heir");
    expect(heir.epoch).toBe(zombie.epoch + 1);
    await expect(
      world.worker.fenced(zombie, (transaction) => transaction.patchRollout({ memory: { zombie: true } })),
    ).rejects.toMatchObject({ code: "lease_lost" });
    await expect(world.worker.renew(zombie)).rejects.toMatchObject({ code: "lease_lost" });
    await world.worker.release(zombie);
    await world.worker.fenced(heir, (transaction) => transaction.patchRollout({ memory: { heir: true } }));
    expect((await world.worker.view(served.actor.tenantId, served.deployment.id))?.rollout?.memory).toEqual({
      heir: true,
    });
  });

  test("a renewed lease outlives its first term; a released one is free at once", async () => {
    const served = await newDeployment(world);
    const lease = await claim(world, served, "w", 200);
    await sleep(120);
    const renewed = await world.worker.renew(lease);
    expect(renewed.grantedAtMonotonicMs).toBeGreaterThan(lease.grantedAtMonotonicMs);
    await sleep(120);
    expect(await world.worker.claim(served.actor.tenantId, served.deployment.id, "other", 1_000)).toBeNull();
    await world.worker.release(renewed);
    expect(await world.worker.claim(served.actor.tenantId, served.deployment.id, "other", 1_000)).not.toBeNull();
  });

  test("of a deployment that does not exist is not given", async () => {
    const { actor } = await newDeployment(world);
    expect(await world.worker.claim(actor.tenantId, actor.tenantId, "w", 1_000)).toBeNull();
  });
});
