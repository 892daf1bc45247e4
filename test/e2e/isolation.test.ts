import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { dial, hangUp, sessionOf } from "./harness/carrier.ts";
import { Installation, playbookFiles } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { acceptable, type Route } from "./harness/requests.ts";
import type { Answer } from "./harness/tandem-api.ts";
import { fleetOfPlatform, OTHERS_LEAD, Possessions } from "./harness/possessions.ts";

/** A value of the first tenant for each kind of parameter, by the route's collection, and one that nobody has. */
type Subjects = Readonly<Record<string, { readonly theirs: string; readonly nobodys: string }>>;

let database: FreshDatabase;
let installation: Installation;
let theirs: Office;
let mine: Office;
let subjects: Subjects;
let routes: Route[];

/** Parameters that name no object of a tenant: a playbook's overlay and an environment's policy are everybody's own, also where none was written. */
const NAMELESS = new Set(["playbook", "environment"]);

/** Collections where the platform does most: what a tenant may not even ask is refused whatever it names. */
const FOR_PLATFORM = new Set(["fleet-rollouts", "media-nodes", "tenants", "persons"]);

/** Collections of whoever is signed in at a browser: no key may even ask. */
const FOR_PERSONS = new Set(["session"]);

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
      .replace("name: after-hours-answering", "name: their-own-playbook")
      .replace("title: After-hours answering", "title: Their own secret title")
      .replace(/^version: .*$/m, "version: 1.0.1"),
  };
  const { hash } = await theirs.api.post("/v1/manifests", { files: own });
  const possessions = new Possessions(theirs, rollout.id);
  const member = await possessions.member();
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
    "outbound-calls": { theirs: await possessions.outboundCall(), nobodys: nobody() },
    freezes: { theirs: await possessions.freeze(), nobodys: nobody() },
    links: { theirs: await possessions.link(), nobodys: nobody() },
    "waiting-rollouts": { theirs: await possessions.waitingRollout(), nobodys: nobody() },
    webhooks: { theirs: await possessions.webhook(), nobodys: nobody() },
    "fleet-rollouts": { theirs: await fleetOfPlatform(installation), nobodys: nobody() },
    "media-nodes": { theirs: await nodeOfPlatform(), nobodys: nobody() },
    tenants: { theirs: theirs.tenantId, nobodys: nobody() },
    incidents: { theirs: await possessions.incident(), nobodys: nobody() },
    "test-calls": { theirs: await possessions.testCall(), nobodys: nobody() },
    playbooks: { theirs: "their-own-playbook", nobodys: "nobodys-playbook" },
    invitations: { theirs: await possessions.invitation(), nobodys: nobody() },
    members: { theirs: member.personId, nobodys: nobody() },
    persons: { theirs: member.personId, nobodys: nobody() },
    session: { theirs: member.sessionId, nobodys: nobody() },
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

const nodeOfPlatform = (): Promise<string> =>
  eventually("the media node has told of itself", async () => {
    const { items } = await installation.platform.get("/v1/media-nodes");
    return (items as { id: string }[])[0]?.id;
  });

/** What a route names within the object: nobody has it, as the object itself is what is tried. */
const withNobodys = (path: string, parameters: readonly string[]): string =>
  parameters.reduce((filled, name) => filled.replace(`{${name}}`, randomUUID()), path);

const subjectsOf = ({ collection }: Route) =>
  Object.entries(subjects)
    .filter(([name]) => name === collection || name.startsWith(`${collection}:`))
    .map(([, subject]) => subject);

/** The body without what names the request or the object itself. */
const shape = ({ body }: Answer, id: string): unknown =>
  JSON.parse(JSON.stringify({ ...body, instance: "" }).replaceAll(id === "" ? "\u0000" : id, "<id>"));

