// What a worker tells the outside, with real endpoints on this machine and a real database (freshDatabase).
import "reflect-metadata";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { INestApplicationContext } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { workerConfig } from "@tandem/config";
import { Secret } from "@tandem/kernel";
import {
  makeSealer,
  makeSealingKeys,
  makeSigningKeys,
  makeWebhookSecret,
  type Sealer,
  webhookIdentity,
} from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newDeployment, newTenant, openWorld, type Served, startRollout, type World } from "../test-support/world.ts";
import { isSignedBy, type Receiver, startReceiver } from "../test-support/receiver.ts";
import { openParts } from "./parts.ts";
import { WorkerModule } from "./worker.module.ts";

const PATIENCE = { timeout: 20_000, interval: 50 };

let world: World;
let receiver: Receiver;
let sealer: Sealer;
let app: INestApplicationContext;
let auditDir: string;

beforeAll(async () => {
  world = await openWorld();
  receiver = await startReceiver();
  auditDir = await mkdtemp(join(tmpdir(), "tandem-audit-"));
  const sealing = await makeSealingKeys("k1");
  sealer = await makeSealer(sealing.publicJwk);
  const config = workerConfig({
    DATABASE_URL: world.database.workerUrl,
    TANDEM_WORKER_PORT: "0",
    TANDEM_INSTALL_KEY: "install-key-for-tests",
    TANDEM_TICKET_KEY: "ticket-key-for-tests",
    TANDEM_SEALING_PRIVATE_KEY: sealing.privateJwk,
    TANDEM_SWEEP_INTERVAL_MS: "50",
    TANDEM_WEBHOOK_LOOPBACK: "true",
    TANDEM_AUDIT_PRIVATE_KEY: makeSigningKeys().privateJwk,
    TANDEM_AUDIT_CHECKPOINT_MS: "300",
    TANDEM_AUDIT_DIR: auditDir,
  });
  const logger = makeLogger({ app: "worker", level: "silent", isPretty: false });
  app = await NestFactory.createApplicationContext(WorkerModule.with(await openParts(config, logger)), {
    logger: false,
    abortOnError: false,
  });
});
afterAll(async () => {
  await receiver.close(); // first, so that nobody waits for the one that hangs
  await app?.close();
  await world.close();
  await rm(auditDir, { recursive: true, force: true });
});

/** A tenant with a deployment, and endpoints of it. */
async function office() {
  const served = await newDeployment(world, await newTenant(world));
  const { actor } = served;
  const add = async (
    url: string,
    { kind = "standard", events = ["*"] }: { kind?: "standard" | "slack"; events?: string[] } = {},
  ) => {
    const id = world.control.newWebhookId(actor);
    const secret = makeWebhookSecret();
    const sealed = await sealer.seal(
      webhookIdentity(actor.tenantId, id, 1),
      kind === "slack" ? { url: new Secret(url) } : { signingSecret: secret },
    );
    const endpoint = { id, kind, url: kind === "slack" ? null : url, host: "127.0.0.1", description: "", events };
    await world.control.createWebhook(actor, endpoint, { sealed, keyId: "k1" });
    return { id, secret: secret.reveal() };
  };
  return { served, actor, add };
}

const deliveries = async ({ actor }: Pick<Served, "actor">, endpointId: string) =>
  (await world.control.webhookDeliveries(actor, endpointId, { state: null }, { limit: 100, cursor: null })).items;

/** Lets pauses between attempts be over. */
const hurry = (endpointId: string) =>
  world.superuser(
    "UPDATE webhook_delivery SET due_at = now() - interval '1 second' WHERE endpoint_id = $1 AND finished_at IS NULL",
    [endpointId],
  );

