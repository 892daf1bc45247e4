import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { dial, hangUp, sessionOf } from "./harness/carrier.ts";
import { Installation, playbookFiles } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import type { Answer } from "./harness/tandem-api.ts";

/** A value of the first tenant for each kind of parameter, by the route's collection, and one that nobody has. */
type Subjects = Readonly<Record<string, { readonly theirs: string; readonly nobodys: string }>>;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly parameter: string;
  readonly collection: string;
}

let database: FreshDatabase;
let installation: Installation;
let theirs: Office;
let mine: Office;
let subjects: Subjects;
let routes: Route[];

const THEIR_LEAD = "+15557650001";

/** Parameters that name no object of a tenant: a playbook's overlay and an environment's policy are everybody's own, also where none was written. */
const NAMELESS = new Set(["playbook", "environment"]);

/** Collections where the platform does most: what a tenant may not even ask is refused whatever it names. */
const FOR_PLATFORM = new Set(["fleet-rollouts", "tenants"]);

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  [theirs, mine] = [
    await Office.open(installation, { deployment: "their-desk" }),
    await Office.open(installation, { deployment: "my-desk" }),
  ];
  const rollout = await theirs.rollOut();
  const call = await dial(theirs);
  const session = await sessionOf(theirs, call.callSid);
  await hangUp(theirs, call.callSid);
  const { planId } = await theirs.api.post(`/v1/deployments/${theirs.deploymentId}/plans`);
  const { checkId } = await theirs.api.post(`/v1/deployments/${theirs.deploymentId}/drift`);
  await eventually("check", async () =>
    (await theirs.api.get(`/v1/checks/${checkId}`)).state === "pending" ? undefined : true,
  );
  const { replayId } = await theirs.api.post(`/v1/deployments/${theirs.deploymentId}/replays`);
  const { keyId } = await theirs.api.post("/v1/api-keys", { name: "another", roles: ["viewer"] });
  const files = playbookFiles("after-hours-answering");
  const own = {
    ...files,
    "manifest.yaml": (files["manifest.yaml"] ?? "")
      .replace("title: After-hours answering", "title: Their own secret title")
      .replace(/^version: .*$/m, "version: 1.0.1"),
  };
  const { hash } = await theirs.api.post("/v1/manifests", { files: own });
  const nobody = () => randomUUID();
  subjects = {
    "deployments:id": { theirs: theirs.deploymentId, nobodys: nobody() },
    "deployments:name": { theirs: "their-desk", nobodys: "nobodys-desk" },
    connections: { theirs: theirs.connections.telephony, nobodys: nobody() },
    rollouts: { theirs: rollout.id, nobodys: nobody() },
    plans: { theirs: planId, nobodys: nobody() },
    checks: { theirs: checkId, nobodys: nobody() },
    replays: { theirs: replayId, nobodys: nobody() },
    "api-keys": { theirs: keyId, nobodys: "AAAAAAAAAAAA" },
    manifests: { theirs: hash, nobodys: "0".repeat(64) },
    sessions: { theirs: session.id, nobodys: nobody() },
    "outbound-calls": { theirs: await theirOutboundCall(), nobodys: nobody() },
    freezes: { theirs: await theirFreeze(), nobodys: nobody() },
    links: { theirs: await theirLink(rollout.id), nobodys: nobody() },
    "waiting-rollouts": { theirs: await theirWaitingRollout(rollout.id), nobodys: nobody() },
    webhooks: { theirs: await theirWebhook(), nobodys: nobody() },
    "fleet-rollouts": { theirs: await fleetOfPlatform(), nobodys: nobody() },
    tenants: { theirs: theirs.tenantId, nobodys: nobody() },
  };
  const { paths } = (await mine.api.ask("GET", "/openapi.json")).body as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(paths).flatMap(([path, operations]) => {
    const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const [parameter] = parameters;
    if (parameter === undefined || NAMELESS.has(parameter)) return [];
    return Object.keys(operations).map((method) => ({
      method: method.toUpperCase(),
      path: withNobodys(path, parameters.slice(1)),
      parameter,
      collection: path.split("/")[2] ?? "",
    }));
  });
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

/** What a route names within the object: nobody has it, as the object itself is what is tried. */
const withNobodys = (path: string, parameters: readonly string[]): string =>
  parameters.reduce((filled, name) => filled.replace(`{${name}}`, randomUUID()), path);

