import { randomUUID } from "node:crypto";
import { builtInPolicies } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import { contentHash } from "@tandem/kernel";
import type { Actor, ActorRole, Tenant } from "@tandem/ports/store/control";
import { openRolloutStore, type WorkerStore } from "@tandem/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type Answer, type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let worker: WorkerStore;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl, { TANDEM_API_URL: "https://tandem.example" });
  worker = openRolloutStore({ url: database.workerUrl });
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await database.drop();
});

/** A tenant's deployment with keys for each role. */
interface Office {
  readonly tenant: Tenant;
  readonly deploymentId: string;
  readonly keys: Readonly<Record<"admin" | "operator" | "anna" | "ben" | "ci", string>>;
}

async function openOffice(environment = "production"): Promise<Office> {
  const tenant = await api.tenant(`t-${randomUUID().slice(0, 8)}`);
  const key = (...roles: ActorRole[]) => api.key(tenant, ...roles);
  const keys = {
    admin: await key("tenant-admin"),
    operator: await key("operator"),
    anna: await key("approver"),
    ben: await key("approver"),
    ci: await key("ci"),
  };
  const { body } = await api.ask(keys.admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "after-hours-answering",
    environment,
    connections: {},
  });
  return { tenant, deploymentId: body.id, keys };
}

const actorOf = ({ tenant, keys }: Office): Actor & { tenantId: string } => ({
  tenantId: tenant.id,
  subject: `key:${keys.operator.split("_")[2]}`,
  roles: ["operator"],
  via: "api",
  requestId: "test",
});

const BUNDLE = { connections: {}, resources: [], conversation: { limits: { maxCallMinutes: 30 } } };

/** A saved plan of a release that nothing has moved since. */
async function planned(office: Office, version = "1.0.0", facts: Partial<Plan> = {}): Promise<string> {
  const bundle = { ...BUNDLE, playbook: { name: "p", version } };
  const bundleHash = contentHash(bundle);
  const actor = actorOf(office);
  const { planId } = await api.store.requestPlan(actor, {
    deploymentId: office.deploymentId,
    bundle: bundle as never,
    bundleHash,
  });
  const view = await api.store.view(actor, office.deploymentId);
  const command = (await worker.claimCommands("w", 10, 1_000)).find(({ id }) => id === planId);
  if (command === undefined || view === null) throw new Error("nothing to plan");
  const { pointer, stateSerial, deployment } = view;
  await worker.finishPlan(command, {
    id: planId,
    tenantId: actor.tenantId,
    deploymentId: deployment.id,
    targetSlot: "blue",
    bundleHash,
    previousBundleHash: null,
    base: { generation: pointer.generation, stateSerial, configVersion: deployment.configVersion },
    observed: {},
    changes: [],
    callerChanges: [],
    findings: [],
    hash: contentHash(version),
    createdAt: view.now,
    createdBy: actor.subject,
    ...facts,
  });
  return planId;
}

/** What a worker would do to a rollout, with its audit row. */
async function patched(
  office: Office,
  patch: Parameters<Parameters<Parameters<WorkerStore["fenced"]>[1]>[0]["patchRollout"]>[0],
) {
  const lease = await worker.claim(office.tenant.id, office.deploymentId, "w", 60_000);
  if (lease === null) throw new Error("the lease is taken");
  await worker.fenced(lease, async (transaction) => {
    await transaction.patchRollout(patch);
    const object = `rollout/${transaction.rollout?.id}`;
    await transaction.audit({ actor: "worker:1", via: "worker", action: "test.changed", object });
  });
  await worker.release(lease);
}

const start = async (
  office: Office,
  body: object = {},
  version?: string,
  key = office.keys.operator,
): Promise<Answer> => api.ask(key, "POST", "/v1/rollouts", { planId: await planned(office, version), ...body });

const put = async ({ keys }: Office, environment: string, members: object): Promise<Answer> => {
  const url = `/v1/gate-policies/${environment}`;
  const { headers, body } = await api.ask(keys.admin, "GET", url);
  return api.ask(keys.admin, "PUT", url, { ...body.policy, ...members }, { "if-match": headers["etag"] ?? "" });
};

