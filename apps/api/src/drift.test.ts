import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceDrift } from "@tandem/domain/drift";
import { openRolloutStore } from "@tandem/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let worker: ReturnType<typeof openRolloutStore>;
let admin: string;
let tenantId: string;
let deploymentId: string;
let connectionId: string;

const AGENT = "voice-agent.agent/main";
const APPLIED = { voiceId: "11labs-Adrian", language: "en-US", interruptionSensitivity: 0.8, llmId: "llm-1" };

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  worker = openRolloutStore({ url: database.workerUrl });
  const tenant = await api.tenant("drifting");
  tenantId = tenant.id;
  admin = await api.key(tenant, "tenant-admin", "author", "operator");
  await publish();
  deploymentId = await deploy();
  await goLive();
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await database.drop();
});

async function publish(): Promise<void> {
  const folder = join(import.meta.dirname, "../../../playbooks/after-hours-answering");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /^(manifest\.yaml|prompts.+\.md|smoke.+\.yaml)$/.test(name))
    .map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]);
  const { status, body } = await api.ask(admin, "POST", "/v1/manifests", { files: Object.fromEntries(files) });
  expect(status, JSON.stringify(body)).toBe(201);
}

async function deploy(): Promise<string> {
  const connect = async (vendor: string, config = {}): Promise<string> =>
    (await api.ask(admin, "POST", "/v1/connections", { name: vendor, vendor, endpoint: "sandbox", config })).body.id;
  connectionId = await connect("retell");
  const { status, body } = await api.ask(admin, "POST", "/v1/deployments", {
    name: "front-desk",
    playbook: "after-hours-answering",
    environment: "development",
    number: "+15550100001",
    connections: {
      voiceAgent: connectionId,
      telephony: await connect("twilio", { accountSid: "AC5a0dbeefd3a0000000000000000000a1" }),
      calendar: await connect("google", { auth: "oauth", clientId: "x" }),
      crm: await connect("hubspot"),
    },
    overlay: {
      businessName: "Harbor Plumbing",
      businessDescription: "Harbor Plumbing repairs heating and water pipes in the harbor district.",
      timeZone: "America/New_York",
      staffNumbers: ["+15550100101"],
      onCallNumber: "+15550100103",
      fallbackNumber: "+15550100104",
      emergencyNumber: "+15550100105",
      agentKind: "retell-llm",
    },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id as string;
}

/** Brings a release live as a worker would, with an agent of which we know what we wrote. */
async function goLive(): Promise<void> {
  const rollout = await api.ask(admin, "POST", "/v1/rollouts", {
    deploymentId,
    manifestVersion: "after-hours-answering",
    policy: {},
  });
  expect(rollout.status, JSON.stringify(rollout.body)).toBeLessThan(300);
  const lease = await worker.claim(tenantId, deploymentId, "worker-1", 60_000);
  if (lease === null) throw new Error("the lease is taken");
  await worker.fenced(lease, async (transaction) => {
    const { pointer, rollout: row } = transaction;
    const { targetSlot, bundleHash } = row!;
    await transaction.patchSlot(targetSlot, { state: "active", bundleHash, readyBundleHash: bundleHash });
    await transaction.putBinding({
      address: AGENT,
      slot: targetSlot,
      kind: "voice-agent.agent",
      owner: "slot",
      connectionId,
      externalKey: "k",
      externalId: "agent-1",
      version: "1",
      lastApplied: APPLIED,
      lastAppliedHash: "h",
    });
    const next = { ...pointer, active: targetSlot, generation: pointer.generation + 1 };
    await transaction.movePointer(pointer.generation, next, "switch", "worker:1");
    await transaction.patchRollout({ phase: "succeeded" });
    await transaction.appendEvent({ type: "pointer-moved", payload: {} });
    await transaction.audit({ actor: "worker:1", via: "worker", action: "test.live", object: `rollout/${row!.id}` });
  });
  await worker.release(lease);
}

let looks = 0;

/** A worker's look finds these fields of the agent edited. */
async function lookFinds(edited: Readonly<Record<string, string | number>>, state: ResourceDrift["state"] = "drifted") {
  const { body } = await api.ask(admin, "GET", `/v1/deployments/${deploymentId}`);
  const paths = Object.keys(edited).toSorted();
  const fields = paths.map((path) => ({
    path,
    operation: "set" as const,
    before: APPLIED[path as keyof typeof APPLIED],
    after: edited[path]!,
  }));
  const found: ResourceDrift = {
    address: AGENT,
    slot: body.pointer.active,
    kind: "voice-agent.agent",
    owner: "slot",
    connectionId,
    externalId: "agent-1",
    state,
    changed: paths,
    fields,
    detail: null,
  };
  const lookedAt = new Date(Date.now() + 1000 * ++looks).toISOString();
  await worker.keepDriftLook(tenantId, deploymentId, { lookedAt, complete: true, resources: [found] });
}

const decide = (body: object, key = admin) =>
  api.ask(key, "POST", "/v1/deployments/front-desk/drift/decisions", {
    address: AGENT,
    reason: "as it should be",
    ...body,
  });
const report = async () => (await api.ask(admin, "GET", "/v1/deployments/front-desk/drift")).body;

test("before the first look nothing is known, and nothing can be decided", async () => {
  expect(await report()).toMatchObject({ lookedAt: null, complete: false, resources: [] });
  expect(await decide({ answer: "revert" })).toMatchObject({
    status: 409,
    body: { details: { reason: "never-looked" } },
  });
});

test("a value that a parameter produces is adopted: a visible change of the configuration, checked as any", async () => {
  await lookFinds({ voiceId: "11labs-Myra" });
  expect((await report()).open).toEqual([expect.stringMatching(/:voice-agent\.agent\/main voiceId$/)]);
  expect((await api.ask(admin, "GET", "/v1/drift")).body.items).toMatchObject([{ name: "front-desk" }]);
  const { status, body } = await decide({ answer: "adopt" });
  expect(status, JSON.stringify(body)).toBe(201);
  expect(body).toMatchObject({
    parameters: { voice: "11labs-Myra" },
    decision: { answer: "adopt", paths: ["voiceId"] },
  });
  const configuration = await api.ask(admin, "GET", "/v1/deployments/front-desk/configuration");
  expect(configuration.body.overlay).toMatchObject({ voice: "11labs-Myra", businessName: "Harbor Plumbing" });
  expect(await report()).toMatchObject({ open: [], decisions: [{ answer: "adopt" }] });
});

test("what no parameter produces is refused with the reason and what can be done instead", async () => {
  await lookFinds({ voiceId: "11labs-Myra", interruptionSensitivity: 0.1 });
  const { status, body } = await decide({ answer: "adopt" });
  expect([status, body.code, body.details.reason]).toEqual([409, "drift_refused", "no-parameter"]);
  expect(body.details.alternatives).toEqual(["revert", "ignore"]);
  expect(body.detail).toContain("interruptionSensitivity: the playbook itself says what stands here");
});

test("adopting is for those who may configure; ignoring is also for operators", async () => {
  const operator = await api.key({ id: tenantId } as never, "operator");
  expect(await decide({ answer: "adopt" }, operator)).toMatchObject({ status: 403 });
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const ignored = await decide({ answer: "ignore", paths: ["interruptionSensitivity"], until }, operator);
  expect(ignored.status, JSON.stringify(ignored.body)).toBe(201);
  expect((await report()).decisions).toMatchObject([{ answer: "ignore", until, reason: "as it should be" }]);
});

test.each<[string, object, number]>([
  ["a date that is past", { answer: "ignore", until: "2020-01-01T00:00:00.000Z" }, 422],
  ["a date too far away", { answer: "ignore", until: "2099-01-01T00:00:00.000Z" }, 422],
  ["a field that has not drifted", { answer: "adopt", paths: ["language"] }, 409],
  ["an object that was not looked at", { answer: "revert", address: "crm.pipeline/none" }, 404],
  ["the slot that has none", { answer: "revert", slot: "none" }, 422],
  ["a decision without a reason", { answer: "revert", reason: "" }, 422],
])("%s is refused", async (_name, body, status) => {
  expect((await decide(body)).status).toBe(status);
});

test("a missing object can only be reverted; reverting plans the live release and says when ours comes back", async () => {
  await lookFinds({}, "missing");
  const until = new Date(Date.now() + 86_400_000).toISOString();
  expect(await decide({ answer: "ignore", until })).toMatchObject({
    status: 409,
    body: { details: { reason: "object-missing" } },
  });
  const { status, body } = await decide({ answer: "revert" });
  expect(status, JSON.stringify(body)).toBe(201);
  const { pointer } = (await api.ask(admin, "GET", `/v1/deployments/${deploymentId}`)).body;
  expect(body.effect).toContain(`Nothing is written to ${pointer.active} while it takes calls`);
  expect((await api.ask(admin, "GET", `/v1/plans/${body.decision.planId}`)).body).toMatchObject({ state: "pending" });
  const actions = (await api.ask(await api.key({ id: tenantId } as never, "auditor"), "GET", "/v1/audit")).body
    .items as {
    action: string;
  }[];
  for (const action of ["drift.appeared", "drift.adopt", "deployment.configured", "drift.ignore", "drift.revert"])
    expect(actions.map((row) => row.action)).toContain(action);
});