/** A call-back that their tenant has had, written as a worker leaves it: their playbook places none. */
async function theirOutboundCall(): Promise<string> {
  const [row] = await installation.rows<{ id: string }>(
    `INSERT INTO outbound_call (tenant_id, id, deployment_id, to_number, from_number, lead, consent_given_at, consent_source, consent_text,
       state, expires_at, requested_by, finished_at)
     VALUES ($1, gen_random_uuid(), $2, $3, $4, '{}', now(), 'form', 'Their consent', 'busy', now() + interval '1 day', 'key:their', now())
     RETURNING id`,
    [theirs.tenantId, theirs.deploymentId, THEIR_LEAD, theirs.number],
  );
  return row?.id ?? "";
}

/** A window that begins when nobody of this test is there any more. */
async function theirFreeze(): Promise<string> {
  const [startsAt, endsAt] = ["2098-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"];
  return (await theirs.api.post("/v1/freezes", { startsAt, endsAt, reason: "Their holidays" })).id;
}

async function theirWebhook(): Promise<string> {
  return (await theirs.api.post("/v1/webhooks", { url: "https://hooks.example.com/theirs" })).id;
}

async function theirLink(rolloutId: string): Promise<string> {
  return (await theirs.api.post(`/v1/rollouts/${rolloutId}/links`, { action: "rollback", for: "slack:them" })).id;
}

/** A rollout that waited for theirs, as it is kept after it was cancelled. */
async function theirWaitingRollout(rolloutId: string): Promise<string> {
  const [row] = await installation.rows<{ id: string }>(
    `INSERT INTO waiting_rollout (tenant_id, id, deployment_id, turn, bundle_hash, policy, state, created_by, ended_at)
     SELECT tenant_id, gen_random_uuid(), deployment_id, 1, bundle_hash, policy, 'cancelled', 'key:their', now() FROM rollout WHERE id = $1
     RETURNING id`,
    [rolloutId],
  );
  return row?.id ?? "";
}

/** A paused fleet rollout of the platform: no worker touches it. */
async function fleetOfPlatform(): Promise<string> {
  const [row] = await installation.rows<{ id: string }>(
    `WITH account AS (SELECT append_audit('00000000-0000-4000-8000-000000000000', 'key:platform', 'api', 'fleet-rollout.started',
       'fleet-rollout/' || $1::text, NULL, NULL, NULL, NULL))
     INSERT INTO fleet_rollout (tenant_id, id, playbook, version, manifest_hash, selection, policy, patience, state, created_by)
     SELECT '00000000-0000-4000-8000-000000000000', $1::uuid, 'after-hours-answering', '9.0.0', 'hash', '{}', '{}', '{}', 'paused',
       'key:platform' FROM account
     RETURNING id`,
    [randomUUID()],
  );
  return row?.id ?? "";
}

/** Bodies that the routes would accept, so that a refusal is not the validation's. */
async function bodyFor({ method, path }: Route): Promise<[unknown, Record<string, string>]> {
  if (method === "GET" || method === "DELETE") return [undefined, {}];
  if (path.endsWith("/configuration")) {
    const { configVersion, ...configuration } = await mine.api.get(
      `/v1/deployments/${mine.deploymentId}/configuration`,
    );
    return [configuration, { "if-match": `"${configVersion}"` }];
  }
  if (path.endsWith("/outbound-calls")) {
    const consent = { givenAt: new Date().toISOString(), source: "form", text: "Call me." };
    return [{ to: "+15557650002", lead: {}, timeZone: null, consent }, {}];
  }
  if (path.endsWith("/credential")) return [{ secrets: { authToken: "stolen" } }, {}];
  if (path.endsWith("/links")) return [{ action: "rollback", for: "slack:me" }, {}];
  if (/\/(override-freeze|skip|stop)$/.test(path)) return [{ reason: "theirs" }, {}];
  if (path.endsWith("/off-boarding")) return [{ confirm: "theirs", reason: "theirs" }, {}];
  if (path.endsWith("/rotate")) return [{ secrets: { authToken: "stolen" } }, {}];
  if (path.endsWith("/drift/decisions"))
    return [{ answer: "revert", address: "voice-agent.llm/main", reason: "theirs" }, {}];
  if (path.endsWith("/exemptions")) return [{ tenantId: mine.tenantId, reason: "theirs" }, {}];
  return [{}, {}];
}

const subjectsOf = ({ collection }: Route) =>
  Object.entries(subjects)
    .filter(([name]) => name === collection || name.startsWith(`${collection}:`))
    .map(([, subject]) => subject);

/** The body without what names the request or the object itself. */
const shape = ({ body }: Answer, id: string): unknown =>
  JSON.parse(JSON.stringify({ ...body, instance: "" }).replaceAll(id === "" ? "\u0000" : id, "<id>"));