describe("gate policies", () => {
  test("are read with an ETag, written over it, and bind each request: stricter begins, laxer is refused by member", async () => {
    const office = await openOffice();
    const { keys } = office;
    const url = "/v1/gate-policies/production";
    expect((await api.ask(keys.ci, "GET", url)).body).toMatchObject({
      source: "built-in",
      policy: { approvals: 0, whenLive: "refuse" },
    });
    expect((await api.ask(keys.admin, "PUT", url, builtInPolicies.production)).status).toBe(428);
    expect((await put(office, "production", { authorMayApprove: true })).body).toMatchObject({ code: "invalid_input" });
    const wanted = { approvals: 2, bakeMs: 60_000, promotion: "manual", mayLoosen: false, evidence: null };
    expect((await put(office, "production", wanted)).body).toMatchObject({ source: "own", version: 1 });
    const lax = { approval: "none", bakeMs: 1000, promotion: "automatic" };
    const refused = await start(office, { policy: lax, whenLive: "refuse" });
    expect(refused).toMatchObject({ status: 422, body: { code: "policy_refused" } });
    expect(refused.body.details.members.map(({ member }: { member: string }) => member)).toEqual([
      "approvals",
      "promotion",
      "bakeMs",
    ]);
    expect((await start(office, { whenLive: "queue" })).body.details.members[0].member).toBe("whenLive");
    const begun = await start(office, { policy: { approvals: 3, bakeMs: 120_000 } });
    expect(begun).toMatchObject({
      status: 201,
      body: { policy: { approval: "required", approvals: 3, bakeMs: 120_000, promotion: "manual" } },
    });
  });
});

describe("approvals and rejections", () => {
  test("two people approve the plan they read; the author, a third role and another plan are refused", async () => {
    const office = await openOffice();
    const { keys } = office;
    const { body: rollout } = await start(office, { policy: { approvals: 2 } });
    await patched(office, { phase: "awaiting-approval" });
    const url = `/v1/rollouts/${rollout.id}`;
    expect((await api.ask(keys.operator, "POST", `${url}/approve`, {})).status).toBe(403);
    const other = await api.ask(keys.anna, "POST", `${url}/approve`, { planHash: "0".repeat(64) });
    expect(other.body).toMatchObject({ code: "plan_stale", details: { moved: [{ path: "plan.hash" }] } });
    const { planHash } = rollout;
    expect((await api.ask(keys.anna, "POST", `${url}/approve`, { planHash })).body.approvedBy).toBeNull();
    expect((await api.ask(keys.anna, "POST", `${url}/approve`, {})).body.details.reason).toBe("approved-by-you");
    expect((await api.ask(keys.ben, "POST", `${url}/approve`, {})).body.approvedBy).toMatch(/^key:/);
    expect((await api.ask(keys.ci, "GET", `${url}/approvals`)).body.items).toHaveLength(2);
    expect((await api.ask(keys.admin, "POST", `${url}/reject`, { reason: "on second thought" })).body).toMatchObject({
      desired: "abort",
      reason: { code: "approval-rejected", detail: "on second thought" },
    });
  });
});

describe("freeze windows", () => {
  test("bind CI as they bind people; a tenant-admin overrides at the start or later, with a reason", async () => {
    const office = await openOffice();
    const { keys } = office;
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await api.ask(keys.admin, "POST", "/v1/freezes", { endsAt, reason: "holidays" });
    expect(made).toMatchObject({ status: 201, body: { level: "tenant", endsAt } });
    const refused = await start(office);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "frozen", details: { freezeId: made.body.id, endsAt, override: "tenant-admin" } },
    });
    const policy = { freezeOverride: { reason: "hotfix" } };
    expect((await start(office, { policy })).status).toBe(403);
    const begun = await start(office, { policy }, "1.0.0", keys.admin);
    expect(begun.body.policy.freezeOverride).toMatchObject({ reason: "hotfix", freezes: [made.body.id] });
    const url = `/v1/rollouts/${begun.body.id}/override-freeze`;
    expect((await api.ask(keys.admin, "POST", url, {})).status).toBe(422);
    expect((await api.ask(keys.admin, "POST", url, { reason: "still" })).body.policy.freezeOverride.reason).toBe(
      "still",
    );
    expect((await api.ask(keys.admin, "POST", `/v1/freezes/${made.body.id}/end`, {})).body.endedAt).not.toBeNull();
  });
});

