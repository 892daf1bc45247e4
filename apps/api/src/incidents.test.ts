import { randomUUID } from "node:crypto";
import { openSessionWriter } from "@tandem/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let keys: Record<"operator" | "viewer" | "ci" | "stranger", string>;
const sessionId = randomUUID();

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  const tenant = await api.tenant("mine");
  const admin = await api.key(tenant, "tenant-admin");
  keys = {
    operator: await api.key(tenant, "operator"),
    viewer: await api.key(tenant, "viewer"),
    ci: await api.key(tenant, "ci"),
    stranger: await api.key(await api.tenant("stranger"), "tenant-admin"),
  };
  const made = await api.ask(admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "desk",
    environment: "staging",
    connections: {},
  });
  await record(tenant.id, made.body.id);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

/** Calls on which the model failed. */
async function record(tenantId: string, deploymentId: string): Promise<void> {
  const writer = openSessionWriter({ url: database.mediaUrl });
  const ids = [sessionId, ...Array.from({ length: 5 }, () => randomUUID())];
  const startedAt = new Date(Date.now() - 60_000).toISOString();
  const own = { tenantId, deploymentId };
  const sessions = ids.map((id) => ({
    ...own,
    sessionId: id,
    callId: "CA1",
    slot: "blue" as const,
    bundleHash: "r",
    generation: 1,
    kind: "live" as const,
    node: "n1",
    from: null,
    startedAt,
    endedAt: null,
    disposition: null,
  }));
  const payload = { kind: "llm", provider: "p", fault: "timeout" };
  const events = ids.map((id) => ({ ...own, sessionId: id, seq: 1, at: startedAt, type: "provider-failed", payload }));
  await writer.write({ sessions, events });
  await writer.close();
}

const open = (key: string, over: object = {}) =>
  api.ask(key, "POST", "/v1/deployments/desk/incidents", { severity: "sev-2", summary: "no answers", ...over });
const post = (id: string, what: string, body: object, key = keys.operator) =>
  api.ask(key, "POST", `/v1/incidents/${id}/${what}`, body);

test("health tells each stack by its figures", async () => {
  const { status, body } = await api.ask(keys.viewer, "GET", "/v1/deployments/desk/health");
  expect([status, body.calls]).toEqual([200, 6]);
  expect(body.stacks.map(({ stack, word }: { stack: string; word: string }) => [stack, word])).toEqual([
    ["telephony", "healthy"],
    ["audio", "healthy"],
    ["intelligence", "failing"],
    ["output", "healthy"],
  ]);
  expect(body.stacks[2]).toMatchObject({ lastChange: null, runbook: "docs/runbooks/intelligence.md" });
  const [figure] = body.stacks[2].figures.filter(({ name }: { name: string }) => name === "model-failures");
  expect(figure).toMatchObject({ count: 6, of: 6, unit: "calls", failingAbove: 0.05, failingFrom: 3, word: "failing" });
});

test("health over time is told by windows", async () => {
  const { status, body } = await api.ask(keys.viewer, "GET", "/v1/deployments/desk/health-series?windows=4");
  expect([status, body.windowMinutes, body.windows.length]).toEqual([200, 15, 4]);
  expect(body.windows.map(({ calls }: { calls: number }) => calls)).toEqual([0, 0, 0, 6]);
  const intelligence = body.windows[3].stacks[2];
  expect(intelligence).toMatchObject({ stack: "intelligence", word: "failing" });
  expect(intelligence.figures).toContainEqual({ name: "model-failures", count: 6, of: 6 });
  expect((await api.ask(keys.stranger, "GET", "/v1/deployments/desk/health-series")).status).toBe(404);
  expect((await api.ask(keys.viewer, "GET", "/v1/deployments/desk/health-series?windows=99")).status).toBe(422);
});

test("an incident is walked from the first stack to its end", async () => {
  const { status, body: made } = await open(keys.operator, { stack: "intelligence" });
  expect(status).toBe(201);
  const early = await post(made.id, "conclude", {
    stack: "intelligence",
    cause: "the model",
    evidence: [{ kind: "metrics" }],
  });
  expect(early.body).toMatchObject({ code: "incident_refused", details: { reason: "earlier-stack-open" } });
  const bare = await post(made.id, "clear", { stack: "telephony" });
  expect(bare.body).toMatchObject({ code: "incident_refused", details: { reason: "no-evidence" } });
  const evidence = [
    { kind: "session", sessionId, note: "answered at once" },
    { kind: "metrics", note: "no call lost" },
  ];
  expect((await post(made.id, "clear", { stack: "telephony", evidence })).status).toBe(200);
  await post(made.id, "clear", { stack: "audio", evidence: [{ kind: "text", text: "words are understood" }] });
  await post(made.id, "severity", { severity: "sev-1", reason: "nobody is served" });
  await post(made.id, "conclude", {
    stack: "intelligence",
    cause: "the model is away",
    evidence: [{ kind: "metrics" }],
  });
  const { body: resolved } = await post(made.id, "resolve", { resolution: "rolled back" });
  expect(resolved).toMatchObject({
    state: "resolved",
    severity: "sev-1",
    cause: "the model is away",
    diagnosisDueAt: null,
  });
  const { body: read } = await api.ask(keys.viewer, "GET", `/v1/incidents/${made.id}`);
  expect(read.events.map(({ type }: { type: string }) => type)).toEqual([
    "opened",
    "stack-cleared",
    "stack-cleared",
    "severity-changed",
    "concluded",
    "resolved",
  ]);
  expect(read.events[1].payload.evidence).toMatchObject([
    { kind: "session", sessionId },
    { kind: "metrics", health: { calls: 6 } },
  ]);
  expect((await post(made.id, "notes", { text: "seen again" })).status).toBe(200);
});

describe("refused is", () => {
  test("writing for whoever may only read, and everything for another tenant", async () => {
    const { body } = await open(keys.operator);
    for (const key of [keys.viewer, keys.ci]) {
      expect((await open(key)).status).toBe(403);
      expect((await post(body.id, "notes", { text: "x" }, key)).status).toBe(403);
    }
    expect((await open(keys.stranger)).status).toBe(404);
    expect((await api.ask(keys.stranger, "GET", `/v1/incidents/${body.id}`)).status).toBe(404);
    expect((await api.ask(keys.stranger, "GET", "/v1/incidents")).body.items).toEqual([]);
  });

  test("a second one for the same stack, and evidence that is not there", async () => {
    const { body } = await open(keys.operator, { stack: "output" });
    expect((await open(keys.operator, { stack: "output" })).body.code).toBe("already_exists");
    const evidence = [{ kind: "session", sessionId: randomUUID() }];
    expect((await post(body.id, "notes", { text: "x", evidence })).status).toBe(404);
    expect((await post(body.id, "clear", { stack: "weather", evidence })).status).toBe(422);
  });
});

test("lists are by state and deployment", async () => {
  const unresolved = await api.ask(keys.viewer, "GET", "/v1/incidents?state=unresolved&deployment=desk");
  expect(unresolved.body.items.length).toBeGreaterThan(0);
  expect(unresolved.body.items.every(({ state }: { state: string }) => state !== "resolved")).toBe(true);
  const resolved = await api.ask(keys.viewer, "GET", "/v1/incidents?state=resolved");
  expect(resolved.body.items).toMatchObject([{ deploymentName: "desk", resolution: "rolled back" }]);
});
