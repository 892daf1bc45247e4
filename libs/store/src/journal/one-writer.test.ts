import { afterAll, beforeAll, expect, test } from "vitest";
import type { Lease } from "@tandem/ports/store/rollouts";
import { claim, newDeployment, openWorld, type Served, startRollout, type World } from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const KEY = "key-of-the-account";

/** A live rollout with one step that writes the account's object, not begun. */
async function withStep(served: Served): Promise<Lease> {
  await startRollout(world, served);
  const lease = await claim(world, served);
  const operation = { seq: 0, address: "crm.list/callers", owner: "connection", externalKey: KEY } as never;
  await world.worker.fenced(lease, (transaction) =>
    transaction.insertSteps([{ seq: 0, stage: "apply", operation, state: "pending" }]),
  );
  return lease;
}

/** Writes the intent unless another deployment is at the object; stays in its transaction for a while, as a slow worker would. */
const intend = (lease: Lease, lingerMs = 0): Promise<boolean> =>
  world.worker.fenced(lease, async (transaction) => {
    if (await transaction.isWrittenElsewhere(KEY)) return false;
    await new Promise((resolve) => setTimeout(resolve, lingerMs));
    await transaction.patchStep(0, { state: "intent", isIntent: true, requestHash: "r" });
    return true;
  });

const end = (lease: Lease): Promise<void> =>
  world.worker.fenced(lease, (transaction) => transaction.patchStep(0, { state: "done" }));

test("of two deployments of a tenant one at a time writes an object of the account's; the next one may once it is over", async () => {
  const served = await newDeployment(world);
  const [first, second] = [await withStep(served), await withStep(await newDeployment(world, served.actor))];
  const begun = await Promise.all([intend(first, 200), intend(second, 200)]);
  expect(begun.filter(Boolean)).toHaveLength(1);
  const [holder, other] = begun[0] ? [first, second] : [second, first];
  expect(await intend(other)).toBe(false);
  expect(await intend(holder)).toBe(true);
  await end(holder);
  expect(await intend(other)).toBe(true);
});

test("another tenant's open intent keeps nobody waiting, nor does that of a rollout that has ended", async () => {
  const stranger = await withStep(await newDeployment(world));
  expect(await intend(stranger)).toBe(true);
  const served = await newDeployment(world);
  const [first, second] = [await withStep(served), await withStep(await newDeployment(world, served.actor))];
  expect(await intend(first)).toBe(true);
  await world.worker.fenced(first, async (transaction) => {
    await transaction.patchRollout({ phase: "failed", dueInMs: null });
    await transaction.audit({
      actor: "system:test",
      via: "worker",
      action: "rollout.failed",
      object: `deployment/${first.deploymentId}`,
    });
  });
  expect(await intend(second)).toBe(true);
});
