import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import type { WebhookWork } from "@tandem/ports/store/webhooks";
import { fleetWish, publishFleetVersion } from "../../test-support/filled-tables.ts";
import { newDeployment, newTenant, openWorld, platform, startRollout, type World } from "../../test-support/world.ts";
import { openOutbox, openWebhookWork, type Outbox } from "../index.ts";

let world: World;
let works: readonly WebhookWork[];
let outbox: Outbox;
beforeAll(async () => {
  world = await openWorld();
  works = [0, 1, 2].map(() => openWebhookWork({ url: world.database.workerUrl }));
  outbox = openOutbox({ url: world.database.workerUrl });
});
afterAll(async () => {
  await Promise.all([...works.map((work) => work.close()), outbox.close()]);
  await world.close();
});

const page = { limit: 200, cursor: null };
const LIMITS = { limit: 100, perEndpoint: 2, claimMs: 60_000 };

async function endpoint(actor: Actor, events = ["*"]) {
  const id = world.control.newWebhookId(actor);
  const made = { id, kind: "standard", url: "https://a.org/", host: "a.org", description: "", events } as const;
  await world.control.createWebhook(actor, made, { sealed: `sealed-${id}`, keyId: "k" });
  return id;
}

test("workers that see a message at the same time make one delivery of it for each endpoint", async () => {
  const served = await newDeployment(world);
  const { actor } = served;
  const [one, other] = [await endpoint(actor), await endpoint(actor, ["pointer.*"])];
  await startRollout(world, served);
  const messages = (await outbox.take(100, 60_000)).filter(({ tenantId }) => tenantId === actor.tenantId);
  const made = await Promise.all(messages.flatMap((message) => works.map((work) => work.fanOut(message))));
  expect(made.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect((await world.control.webhookDeliveries(actor, one, { state: null }, page)).items).toMatchObject([
    { type: "rollout.started", state: "pending", attempts: 0 },
  ]);
  expect((await world.control.webhookDeliveries(actor, other, { state: null }, page)).items).toEqual([]);
});

test("a delivery is one worker's until its claim ends; a queue of one endpoint leaves places for the others", async () => {
  const actor = await newTenant(world);
  const [long, short] = [await endpoint(actor, ["freeze.*"]), await endpoint(actor, ["freeze.*"])];
  for (let each = 0; each < 30; each += 1) await world.control.testWebhook(actor, long);
  await world.control.testWebhook(actor, short);
  for (const message of await outbox.take(200, 60_000)) await works[0]!.fanOut(message);
  const claims = (await Promise.all(works.map((work, index) => work.claimDue(`w${index}`, LIMITS)))).flat();
  const mine = claims.filter(({ tenantId }) => tenantId === actor.tenantId);
  expect(new Set(mine.map(({ messageId }) => messageId)).size).toBe(mine.length);
  expect(mine.filter(({ endpointId }) => endpointId === short)).toHaveLength(1);
  expect(mine.filter(({ endpointId }) => endpointId === long).length).toBeLessThanOrEqual(2 * works.length);
  expect(mine[0]?.secrets).toMatchObject([{ version: 1, sealed: expect.stringContaining("sealed-") }]);
  const [first] = mine;
  const outcome = { status: 200, error: null, tookMs: 5, retryInMs: null, isGone: false };
  expect(await works[0]!.finish({ ...first!, workerId: "somebody-else" }, outcome)).toBe(false);
  expect(await works[0]!.finish(first!, outcome)).toBe(true);
  expect(await works[0]!.finish(first!, outcome)).toBe(false);
});

test("messages go when nothing waits for them, and stay while something does", async () => {
  const actor = await newTenant(world);
  const id = await endpoint(actor, ["freeze.*"]);
  await world.control.testWebhook(actor, id);
  for (const message of await outbox.take(200, 60_000)) await works[0]!.fanOut(message);
  expect(await works[0]!.removeOld(actor.tenantId, 0)).toBe(0);
  const claimed = (await works[0]!.claimDue("w", LIMITS)).find(({ tenantId }) => tenantId === actor.tenantId);
  await works[0]!.finish(claimed!, { status: 200, error: null, tookMs: 1, retryInMs: null, isGone: false });
  expect(await works[0]!.removeOld(actor.tenantId, 60_000)).toBe(0);
  expect(await works[0]!.removeOld(actor.tenantId, 0)).toBe(1);
  expect((await world.control.webhookDeliveries(actor, id, { state: null }, page)).items).toEqual([]);
});

test("the platform is told of its fleet rollouts and freeze windows, and nobody else; that its endpoint is off stands in its own chain", async () => {
  const served = await newDeployment(world);
  const [ours, theirs] = [await endpoint(platform), await endpoint(served.actor)];
  await publishFleetVersion(world);
  const { id } = await world.control.startFleet(platform, fleetWish, null);
  await world.control.requestOfFleet(platform, id, { kind: "pause" }, "lunch");
  const window = { playbook: null, environment: null, startsAt: null, endsAt: "2099-01-01T00:00:00.000Z", reason: "x" };
  const freeze = await world.control.createFreeze(platform, window);
  await world.control.endFreeze(platform, freeze.id, null);
  for (const message of await outbox.take(200, 60_000)) await works[0]!.fanOut(message);

  const { items } = await world.control.webhookDeliveries(platform, ours, { state: null }, page);
  expect(items.map(({ type }) => type).toSorted()).toEqual([
    "fleet-rollout.changed",
    "fleet-rollout.changed",
    "freeze.changed",
    "freeze.changed",
  ]);
  expect((await world.control.webhookDeliveries(served.actor, theirs, { state: null }, page)).items).toEqual([]);
  await expect(world.control.webhookDeliveries(served.actor, ours, { state: null }, page)).resolves.toMatchObject({
    items: [],
  });
  expect(await world.control.webhook(served.actor, ours)).toBeNull();

  const claimed = (await works[0]!.claimDue("w", LIMITS)).filter(({ endpointId }) => endpointId === ours);
  expect(claimed[0]?.secrets).toMatchObject([{ version: 1, sealed: `sealed-${ours}` }]);
  expect(claimed.map(({ body }) => JSON.parse(body).data.change)).toEqual(["started", "pause-asked"]);
  const gone = { status: 410, error: "gone", tookMs: 1, retryInMs: null, isGone: true };
  expect(await works[0]!.finish(claimed[0]!, gone)).toBe(true);
  expect(await world.control.webhook(platform, ours)).toMatchObject({ state: "disabled" });
  const { items: rows } = await world.control.audit(platform, { limit: 5, cursor: null });
  expect(rows.map(({ action }) => action)).toContain("webhook.disabled");
  expect(await world.control.resendDelivery(platform, ours, claimed[0]!.messageId)).toMatchObject({ state: "pending" });
  await world.control.removeWebhook(platform, ours);
  expect((await world.control.listWebhooks(platform, page)).items).toEqual([]);
});
