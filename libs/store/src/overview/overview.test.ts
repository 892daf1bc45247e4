import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OverviewFilter, OverviewScope, OverviewSort } from "@tandem/ports/store/overview";
import { openSessionWriter } from "../index.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { pastCall } from "../../test-support/past-call.ts";
import { toGate } from "../../test-support/gates.ts";
import {
  auditOf,
  claim,
  newDeployment,
  newTenant,
  openWorld,
  type Served,
  startRollout,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
/** Two deployments of one tenant, one of another, one of a third that nobody of ours belongs to. */
let live: Served;
let waiting: Served;
let other: Served;
let foreign: Served;

beforeAll(async () => {
  world = await openWorld();
  const alpha = await newTenant(world, "alpha");
  live = await newDeployment(world, alpha, "+15550000001");
  waiting = await newDeployment(world, alpha);
  other = await newDeployment(world, await newTenant(world, "beta"));
  foreign = await newDeployment(world, await newTenant(world, "gamma"));
  await switchTo(world, live, "1.2.0");
  await startRollout(world, waiting);
  await toGate(world, waiting);
});
afterAll(() => world.close());

async function person(...memberships: [tenantId: string, roles: string[], over?: string][]): Promise<OverviewScope> {
  const personId = randomUUID();
  await world.superuser("INSERT INTO person (tenant_id, id, email, name) VALUES ($1, $2, $3, 'P')", [
    PLATFORM_TENANT_ID,
    personId,
    `${personId}@example.com`,
  ]);
  for (const [tenantId, roles, over] of memberships)
    await world.superuser(
      `INSERT INTO membership (tenant_id, person_id, source, roles, created_by, expires_at, disabled_at)
       VALUES ($1, $2, $3, $4, 'test', CASE WHEN $5 = 'expired' THEN now() - interval '1 minute' END, CASE WHEN $5 = 'disabled' THEN now() END)`,
      [tenantId, personId, over === "expired" ? "break-glass" : "member", roles, over ?? null],
    );
  return { kind: "person", personId };
}

const look = async (
  scope: OverviewScope,
  filter: OverviewFilter = {},
  { sort = "tenant", limit = 50, after = null }: { sort?: OverviewSort; limit?: number; after?: string | null } = {},
) => world.control.overview(scope, filter, { sort, limit, after });
const idsOf = async (scope: OverviewScope, filter?: OverviewFilter): Promise<string[]> =>
  (await look(scope, filter)).items.map(({ id }) => id).toSorted();
const ids = (...served: Served[]): string[] => served.map(({ deployment }) => deployment.id).toSorted();
const tenantIdOf = ({ actor }: Served): string => actor.tenantId;

test("a person sees the deployments of their tenants and no others; memberships that are over show nothing", async () => {
  const [alpha, beta] = [tenantIdOf(live), tenantIdOf(other)];
  expect(await idsOf(await person([alpha, ["viewer"]]))).toEqual(ids(live, waiting));
  expect(await idsOf(await person([alpha, ["viewer"]], [beta, ["operator"]]))).toEqual(ids(live, waiting, other));
  expect(await idsOf(await person([PLATFORM_TENANT_ID, ["viewer"]]))).toEqual(ids(live, waiting, other, foreign));
  for (const nobody of [
    await person(),
    await person([alpha, ["viewer"], "expired"]),
    await person([alpha, ["viewer"], "disabled"]),
    await person([PLATFORM_TENANT_ID, ["platform-admin"]]),
    { kind: "person", personId: "" } as const,
  ]) {
    expect(await look(nobody)).toMatchObject({ items: [], next: null, counts: { live: 0, attention: 0 } });
    expect(await world.control.visibleTenants(nobody)).toEqual([]);
  }
});

test("a tenant's key sees its own", async () => {
  expect(await idsOf({ kind: "tenant", tenantId: tenantIdOf(live) })).toEqual(ids(live, waiting));
  expect(await world.control.visibleTenants({ kind: "tenant", tenantId: tenantIdOf(other) })).toMatchObject([
    { slug: "beta" },
  ]);
});

test("a row says what is live since when and by whom, how many calls there are, and where a rollout stands", async () => {
  const writer = openSessionWriter({ url: world.database.mediaUrl });
  const call = { startedAtMs: Date.now(), endedAt: null, disposition: null };
  await writer.write(pastCall(live, call));
  await writer.write(pastCall(live, { ...call, slot: "green" }));
  await writer.write(pastCall(live, { startedAtMs: Date.now() - 120_000 }));
  await writer.close();
  const scope = { kind: "tenant", tenantId: tenantIdOf(live) } as const;
  const { items, counts } = await look(scope);
  const row = items.find(({ id }) => id === live.deployment.id);
  expect(row).toMatchObject({
    tenant: { slug: "alpha" },
    number: "+15550000001",
    state: "attention",
    flags: ["credential"],
    live: { slot: "blue", version: "1.2.0", by: "worker:1" },
    calls: 2,
    rollout: { phase: "baking", version: "1.2.0" },
  });
  expect(Date.parse(row?.live?.since ?? "")).toBeGreaterThan(Date.now() - 60_000);
  expect(items.find(({ id }) => id === waiting.deployment.id)).toMatchObject({
    state: "attention",
    flags: ["approval"],
    live: null,
    calls: 0,
    rollout: { phase: "awaiting-approval" },
  });
  expect(counts).toEqual({ attention: 2, "rolling-out": 0, diverted: 0, live: 0, "not-live": 0 });
});

test("times are read in the zone that is configured, else that of the live release; a tenant's is that of most", async () => {
  const alpha = tenantIdOf(live);
  const configure = (served: Served, zone: string) =>
    world.superuser(
      "UPDATE deployment SET overlay = overlay || jsonb_build_object('timeZone', $2::text) WHERE id = $1",
      [served.deployment.id, zone],
    );
  const scope = await person([alpha, ["viewer"]], [tenantIdOf(other), ["viewer"]]);
  const personId = scope.kind === "person" ? scope.personId : "";
  const zones = async () => (await look(scope)).items.map(({ id, timeZone }) => [id, timeZone]);
  const zonesOfTenants = async () => {
    const { items } = await world.control.tenantsOfPerson(personId, null, { limit: 9, cursor: null });
    return items.map(({ slug, timeZone }) => [slug, timeZone]);
  };
  expect(await zonesOfTenants()).toEqual([
    ["alpha", null],
    ["beta", null],
  ]);
  await world.superuser(
    `UPDATE release SET bundle = bundle || '{"answer":{"schedule":{"timeZone":"Asia/Tokyo"}}}' WHERE tenant_id = $1 AND version = '1.2.0'`,
    [alpha],
  );
  expect(Object.fromEntries(await zones())).toMatchObject({
    [live.deployment.id]: "Asia/Tokyo",
    [other.deployment.id]: null,
  });
  await configure(live, "Europe/Berlin");
  await configure(waiting, "Europe/Berlin");
  await configure(other, "America/New_York");
  expect(Object.fromEntries(await zones())).toEqual({
    [live.deployment.id]: "Europe/Berlin",
    [waiting.deployment.id]: "Europe/Berlin",
    [other.deployment.id]: "America/New_York",
  });
  expect(await zonesOfTenants()).toEqual([
    ["alpha", "Europe/Berlin"],
    ["beta", "America/New_York"],
  ]);
  const { items } = await world.control.attention(scope, {}, { after: null, limit: 50 });
  expect(new Set(items.map(({ tenant, deployment }) => `${tenant?.slug} ${deployment?.timeZone}`))).toEqual(
    new Set(["alpha Europe/Berlin", "beta America/New_York"]),
  );
});

test("filters narrow; the counts tell of all states that the other filters leave", async () => {
  const scope = await person([PLATFORM_TENANT_ID, ["viewer"]]);
  expect(await idsOf(scope, { tenant: "beta" })).toEqual(ids(other));
  expect(await idsOf(scope, { search: "0000001" })).toEqual(ids(live));
  expect(await idsOf(scope, { search: "100%" })).toEqual([]);
  expect(await idsOf(scope, { playbook: "lead-qualifier" })).toEqual([]);
  expect(await idsOf(scope, { environment: "staging" })).toEqual([]);
  expect(await idsOf(scope, { version: "1.2.0" })).toEqual(ids(live));
  const { items, counts } = await look(scope, { state: "not-live" });
  expect(items.map(({ id }) => id).toSorted()).toEqual(ids(other, foreign));
  expect(counts).toMatchObject({ attention: 2, "not-live": 2 });
});

test.each(["attention", "tenant", "deployment"] as const)("pages by %s bring each deployment once", async (sort) => {
  const scope = await person([PLATFORM_TENANT_ID, ["viewer"]]);
  const all = (await look(scope, {}, { sort })).items.map(({ id }) => id);
  const paged: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page = await look(scope, {}, { sort, limit: 1, after });
    paged.push(...page.items.map(({ id }) => id));
    after = page.next;
    more = after !== null;
  }
  expect(paged).toEqual(all);
  expect(new Set(all).size).toBe(4);
});