describe("a second rollout", () => {
  test("is refused with what is live, or waits where the request says so, is listed and can be cancelled", async () => {
    const office = await openOffice();
    const { keys } = office;
    const { body: live } = await start(office);
    expect(await start(office, {}, "2.0.0")).toMatchObject({
      status: 409,
      body: { code: "rollout_live", details: { rolloutId: live.id } },
    });
    const waiting = await start(office, { whenLive: "queue" }, "2.0.0");
    expect(waiting).toMatchObject({
      status: 202,
      body: { state: "waiting", position: 1, deploymentId: office.deploymentId },
    });
    const list = `/v1/deployments/${office.deploymentId}/waiting-rollouts`;
    expect((await api.ask(keys.ci, "GET", list)).body.items).toMatchObject([{ id: waiting.body.id, position: 1 }]);
    const cancel = `/v1/waiting-rollouts/${waiting.body.id}/cancel`;
    expect((await api.ask(keys.operator, "POST", cancel, {})).body.state).toBe("cancelled");
    expect((await api.ask(keys.operator, "POST", cancel, {})).status).toBe(409);
  });
});

test("a plan stands beside the one that is live: estimates of both, and what callers have had", async () => {
  const office = await openOffice();
  const call = { minutes: 3, turns: 12 };
  const planId = await planned(office, "2.0.0", {
    previousBundleHash: "b".repeat(64),
    cost: { perCallMicros: 120_000, call, unknown: [] },
    currentCost: { perCallMicros: 90_000, call, unknown: [] },
  });
  const { body } = await api.ask(office.keys.ci, "GET", `/v1/plans/${planId}`);
  expect(body.comparison).toEqual({
    planned: { estimatedLatency: null, estimatedCostMicros: 120_000 },
    current: {
      bundleHash: "b".repeat(64),
      estimatedLatency: null,
      estimatedCostMicros: 90_000,
      measured: { latency: null, costMicros: null, calls: 0, days: 7 },
    },
  });
  expect(body.prose).toMatch(/planned, estimated .*0\.120 USD\n.*live, estimated .*0\.090 USD/);
  const first = await api.ask(office.keys.ci, "GET", `/v1/plans/${await planned(office)}`);
  expect(first.body.comparison.current).toBeNull();
});

test("a plan tells what it is for, what has moved since, and which rollouts run it", async () => {
  const office = await openOffice("staging");
  const { keys, deploymentId } = office;
  const planId = await planned(office, "3.1.0");
  const read = async () => (await api.ask(keys.ci, "GET", `/v1/plans/${planId}`)).body.standing;
  expect(await read()).toMatchObject({
    deployment: { id: deploymentId, name: "desk", environment: "staging", playbook: "after-hours-answering" },
    release: { version: "3.1.0" },
    requestedBy: actorOf(office).subject,
    moved: [],
    rollouts: [],
  });
  const { body: rollout } = await api.ask(keys.operator, "POST", "/v1/rollouts", { planId });
  expect((await read()).rollouts).toMatchObject([{ id: rollout.id, phase: "queued", createdBy: rollout.createdBy }]);

  const configuration = `/v1/deployments/${deploymentId}/configuration`;
  const { headers } = await api.ask(keys.admin, "GET", configuration);
  const saved = { number: null, connections: {}, overlay: { greeting: "Hello" } };
  await api.ask(keys.admin, "PUT", configuration, saved, { "if-match": headers["etag"] ?? "" });
  expect((await read()).moved).toEqual([{ path: "configuration.version", planned: 1, now: 2 }]);

  const bundle = { ...BUNDLE, playbook: { name: "p", version: "9.0.0", manifestHash: "m" } };
  const { planId: pending } = await api.store.requestPlan(actorOf(office), {
    deploymentId,
    bundle: bundle as never,
    bundleHash: contentHash(bundle),
  });
  const { body } = await api.ask(keys.ci, "GET", `/v1/plans/${pending}`);
  expect(body).toMatchObject({ state: "pending", standing: { release: { version: "9.0.0", manifestHash: "m" } } });
});