test("a rollout's start reaches every endpoint that wants it, signed, once; a chat gets words", async () => {
  const { served, actor, add } = await office();
  const urls = { all: receiver.url("ok"), pointer: receiver.url("ok"), chat: receiver.url("ok") };
  const all = await add(urls.all);
  await add(urls.pointer, { events: ["pointer.*"] });
  await add(urls.chat, { kind: "slack", events: ["rollout.started"] });
  const rollout = await startRollout(world, served);
  await vi.waitFor(() => expect(receiver.at(urls.chat)).toHaveLength(1), PATIENCE);
  await vi.waitFor(
    () => expect(receiver.at(urls.all).map(({ event }) => event.type)).toContain("rollout.started"),
    PATIENCE,
  );
  const started = receiver.at(urls.all).filter(({ event }) => event.type === "rollout.started");
  expect(started).toHaveLength(1);
  expect(isSignedBy(all.secret, started[0]!)).toBe(true);
  expect(isSignedBy(makeWebhookSecret().reveal(), started[0]!)).toBe(false);
  expect(started[0]?.event.data).toMatchObject({
    rolloutId: rollout.id,
    actor: actor.subject,
    deployment: { name: served.deployment.name },
  });
  expect(JSON.parse(receiver.at(urls.chat)[0]!.body)).toMatchObject({
    text: expect.stringContaining(served.deployment.name),
  });
  expect(receiver.at(urls.chat)[0]?.headers).not.toHaveProperty("webhook-signature");
  expect(receiver.at(urls.pointer)).toEqual([]);
  await vi.waitFor(async () => {
    const made = await deliveries({ actor }, all.id);
    expect(made.every(({ state }) => state === "delivered")).toBe(true);
    expect(made.find(({ type }) => type === "rollout.started")).toMatchObject({
      attempts: 1,
      outcomes: [{ status: 204, error: null }],
    });
  }, PATIENCE);
});