test("every route that takes an id answers another tenant's exactly as one that nobody has: 404", async () => {
  const before = JSON.stringify(
    [await theirs.detail(), await theirs.api.get("/v1/connections"), await theirs.api.get("/v1/api-keys")].map(
      withoutUse,
    ),
  );
  expect(routes.length).toBeGreaterThan(20);
  const asked = new Set<string>();
  const wrong: string[] = [];
  for (const route of routes) {
    expect(subjectsOf(route), `${route.path}: what is a ${route.collection}?`).not.toHaveLength(0);
    for (const { theirs: id, nobodys } of subjectsOf(route)) {
      const [body, headers] = await bodyFor(route);
      const ask = (value: string) =>
        mine.api.ask(
          route.method,
          route.path.replace(`{${route.parameter}}`, encodeURIComponent(value)),
          body,
          headers,
        );
      const [other, none] = [await ask(id), await ask(nobodys)];
      const isForPlatform = FOR_PLATFORM.has(route.collection) || route.path.endsWith("/exemptions");
      const refusals = isForPlatform ? [403, 404] : [404];
      if (!refusals.includes(other.status) || none.status !== other.status)
        wrong.push(`${route.method} ${route.path}: ${other.status} and ${none.status}, ${JSON.stringify(other.body)}`);
      expect(shape(other, id), `${route.method} ${route.path}`).toEqual(shape(none, nobodys));
      asked.add(`${route.method} ${route.path}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(asked.size).toBe(routes.length);
  const after = JSON.stringify(
    [await theirs.detail(), await theirs.api.get("/v1/connections"), await theirs.api.get("/v1/api-keys")].map(
      withoutUse,
    ),
  );
  expect(after).toBe(before);
});

/** What another request of the owner changes. */
const withoutUse = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === "lastUsedAt" ? null : member)));

test("lists, overlays, audit and streams hold nothing of another tenant", async () => {
  const listed = [
    "/v1/deployments",
    "/v1/connections",
    "/v1/manifests",
    "/v1/api-keys",
    "/v1/audit",
    "/v1/overlays/after-hours-answering",
    "/v1/latency",
    `/v1/deployments/${mine.deploymentId}/latency`,
    `/v1/deployments/${mine.deploymentId}/kpis`,
    `/v1/deployments/${mine.deploymentId}/sessions`,
    `/v1/deployments/${mine.deploymentId}/outbound-calls`,
  ];
  const traces = [
    theirs.tenantId,
    theirs.deploymentId,
    ...Object.values(theirs.connections),
    ...Object.values(theirs.accounts),
    "their-desk",
    "Their own secret title",
    theirs.number,
    THEIR_LEAD,
    subjects["sessions"]?.theirs ?? "",
  ];
  for (const path of listed) {
    const { status, body } = await mine.api.ask("GET", path);
    expect(status, path).toBe(200);
    const text = JSON.stringify(body);
    expect(
      traces.filter((trace) => text.includes(trace)),
      path,
    ).toEqual([]);
  }
  const { items } = await theirs.api.get(`/v1/deployments/${theirs.deploymentId}/rollouts`);
  const stream = await fetch(`${mine.api.origin}/v1/rollouts/${items[0].id}/events`, {
    headers: { authorization: `Bearer ${mine.api.key}`, accept: "text/event-stream" },
  });
  expect(stream.status).toBe(404);
});

test("nothing of another tenant can be named in a body: neither its connections, nor its number, nor its plan", async () => {
  const configuration = { name: "thief", playbook: "after-hours-answering", environment: "development" };
  const withConnection = (telephony: string) =>
    mine.api.ask("POST", "/v1/deployments", { ...configuration, connections: { telephony } });
  const [taken, missing] = [await withConnection(theirs.connections.telephony), await withConnection(randomUUID())];
  expect([taken.status, missing.status]).toEqual([422, 422]);
  expect(shape(taken, "")).toEqual(shape(missing, ""));
  const withTheirNumber = await mine.api.ask("POST", "/v1/deployments", {
    ...configuration,
    number: theirs.number,
    connections: {},
  });
  expect(withTheirNumber.status, JSON.stringify(withTheirNumber.body)).toBe(409);
  expect(JSON.stringify(withTheirNumber.body)).not.toContain(theirs.tenantId);
  const { theirs: planId, nobodys } = subjects["plans"] ?? { theirs: "", nobodys: "" };
  const [plan, none] = [
    await mine.api.ask("POST", "/v1/rollouts", { planId }),
    await mine.api.ask("POST", "/v1/rollouts", { planId: nobodys }),
  ];
  expect([plan.status, none.status]).toEqual([404, 404]);
  const rollout = await mine.api.ask("POST", "/v1/rollouts", {
    deploymentId: theirs.deploymentId,
    manifestVersion: "after-hours-answering",
  });
  expect(rollout.status).toBe(404);
});
