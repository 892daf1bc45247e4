// Fleet rollouts as the platform and its tenants ask for them, on a real database (freshDatabase). A worker is not needed: what is begun
// stands in line.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { firstAdministrator, invited } from "./testing/first-administrator.ts";
import { type Answer, type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let platform: string;
const ajv = new Ajv2020({ strict: false, allErrors: true });

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  platform = await api.key(null, "platform-admin");
  addFormats.default(ajv);
  ajv.addSchema({ $id: "openapi", ...(JSON.parse(JSON.stringify(api.document)) as object) });
  await api.store.publishManifest(PLATFORM, {
    hash: "d".repeat(64),
    playbook: "after-hours-answering",
    version: "9.1.0",
    content: {},
    source: "",
  });
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const PLATFORM = {
  tenantId: null,
  subject: "system:test",
  roles: ["platform-admin"],
  via: "api",
  requestId: "t",
} as const;
const ROOT = "/v1/fleet-rollouts";

async function office(slug: string) {
  const tenant = await api.tenant(slug);
  const admin = await api.key(tenant, "tenant-admin");
  const made = await api.ask(admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "after-hours-answering",
    environment: "staging",
    connections: {},
  });
  return { tenant, admin, deploymentId: made.body.id as string };
}

/** An answer must be what the document says. */
function asDocumented(path: string, method: string, answer: Answer): Answer {
  const pointer = `openapi#/paths/${path.replaceAll("/", "~1")}/${method}/responses/${answer.status}/content/application~1json/schema`;
  const isValid = ajv.validate({ $ref: encodeURI(pointer) }, answer.body);
  expect(isValid, `${method} ${path} ${answer.status}: ${ajv.errorsText()} ${JSON.stringify(answer.body)}`).toBe(true);
  return answer;
}

test("from a plan to its end: waves, members, requests; each tenant sees its own part and chooses its place", async () => {
  const [one, two] = [await office("one"), await office("two")];
  const joined = await api.ask(two.admin, "PUT", "/v1/early-access", { isMember: true });
  expect(asDocumented("/v1/early-access", "put", joined).body.items).toEqual([{ deploymentId: null, isMember: true }]);
  await api.ask(platform, "PUT", `/v1/tenants/${one.tenant.id}/tags`, { tags: ["gold"] });

  const wish = { playbook: "after-hours-answering", version: "9.1.0", includesNeverLive: true };
  const plan = asDocumented(`${ROOT}/preview`, "post", await api.ask(platform, "POST", `${ROOT}/preview`, wish));
  expect(
    plan.body.waves.map((wave: { name: string; members: { tenant: string }[] }) => [
      wave.name,
      wave.members[0]?.tenant,
    ]),
  ).toEqual([
    ["early access", "two"],
    ["rest", "one"],
  ]);
  const live = await api.ask(platform, "POST", `${ROOT}/preview`, { ...wish, includesNeverLive: false });
  expect(live.body.leftOut[0]).toMatchObject({
    reason: "never-live",
    text: expect.stringContaining("never been live"),
  });
  const gold = await api.ask(platform, "POST", `${ROOT}/preview`, { ...wish, tenantTags: ["gold"] });
  expect(gold.body.waves).toHaveLength(1);

  const stale = await api.ask(platform, "POST", ROOT, { ...wish, planHash: "0".repeat(64) });
  expect(stale).toMatchObject({ status: 409, body: { code: "plan_stale" } });
  const started = asDocumented(
    ROOT,
    "post",
    await api.ask(platform, "POST", ROOT, { ...wish, planHash: plan.body.hash }),
  );
  const { id } = started.body;
  expect(started.body).toMatchObject({
    state: "running",
    waves: [{ counts: { pending: 1 } }, { counts: { pending: 1 } }],
  });
  expect(asDocumented(ROOT, "get", await api.ask(platform, "GET", ROOT)).body.items).toHaveLength(1);
  const members = await api.ask(platform, "GET", `${ROOT}/${id}/members?state=pending&limit=1`);
  expect(asDocumented(`${ROOT}/{id}/members`, "get", members).body.items[0].deploymentId).toBe(two.deploymentId);
  const rest = await api.ask(platform, "GET", `${ROOT}/${id}/members?cursor=${members.body.next}`);
  expect(rest.body.items.map((member: { deploymentId: string }) => member.deploymentId)).toEqual([one.deploymentId]);

  const own = asDocumented("/v1/fleet-memberships", "get", await api.ask(one.admin, "GET", "/v1/fleet-memberships"));
  expect(own.body.items).toMatchObject([{ deploymentId: one.deploymentId, tenant: "one", name: "desk" }]);
  expect((await api.ask(one.admin, "GET", `${ROOT}/${id}`)).status).toBe(403);

  const paused = await api.ask(platform, "POST", `${ROOT}/${id}/pause`, { reason: "lunch" });
  expect(asDocumented(`${ROOT}/{id}/pause`, "post", paused).body).toMatchObject({
    state: "paused",
    reason: { detail: "lunch" },
  });
  expect((await api.ask(platform, "POST", `${ROOT}/${id}/pause`, {})).body).toMatchObject({
    code: "fleet_refused",
    details: { reason: "paused", state: "paused" },
  });
  const skip = { tenantId: one.tenant.id, reason: "in May" };
  expect((await api.ask(platform, "POST", `${ROOT}/${id}/skip`, skip)).body).toEqual({ skipped: 1 });
  expect((await api.ask(platform, "POST", `${ROOT}/${id}/skip`, skip)).body).toMatchObject({ code: "fleet_refused" });
  expect((await api.ask(platform, "POST", `${ROOT}/${id}/resume`, {})).body.state).toBe("running");
  const aborted = await api.ask(platform, "POST", `${ROOT}/${id}/abort`, { running: "abort" });
  expect(asDocumented(`${ROOT}/{id}/abort`, "post", aborted).body).toMatchObject({ state: "aborting" });
});