/** What a request of a stranger would have changed. */
async function whatTheyHave(): Promise<string> {
  const paths = ["connections", "api-keys", "members", "invitations", "webhooks", "freezes"];
  const incident = `/v1/incidents/${subjects["incidents"]?.theirs}`;
  const lists = await Promise.all(paths.map((path) => theirs.api.get(`/v1/${path}`)));
  return JSON.stringify([await theirs.detail(), await theirs.api.get(incident), ...lists].map(withoutUse));
}

test("every route that takes an id answers another tenant's exactly as one that nobody has: 404", async () => {
  const before = await whatTheyHave();
  expect(routes.length).toBeGreaterThan(20);
  const asked = new Set<string>();
  const wrong: string[] = [];
  for (const route of routes) {
    expect(subjectsOf(route), `${route.path}: what is a ${route.collection}?`).not.toHaveLength(0);
    for (const { theirs: id, nobodys } of subjectsOf(route)) {
      const { query, body, headers } = await acceptable(route, mine);
      const ask = (value: string) =>
        mine.api.ask(
          route.method,
          route.path.replace(`{${route.parameter}}`, encodeURIComponent(value)) + query,
          body,
          headers,
        );
      const [other, none] = [await ask(id), await ask(nobodys)];
      const isForPlatform = FOR_PLATFORM.has(route.collection) || route.path.endsWith("/exemptions");
      const refusals = FOR_PERSONS.has(route.collection) ? [403] : isForPlatform ? [403, 404] : [404];
      if (!refusals.includes(other.status) || none.status !== other.status)
        wrong.push(`${route.method} ${route.path}: ${other.status} and ${none.status}, ${JSON.stringify(other.body)}`);
      expect(shape(other, id), `${route.method} ${route.path}`).toEqual(shape(none, nobodys));
      asked.add(`${route.method} ${route.path}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(asked.size).toBe(routes.length);
  const after = await whatTheyHave();
  expect(after).toBe(before);
});

/** Without what the owner's own requests and messages change meanwhile. */
const withoutUse = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (MOVING.has(name) ? null : member)));
const MOVING: ReadonlySet<string> = new Set(["lastUsedAt", "failingSince"]);

test("lists, overlays, audit and streams hold nothing of another tenant", async () => {
  const listed = [
    "/v1/deployments",
    "/v1/connections",
    "/v1/manifests",
    "/v1/api-keys",
    "/v1/audit",
    "/v1/overlays/after-hours-answering",
    "/v1/latency",
    "/v1/overview",
    "/v1/attention",
    "/v1/playbooks",
    "/v1/playbooks/after-hours-answering",
    "/v1/incidents",
    "/v1/connection-standings",
    "/v1/kpi-series?playbook=after-hours-answering",
    "/v1/members",
    "/v1/invitations",
    "/v1/webhooks",
    "/v1/freezes",
    "/v1/fleet-memberships",
    "/v1/drift",
    `/v1/deployments/${mine.deploymentId}/latency`,
    `/v1/deployments/${mine.deploymentId}/kpis`,
    `/v1/deployments/${mine.deploymentId}/sessions`,
    `/v1/deployments/${mine.deploymentId}/outbound-calls`,
    `/v1/deployments/${mine.deploymentId}/test-calls`,
    `/v1/deployments/${mine.deploymentId}/kpi-series`,
    `/v1/deployments/${mine.deploymentId}/health`,
    `/v1/deployments/${mine.deploymentId}/health-series`,
    `/v1/deployments/${mine.deploymentId}/summary`,
    `/v1/deployments/${mine.deploymentId}/form`,
  ];
  const traces = [
    theirs.tenantId,
    theirs.deploymentId,
    ...Object.values(theirs.connections),
    ...Object.values(theirs.accounts),
    "their-desk",
    "Their own secret title",
    theirs.number,
    OTHERS_LEAD,
    ...["sessions", "incidents", "test-calls", "members", "invitations", "webhooks", "freezes", "playbooks"].map(
      (name) => subjects[name]?.theirs ?? "",
    ),
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