test("what needs a person is told with what it is, since when, and what to do", async () => {
  const lease = await claim(world, live);
  const reason = { code: "evidence-inconclusive", detail: "too few calls", nextAction: "Promote it, or roll back." };
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.patchRollout({ phase: "held", heldPhase: "baking", reason, dueInMs: 365 * 86_400_000 });
    await transaction.audit(auditOf(`rollout/${transaction.rollout?.id}`));
  });
  await world.worker.release(lease);
  const scope = await person([PLATFORM_TENANT_ID, ["viewer"]]);
  const { items, counts } = await world.control.attention(scope, {}, { after: null, limit: 50 });
  expect(items.slice(0, 2)).toMatchObject([
    {
      kind: "evidence",
      urgency: 1,
      ...reason,
      until: null,
      deployment: { id: live.deployment.id },
      tenant: { slug: "alpha" },
    },
    { kind: "approval", urgency: 2, deployment: { id: waiting.deployment.id } },
  ]);
  expect(counts).toMatchObject({ evidence: 1, approval: 1, "credential-missing": 4 });
  const held = (await look(scope, { tenant: "alpha" })).items.find(({ id }) => id === live.deployment.id);
  expect(held?.rollout).toMatchObject({ phase: "held", dueAt: null });
  const [first] = (await world.control.attention(scope, {}, { after: null, limit: 1 })).items;
  expect(first?.kind).toBe("evidence");
  const second = await world.control.attention(
    scope,
    {},
    { after: (await world.control.attention(scope, {}, { after: null, limit: 1 })).next, limit: 1 },
  );
  expect(second.items[0]?.kind).toBe("approval");
  expect((await world.control.attention(scope, { tenant: "beta" }, { after: null, limit: 9 })).items).toMatchObject([
    { kind: "credential-missing", connection: { vendor: "twilio" } },
  ]);
});

