import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  auditOf,
  claim,
  newDeployment,
  openWorld,
  startRollout,
  type World,
  type Served,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const isDue = async ({ deployment }: Served) =>
  (await world.worker.findDue(1_000)).some((due) => due.deploymentId === deployment.id);

describe("due work", () => {
  test("is found across tenants while nobody holds the lease", async () => {
    const served = await newDeployment(world);
    expect(await isDue(served)).toBe(false);
    await startRollout(world, served);
    expect(await isDue(served)).toBe(true);
    const lease = await claim(world, served);
    expect(await isDue(served)).toBe(false);
    await world.worker.fenced(lease, (transaction) => transaction.patchRollout({ dueInMs: 2000 }));
    await world.worker.release(lease);
    expect(await isDue(served)).toBe(false);
    await vi.waitFor(async () => expect(await isDue(served)).toBe(true), { timeout: 20_000, interval: 200 });
  });

  test("rollouts in progress are counted by phase across tenants, ended ones apart", async () => {
    const count = async (phase: string) =>
      (await world.worker.livePhases()).find((each) => each.phase === phase)?.rollouts ?? 0;
    const served = await newDeployment(world);
    const { id, phase } = await startRollout(world, served);
    const before = await count(phase);
    expect(before).toBeGreaterThan(0);
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.patchRollout({ phase: "aborted" });
      await transaction.audit(auditOf(`rollout/${id}`));
    });
    await world.worker.release(lease);
    expect(await count(phase)).toBe(before - 1);
    expect(await count("aborted")).toBe(0);
  });

  test("a held rollout waits for a person; one that resumes by itself falls due", async () => {
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    const hold = (dueInMs: number | null) =>
      world.worker.fenced(lease, async (transaction) => {
        await transaction.patchRollout({ phase: "held", heldPhase: "applying", dueInMs });
        await transaction.audit(auditOf(`rollout/${rollout.id}`));
      });
    await hold(null);
    await world.worker.release(lease);
    expect(await isDue(served)).toBe(false);
    await world.control.requestOfRollout(served.actor, rollout.id, "abort", null);
    expect(await isDue(served)).toBe(true);
  });

  test("an ended rollout is due, and in the view, while it has cleaning up to do", async () => {
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.insertSteps([{ seq: 0, stage: "cleanup", operation: { seq: 0 } as never, state: "pending" }]);
      await transaction.patchRollout({ phase: "aborted" });
      await transaction.audit(auditOf(`rollout/${rollout.id}`));
    });
    const view = () => world.worker.view(served.actor.tenantId, served.deployment.id);
    expect((await view())?.rollout?.id).toBe(rollout.id);
    await world.worker.fenced(lease, (transaction) => transaction.patchStep(0, { notBeforeInMs: 60_000 }));
    await world.worker.release(lease);
    expect(await isDue(served)).toBe(false);
    const again = await claim(world, served);
    await world.worker.fenced(again, (transaction) => transaction.patchStep(0, { notBeforeInMs: null }));
    await world.worker.release(again);
    expect(await isDue(served)).toBe(true);
    const last = await claim(world, served);
    await world.worker.fenced(last, (transaction) =>
      transaction.patchStep(0, { state: "done", outcome: { result: "done", detail: null } }),
    );
    await world.worker.release(last);
    expect(await isDue(served)).toBe(false);
    expect((await view())?.rollout).toBeNull();
  });
});
