import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../../../vitest.database.ts";
import { makeQueue } from "./backend.ts";
import { type Consumer, openConsumer, openDoorbell, QUEUE, type QueueLocation, requireQueueSchema } from "./index.ts";

// Runs on the backend that the environment names: PostgreSQL without REDIS_URL, Redis with it. CI runs both.
let database: FreshDatabase;
let producer: QueueLocation;
let worker: QueueLocation;

beforeAll(async () => {
  database = await freshDatabase();
  const redisUrl = process.env["REDIS_URL"] ?? null;
  producer = { redisUrl, databaseUrl: database.appUrl };
  worker = { redisUrl, databaseUrl: database.workerUrl };
});
afterAll(() => database.drop());
beforeEach(async () => {
  const queue = makeQueue(QUEUE, producer);
  await queue.waitUntilReady();
  await queue.obliterate({ force: true });
  await queue.close();
});

const fail = (error: unknown) => {
  throw error;
};
const until = async (isDone: () => boolean) => {
  for (let waitedMs = 0; !isDone(); waitedMs += 10) {
    if (waitedMs > 10_000) throw new Error("waited 10 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

async function consume(look: (payload: { deploymentId: string }) => Promise<void>): Promise<Consumer> {
  await requireQueueSchema(worker);
  return openConsumer(
    worker,
    { look, commands: async () => undefined, outbound: async () => undefined },
    { concurrency: 4, lockMs: 2000, onError: () => undefined },
  );
}

test("a ring reaches a worker in another role, with ids only", async () => {
  const seen: unknown[] = [];
  const consumer = await consume(async (payload) => void seen.push(payload));
  const doorbell = openDoorbell(producer, fail, randomUUID);
  const [tenantId, deploymentId] = [randomUUID(), randomUUID()];
  await doorbell.ring(tenantId, deploymentId);
  await until(() => seen.length === 1);
  expect(seen).toEqual([{ tenantId, deploymentId }]);
  await Promise.all([doorbell.close(), consumer.close()]);
});

test("rings while a look is under way end in exactly one more look", async () => {
  const [tenantId, deploymentId] = [randomUUID(), randomUUID()];
  const gate = Promise.withResolvers<void>();
  let looks = 0;
  const consumer = await consume(async () => {
    looks += 1;
    if (looks === 1) await gate.promise;
  });
  const doorbell = openDoorbell(producer, fail, randomUUID);
  await doorbell.ring(tenantId, deploymentId);
  await until(() => looks === 1);
  for (let i = 0; i < 5; i++) await doorbell.ring(tenantId, deploymentId);
  gate.resolve();
  await until(() => looks === 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(looks).toBe(2);
  await Promise.all([doorbell.close(), consumer.close()]);
});

test("a look that throws is dropped and the next ring is heard", async () => {
  const [tenantId, deploymentId] = [randomUUID(), randomUUID()];
  let looks = 0;
  const consumer = await consume(async () => {
    looks += 1;
    if (looks === 1) throw new Error("first look fails");
  });
  const doorbell = openDoorbell(producer, fail, randomUUID);
  await doorbell.ring(tenantId, deploymentId);
  await until(() => looks === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await doorbell.ring(tenantId, deploymentId);
  await until(() => looks === 2);
  await Promise.all([doorbell.close(), consumer.close()]);
});

test("ringing never throws and never waits when the queue is away", async () => {
  const errors: unknown[] = [];
  const away: QueueLocation =
    producer.redisUrl === null
      ? { redisUrl: null, databaseUrl: "postgresql://nobody@127.0.0.1:1/none" }
      : { redisUrl: "redis://127.0.0.1:1", databaseUrl: "" };
  const doorbell = openDoorbell(away, (error) => errors.push(error), randomUUID);
  const startedAt = performance.now();
  await doorbell.ring(randomUUID(), randomUUID());
  expect(performance.now() - startedAt).toBeLessThan(1500);
  expect(errors.length).toBeGreaterThan(0);
  await doorbell.close();
});

test("a database without the queue's schema is refused with the fix", async () => {
  await expect(requireQueueSchema({ redisUrl: null, databaseUrl: database.mediaUrl })).rejects.toMatchObject({
    code: "config_invalid",
  });
  await expect(requireQueueSchema({ redisUrl: null, databaseUrl: database.workerUrl })).resolves.toBeUndefined();
});