test.each([
  [1, "1 of the vendors' objects is not as it was applied."],
  [2, "2 of the vendors' objects are not as they were applied."],
])("drift of %i objects is told in a sentence", async (count, detail) => {
  await world.superuser(
    `INSERT INTO drift_look (tenant_id, deployment_id, due_at, looked_at, told) VALUES ($1, $2, now(), now(), $3::jsonb)
     ON CONFLICT (tenant_id, deployment_id) DO UPDATE SET told = excluded.told`,
    [foreign.actor.tenantId, foreign.deployment.id, JSON.stringify(Array.from({ length: count }, (_, at) => `a${at}`))],
  );
  const scope = { kind: "tenant", tenantId: tenantIdOf(foreign) } as const;
  const { items } = await world.control.attention(scope, {}, { after: null, limit: 50 });
  await world.superuser("DELETE FROM drift_look WHERE deployment_id = $1", [foreign.deployment.id]);
  expect(items.find(({ kind }) => kind === "drift")?.detail).toBe(detail);
});

test("connections that fail their test and credentials that end are told of", async () => {
  const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const tested = (served: Served, state: string, result: object | null) =>
    world.superuser(
      `INSERT INTO command (tenant_id, id, kind, subject_id, requested_by, state, result, code, detail, finished_at)
       VALUES ($1, gen_random_uuid(), 'test-connection', $2, 'key:x', $3, $4, CASE WHEN $3 = 'failed' THEN 'vendor_unauthorized' END,
         CASE WHEN $3 = 'failed' THEN 'refused' END, now())`,
      [served.actor.tenantId, served.connectionId, state, result],
    );
  await tested(other, "failed", null);
  await tested(foreign, "done", { expiresAt: at(3) });
  await tested(live, "done", { expiresAt: at(30) });
  const scope = await person([PLATFORM_TENANT_ID, ["viewer"]]);
  const { items } = await world.control.attention(scope, {}, { after: null, limit: 50 });
  const told = items.filter(({ kind }) => kind === "connection-failing" || kind === "credential-ending");
  expect(told.map(({ kind, deployment, code }) => [kind, deployment?.id, code])).toEqual([
    ["connection-failing", other.deployment.id, "vendor_unauthorized"],
    ["credential-ending", foreign.deployment.id, "credential-ending"],
  ]);
});