test("what failed goes again with the same id and body, and on request once more", async () => {
  const { actor, add } = await office();
  const url = receiver.url("fails-once");
  const { id, secret } = await add(url, { events: ["freeze.*"] });
  const { messageId } = await world.control.testWebhook(actor, id);
  await vi.waitFor(
    async () =>
      expect(await deliveries({ actor }, id)).toMatchObject([
        { state: "pending", attempts: 1, outcomes: [{ status: 500 }] },
      ]),
    PATIENCE,
  );
  const [waiting] = await deliveries({ actor }, id);
  expect(Date.parse(waiting!.dueAt!) - Date.now()).toBeGreaterThan(1_000);
  expect((await world.control.webhook(actor, id))?.failingSince).not.toBeNull();
  await hurry(id);
  await vi.waitFor(
    async () => expect(await deliveries({ actor }, id)).toMatchObject([{ state: "delivered", attempts: 2 }]),
    PATIENCE,
  );
  expect((await world.control.webhook(actor, id))?.failingSince).toBeNull();
  await world.control.resendDelivery(actor, id, messageId);
  await vi.waitFor(() => expect(receiver.at(url)).toHaveLength(3), PATIENCE);
  const [first, ...others] = receiver.at(url);
  for (const again of others) {
    expect(again.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(again.body).toBe(first?.body);
    expect(isSignedBy(secret, again)).toBe(true);
  }
  expect(first?.headers["webhook-id"]).toBe(messageId);
});

test("an endpoint that never answers holds up nobody", async () => {
  const { actor, add } = await office();
  const [slow, fast] = [receiver.url("hangs"), receiver.url("ok")];
  const [{ id: slowId }, { id: fastId }] = [
    await add(slow, { events: ["freeze.*"] }),
    await add(fast, { events: ["freeze.*"] }),
  ];
  for (let each = 0; each < 12; each += 1) {
    await world.control.testWebhook(actor, slowId);
    await world.control.testWebhook(actor, fastId);
  }
  const beganMs = performance.now();
  await vi.waitFor(() => expect(receiver.at(fast)).toHaveLength(12), { timeout: 8_000, interval: 20 });
  expect(performance.now() - beganMs).toBeLessThan(8_000);
  expect(receiver.at(slow).length).toBeLessThanOrEqual(2);
});

test("redirects are not followed, an endless answer is broken off, and both go again", async () => {
  const { actor, add } = await office();
  const [redirecting, flooding] = [receiver.url("redirects"), receiver.url("floods")];
  const [{ id: one }, { id: other }] = [
    await add(redirecting, { events: ["freeze.*"] }),
    await add(flooding, { events: ["freeze.*"] }),
  ];
  await world.control.testWebhook(actor, one);
  await world.control.testWebhook(actor, other);
  await vi.waitFor(async () => {
    expect(await deliveries({ actor }, one)).toMatchObject([{ state: "pending", outcomes: [{ status: 302 }] }]);
    expect(await deliveries({ actor }, other)).toMatchObject([
      { state: "pending", outcomes: [{ status: null, error: "No answer: ANSWER_TOO_LARGE." }] },
    ]);
  }, PATIENCE);
  expect(receiver.at("/ok/stolen")).toEqual([]);
});

test("an endpoint that failed for five days, or is gone, is told of and not asked again; active again it gets what waited", async () => {
  const { actor, add } = await office();
  const [failing, gone, watching] = [receiver.url("fails"), receiver.url("gone"), receiver.url("ok")];
  const [{ id: failingId }, { id: goneId }] = [
    await add(failing, { events: ["freeze.*"] }),
    await add(gone, { events: ["freeze.*"] }),
  ];
  await add(watching, { events: ["webhook.disabled"] });
  await world.superuser(
    "UPDATE webhook_endpoint SET failing_since = now() - interval '5 days 1 second' WHERE id = $1",
    [failingId],
  );
  await world.control.testWebhook(actor, failingId);
  await world.control.testWebhook(actor, goneId);
  const disabled = () => receiver.at(watching).filter(({ event }) => event.type === "webhook.disabled");
  await vi.waitFor(
    () =>
      expect(new Set(disabled().map(({ event }) => event.data["endpointId"]))).toEqual(new Set([failingId, goneId])),
    PATIENCE,
  );
  expect(await world.control.webhook(actor, failingId)).toMatchObject({ state: "disabled" });
  const actions = (await world.control.audit(actor, { limit: 50, cursor: null })).items.map(({ action }) => action);
  expect(actions.filter((action) => action === "webhook.disabled")).toHaveLength(2);
  await hurry(failingId);
  const asked = receiver.at(failing).length;
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(receiver.at(failing)).toHaveLength(asked);
  await world.control.changeWebhook(actor, failingId, { state: "active" });
  await vi.waitFor(() => expect(receiver.at(failing).length).toBeGreaterThan(asked), PATIENCE);
});

test("a paused endpoint gets what it missed when it is resumed", async () => {
  const { served, actor, add } = await office();
  const url = receiver.url("ok");
  const { id } = await add(url, { events: ["rollout.started"] });
  await world.control.changeWebhook(actor, id, { state: "paused" });
  await startRollout(world, served);
  await vi.waitFor(async () => expect(await deliveries({ actor }, id)).toHaveLength(1), PATIENCE);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(receiver.at(url)).toEqual([]);
  await world.control.changeWebhook(actor, id, { state: "active" });
  await vi.waitFor(() => expect(receiver.at(url)).toHaveLength(1), PATIENCE);
});

test("the audit log is signed and kept outside; shortened in the database it is told of and signed no more", async () => {
  const { actor, add } = await office();
  const url = receiver.url("ok");
  await add(url, { events: ["audit.*"] });
  const last = async () => (await world.control.auditCheckpoints(actor, { limit: 1, cursor: null })).items[0];
  const head = async () => (await world.control.verifyAudit(actor)).head;
  await vi.waitFor(async () => expect((await last())?.seq).toBe((await head())?.seq), PATIENCE);
  const kept = JSON.parse(await readFile(join(auditDir, "audit", actor.tenantId, "latest.json"), "utf8")) as {
    seq: number;
  };
  expect(kept).toEqual(await last());
  // Whoever owns the database takes the last row away, with everything in it that tells so.
  const tables = ["audit", "audit_head", "audit_checkpoint"];
  for (const table of tables) await world.superuser(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await world.superuser(
    `WITH unsigned AS (DELETE FROM audit_checkpoint WHERE tenant_id = $1), shortened AS (DELETE FROM audit WHERE tenant_id = $1 AND seq = $2)
     UPDATE audit_head SET seq = a.seq, hash = a.hash FROM audit a
     WHERE a.tenant_id = audit_head.tenant_id AND a.tenant_id = $1 AND a.seq = $3`,
    [actor.tenantId, kept.seq, kept.seq - 1], // in one statement: a worker that looks in between would tell of another break
  );
  for (const table of tables) await world.superuser(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  expect(await world.control.verifyAudit(actor)).toMatchObject({ intact: true }); // nothing inside tells
  const broken = () => receiver.at(url).filter(({ event }) => event.type === "audit.chain-broken");
  await vi.waitFor(() => expect(broken()).toHaveLength(1), PATIENCE);
  expect(broken()[0]?.event.data).toMatchObject({ seq: kept.seq });
  expect(await last()).toBeUndefined();
});

test("a checkpoint outside that nobody signed is told of, and no new one is put in its place", async () => {
  const { actor, add } = await office();
  const url = receiver.url("ok");
  await add(url, { events: ["audit.*"] });
  const file = join(auditDir, "audit", actor.tenantId, "latest.json");
  const kept = async () => JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  await vi.waitFor(kept, PATIENCE);
  await writeFile(file, JSON.stringify({ ...(await kept()), signature: "AAAA" }));
  await add(receiver.url("ok"), { events: ["audit.*"] }); // the log grows
  const broken = () => receiver.at(url).filter(({ event }) => event.type === "audit.chain-broken");
  await vi.waitFor(() => expect(broken()).toHaveLength(1), PATIENCE);
  expect(await kept()).toMatchObject({ signature: "AAAA" });
});