describe("links of one use", () => {
  async function linked() {
    const office = await openOffice();
    const { body: rollout } = await start(office, { policy: { approvals: 1 } });
    await patched(office, { phase: "awaiting-approval" });
    const body = { action: "approve", for: "slack:anna" };
    const made = await api.ask(office.keys.admin, "POST", `/v1/rollouts/${rollout.id}/links`, body);
    return { office, rollout, made, path: new URL(made.body.url).pathname };
  }
  const open = (method: "GET" | "POST", path: string, reason?: string) =>
    api.app.inject({
      method,
      url: path,
      ...(reason === undefined
        ? {}
        : {
            payload: `reason=${encodeURIComponent(reason)}`,
            headers: { "content-type": "application/x-www-form-urlencoded" },
          }),
    });

  test("ask on GET as often as it is fetched, act on POST once, and say clearly when they are used", async () => {
    const { office, rollout, made, path } = await linked();
    expect(made).toMatchObject({
      status: 201,
      body: { action: "approve", addressee: "slack:anna", planHash: rollout.planHash },
    });
    expect(made.body.url).toMatch(/^https:\/\/tandem\.example\/links\/[\w-]{86}\.[\w-]{43}$/);
    for (let scan = 0; scan < 3; scan += 1) {
      const asked = await open("GET", path);
      expect(asked.statusCode).toBe(200);
      expect(asked.body).toContain("Approve this plan?");
      expect(asked.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
      });
      expect(asked.headers["content-security-policy"]).toMatch(
        /^default-src 'none'; style-src 'sha256-[^;]+'; form-action 'self';/,
      );
      expect(asked.body).not.toMatch(/<script|https?:\/\//);
    }
    expect((await api.ask(office.keys.ci, "GET", `/v1/rollouts/${rollout.id}`)).body.approvedBy).toBeNull();
    const acted = await open("POST", path, "read it on the train");
    expect([acted.statusCode, acted.body.includes("approved by you")]).toEqual([200, true]);
    expect((await api.ask(office.keys.ci, "GET", `/v1/rollouts/${rollout.id}`)).body.approvedBy).toBe("slack:anna");
    expect((await open("POST", path, "again")).statusCode).toBe(409);
    expect((await open("GET", path)).statusCode).toBe(410);
    const { body: audit } = await api.ask(office.keys.admin, "GET", "/v1/audit?limit=20");
    const actions = audit.items.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(["link.created", "link.used", "rollout.approved", "link.refused"]));
    expect(JSON.stringify(audit)).not.toContain(path.slice("/links/".length));
  });

  test("are made by a tenant-admin, shown once, listed without their address, and can be taken back", async () => {
    const { office, rollout, made, path } = await linked();
    const url = `/v1/rollouts/${rollout.id}/links`;
    const body = { action: "approve", for: "slack:ben" };
    expect((await api.ask(office.keys.anna, "POST", url, body)).status).toBe(403);
    expect((await api.ask(office.keys.admin, "POST", url, { ...body, for: "ben@example.com" })).status).toBe(422);
    const once = { "idempotency-key": randomUUID() };
    const [first, again] = [
      await api.ask(office.keys.admin, "POST", url, body, once),
      await api.ask(office.keys.admin, "POST", url, body, once),
    ];
    expect(again.body).toEqual({ ...first.body, url: null });
    const { body: list } = await api.ask(office.keys.ci, "GET", url);
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([made.body.id, first.body.id]);
    expect(JSON.stringify(list)).not.toContain("url");
    expect(
      (await api.ask(office.keys.admin, "POST", `/v1/links/${made.body.id}/revoke`, {})).body.revokedAt,
    ).not.toBeNull();
    expect((await open("GET", path)).statusCode).toBe(410);
    expect((await open("POST", path)).statusCode).toBe(409);
  });

  test("that were forged change nothing, are told apart from genuine ones, and are limited", async () => {
    const { office, rollout, path } = await linked();
    const token = path.slice("/links/".length);
    const turned = (at: number) => `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    const forged = [turned(3), turned(40), turned(80), turned(100), `${token}A`, "x", token.split(".")[0] ?? ""];
    for (const text of forged) {
      expect((await open("GET", `/links/${text}`)).statusCode).toBe(404);
      expect((await open("POST", `/links/${text}`)).statusCode).toBe(404);
    }
    const later = await Promise.all(Array.from({ length: 40 }, () => open("POST", `/links/${turned(5)}`)));
    expect(later.filter(({ statusCode }) => statusCode === 429).length).toBeGreaterThan(10);
    expect(later.every(({ statusCode }) => statusCode === 404 || statusCode === 429)).toBe(true);
    expect((await api.ask(office.keys.ci, "GET", `/v1/rollouts/${rollout.id}/approvals`)).body.items).toEqual([]);
    expect((await open("GET", path)).statusCode).toBe(200);
    const platform = await api.key(null, "platform-admin");
    const { body: audit } = await api.ask(platform, "GET", "/v1/audit?limit=50");
    const recorded = audit.items.filter(({ action }: { action: string }) => action === "link.forged");
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded.length).toBeLessThanOrEqual(10);
  });
});
