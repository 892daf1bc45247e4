import type { Lease } from "@tandem/ports/store/rollouts";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditOf, claim, newDeployment, openWorld, startRollout, type World } from "../../test-support/world.ts";
import { openRolloutStore, type WorkerStore } from "./rollout-store.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const engineOf = (engineVersion: string): WorkerStore =>
  openRolloutStore({ url: world.database.workerUrl, maxConnections: 2, engineVersion });

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

  test("goes to no worker of an earlier engine while a later one's rollout lives, and to it again when that has ended", async () => {
    const served = await newDeployment(world);
    const { tenantId } = served.actor;
    const [earlier, present] = [engineOf("1"), engineOf("2.4")];
    const claimBy = (store: WorkerStore) => store.claim(tenantId, served.deployment.id, "w", 60_000);
    const given = async (store: WorkerStore): Promise<boolean> => {
      const lease = await claimBy(store);
      if (lease !== null) await store.release(lease);
      return lease !== null;
    };
    try {
      expect(await given(earlier)).toBe(true);
      const rollout = await startRollout(world, served);
      expect(rollout.engineVersion).toBe("2");
      expect([await given(earlier), await given(present)]).toEqual([false, true]);
      const lease = await claimBy(present);
      if (lease === null) throw new Error("not given");
      await present.fenced(lease, async (transaction) => {
        await transaction.insertSteps([{ seq: 0, stage: "cleanup", operation: { seq: 0 } as never, state: "pending" }]);
        await transaction.patchRollout({ phase: "aborted" });
        await transaction.audit(auditOf(`rollout/${rollout.id}`));
      });
      await present.release(lease);
      expect([await given(earlier), await given(present)], "with its cleaning up").toEqual([false, true]);
      const last = (await claimBy(present)) as Lease;
      await present.fenced(last, (transaction) => transaction.patchStep(0, { state: "done" }));
      await present.release(last);
      expect([await given(earlier), await given(present)]).toEqual([true, true]);
    } finally {
      await Promise.all([earlier.close(), present.close()]);
    }
  });
});