test("one that is paused needs a person: an administrator of the platform, and nobody of a tenant", async () => {
  const { tenant, admin } = await office("three");
  const wish = { playbook: "after-hours-answering", version: "9.1.0", includesNeverLive: true, tenantIds: [tenant.id] };
  const { id } = (await api.ask(platform, "POST", ROOT, wish)).body;
  const ada = await firstAdministrator(api);
  const zoe = await invited(api, ada, { email: "zoe@example.org", roles: ["platform-admin"] });
  const vera = await invited(api, ada, { email: "vera@example.org", roles: ["tenant-admin"], tenant: "three" });
  const toldBy = async (answer: Promise<Answer>) =>
    asDocumented("/v1/attention", "get", await answer).body.items.filter(
      ({ kind }: { kind: string }) => kind === "fleet-paused",
    );
  expect(await toldBy(zoe.ask("GET", "/v1/attention"))).toEqual([]);
  await api.ask(platform, "POST", `${ROOT}/${id}/pause`, { reason: "a look first" });
  expect(await toldBy(zoe.ask("GET", "/v1/attention"))).toMatchObject([
    {
      code: "pause-asked",
      detail: "a look first",
      tenant: null,
      deployment: null,
      fleet: { id, version: "9.1.0", pausedBy: expect.stringMatching(/^key:/), failed: 0, through: 0, members: 1 },
    },
  ]);
  expect(await toldBy(ada.ask("GET", "/v1/attention"))).toHaveLength(1);
  expect(await toldBy(vera.ask("GET", "/v1/attention"))).toEqual([]);
  expect(await toldBy(api.ask(admin, "GET", "/v1/attention"))).toEqual([]);
});

test("what is not there or not valid is said", async () => {
  const wish = { playbook: "after-hours-answering", version: "0.0.1" };
  expect((await api.ask(platform, "POST", `${ROOT}/preview`, wish)).body).toMatchObject({ code: "not_found" });
  const rings = [{ name: "all", members: { share: 2 } }];
  expect((await api.ask(platform, "POST", ROOT, { ...wish, rings })).status).toBe(422);
  const nobody = "00000000-0000-7000-8000-000000000000";
  expect((await api.ask(platform, "GET", `${ROOT}/${nobody}`)).status).toBe(404);
  expect((await api.ask(platform, "PUT", `/v1/tenants/${nobody}/tags`, { tags: [] })).status).toBe(404);
});
