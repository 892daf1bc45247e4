import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claim, newDeployment, openWorld, startRollout, type World } from "../test-support/world.ts";
import { openOutbox, type Outbox } from "./index.ts";

/** Long enough for a busy machine to look twice within it. */
const CLAIM_MS = 2_000;

let world: World;
let outbox: Outbox;
beforeAll(async () => {
  world = await openWorld();
  outbox = openOutbox({ url: world.database.workerUrl });
});
afterAll(async () => {
  await outbox.close();
  await world.close();
});

test("a message comes once its change has committed, again when nobody reports, and never after it was sent", async () => {
  const served = await newDeployment(world);
  const rollout = await startRollout(world, served);
  const senders = await Promise.all([1, 2, 3].map(() => outbox.take(100, CLAIM_MS)));
  const taken = senders.flat().filter((message) => message.tenantId === served.actor.tenantId);
  expect(taken).toMatchObject([{ kind: "rollout.started", payload: { object: `rollout/${rollout.id}` }, attempt: 1 }]);
  expect(await outbox.take(100, CLAIM_MS)).toEqual([]);
  await sleep(CLAIM_MS + 100);
  const [again] = await outbox.take(100, CLAIM_MS);
  expect(again).toMatchObject({ id: taken[0]?.id, attempt: 2 });
  await outbox.postpone(again!, 60_000);
  await sleep(CLAIM_MS + 100);
  expect(await outbox.take(100, CLAIM_MS)).toEqual([]);
  await outbox.postpone(again!, 0);
  const [last] = await outbox.take(100, 1);
  await outbox.sent(last!);
  await sleep(20);
  expect(await outbox.take(100, CLAIM_MS)).toEqual([]);
  expect(await outbox.removeSent(served.actor.tenantId, 60_000)).toBe(0);
  expect(await outbox.removeSent(served.actor.tenantId, 0)).toBe(1);
});

test("a change that failed leaves no message", async () => {
  const served = await newDeployment(world);
  const lease = await claim(world, served);
  const failing = world.worker.fenced(lease, async (transaction) => {
    await transaction.enqueue("never", {});
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await outbox.take(100, 1)).toEqual([]);
});