test("incidents that are not over come first, and the stacks stand beside each deployment", async () => {
  const { tenantId } = other.actor;
  await world.superuser(
    `INSERT INTO incident (tenant_id, id, deployment_id, opened_stack, severity, state, content, opened_by, opened_at, resolution_due_at)
     VALUES ($1, gen_random_uuid(), $2, 'audio', 'sev-1', 'open', '{}', 'key:x', now(), now() + interval '15 minutes')`,
    [tenantId, other.deployment.id],
  );
  await world.superuser(
    "INSERT INTO stack_health (tenant_id, deployment_id, looked_at, words, due_at) VALUES ($1, $2, now(), $3, now())",
    [tenantId, other.deployment.id, { audio: "failing" }],
  );
  const scope = await person([tenantId, ["viewer"]]);
  expect((await look(scope)).items).toMatchObject([
    { state: "attention", flags: ["incident"], health: { stacks: { audio: "failing" } } },
  ]);
  const { items, counts } = await world.control.attention(scope, {}, { after: null, limit: 9 });
  expect(items[0]).toMatchObject({ kind: "incident", urgency: 0, code: "sev-1", incidentId: expect.any(String) });
  expect(counts.incident).toBe(1);
});

test("versions that run are counted within what the scope shows", async () => {
  const playbook = "after-hours-answering";
  expect(await world.control.runningVersions(await person([tenantIdOf(live), ["viewer"]]), playbook)).toEqual([
    { version: "1.2.0", deployments: 1 },
  ]);
  expect(await world.control.runningVersions(await person([tenantIdOf(other), ["viewer"]]), playbook)).toEqual([]);
});

test("1000 tenants with two deployments each are looked over in one statement, quickly", async () => {
  await world.superuser(
    "INSERT INTO tenant (id, slug, name) SELECT gen_random_uuid(), 'many-' || n, 'Many ' || n FROM generate_series(1, 1000) n",
  );
  await world.superuser(
    `INSERT INTO deployment (tenant_id, id, name, playbook, environment, ingress_key, overlay, pointer_active, pointer_salt, generation)
     SELECT t.id, gen_random_uuid(), 'desk-' || e, 'after-hours-answering', e, substr(translate(md5(t.id || e), 'wxyz', 'abcd'), 1, 26), '{}', 'blue', 's', 1
     FROM tenant t, unnest(ARRAY['production', 'staging']) e WHERE t.slug LIKE 'many-%'`,
  );
  await world.superuser(
    `INSERT INTO slot (tenant_id, deployment_id, slot, state)
     SELECT d.tenant_id, d.id, s, 'ready' FROM deployment d, unnest(ARRAY['blue', 'green']) s WHERE d.name LIKE 'desk-%'`,
  );
  await world.superuser("ANALYZE");
  const scope = await person([PLATFORM_TENANT_ID, ["viewer"]]);
  const times: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    const from = performance.now();
    const { items, counts } = await look(scope, {}, { sort: "attention" });
    times.push(performance.now() - from);
    expect([items.length, counts.live]).toEqual([50, 2000]);
  }
  const [, , , , median = Infinity] = times.toSorted((a, b) => a - b);
  console.info(`overview of 2,004 deployments: median ${median.toFixed(1)} ms of ${times.length}`);
  expect(Math.min(...times)).toBeLessThan(250);
});
