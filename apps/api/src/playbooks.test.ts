import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { playbookFiles } from "./testing/playbook-files.ts";
import { firstAdministrator, invited } from "./testing/first-administrator.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let admin: string;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  admin = await api.key(await api.tenant("publishing"), "tenant-admin", "author", "auditor");
  const publish = async (change?: (manifest: string) => string) => {
    const { status, body } = await api.ask(admin, "POST", "/v1/manifests", {
      files: playbookFiles("after-hours-answering", change),
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
  };
  await publish();
  await publish((text) =>
    text
      .replace("version: 1.1.0", "version: 1.2.0")
      .replace("label: Ring for", "label: Ring the staff for")
      .replace("greeting: How can I help you?", "greeting: What can I do for you?"),
  );
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

test("playbooks are listed with their last version and how many deployments are made for them", async () => {
  await api.ask(admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "after-hours-answering",
    environment: "staging",
    connections: {},
  });
  const { items, next } = (await api.ask(admin, "GET", "/v1/playbooks")).body;
  expect([items, next]).toMatchObject([
    [
      {
        name: "after-hours-answering",
        title: "After-hours answering",
        lastVersion: "1.2.0",
        versions: 2,
        deployments: 1,
      },
    ],
    null,
  ]);
  const stranger = await api.key(await api.tenant("stranger"), "viewer");
  expect((await api.ask(stranger, "GET", "/v1/playbooks")).body.items).toEqual([]);
});

test("versions say who published them and when, and who runs them", async () => {
  const { versions } = (await api.ask(admin, "GET", "/v1/playbooks/after-hours-answering")).body;
  expect(
    versions.map(({ version, deployments }: { version: string; deployments: number }) => [version, deployments]),
  ).toEqual([
    ["1.2.0", 0],
    ["1.1.0", 0],
  ]);
  expect(versions[0].publishedBy).toBe(`key:${admin.split("_")[2]}`);
  expect((await api.ask(admin, "GET", "/v1/playbooks/nothing")).status).toBe(404);
});

test("two versions are compared by what matters and place by place", async () => {
  const url = "/v1/playbooks/after-hours-answering/compare";
  const { status, body } = await api.ask(admin, "GET", `${url}?from=1.1.0&to=1.2.0`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.changes).toContainEqual({
    path: "parameters.ringSeconds.label",
    section: "parameters",
    change: "changed",
    before: "Ring for",
    after: "Ring the staff for",
  });
  expect(body.changes.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(["version", "conversation.greeting"]),
  );
  expect(body.differences.every(({ isBreaking }: { isBreaking: boolean }) => !isBreaking)).toBe(true);
  expect([body.from.version, body.to.version]).toEqual(["1.1.0", "1.2.0"]);
  expect((await api.ask(admin, "GET", `${url}?from=1.1.0&to=9.9.9`)).status).toBe(404);
});

test("without a tenant the platform reads the library and nobody's own", async () => {
  const key = await api.key(null, "platform-admin");
  const ada = await firstAdministrator(api);
  const walter = await invited(api, ada, { email: "walter@example.org", roles: ["platform-admin"] });
  const files = playbookFiles("lead-qualifier");
  expect((await api.ask(key, "POST", "/v1/manifests", { files })).status).toBe(201);
  for (const ask of [(url: string) => api.ask(key, "GET", url), (url: string) => walter.ask("GET", url)]) {
    expect((await ask("/v1/playbooks")).body.items).toMatchObject([{ name: "lead-qualifier", isLibrary: true }]);
    const { status, body } = await ask("/v1/playbooks/lead-qualifier");
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.versions).toMatchObject([{ isLibrary: true, deployments: 0 }]);
    const { version } = body.versions[0];
    expect((await ask(`/v1/playbooks/lead-qualifier/compare?from=${version}&to=${version}`)).status).toBe(200);
    expect((await ask("/v1/manifests/lead-qualifier")).body).toMatchObject({ playbook: "lead-qualifier", version });
    expect((await ask("/v1/playbooks/after-hours-answering")).status).toBe(404);
    expect((await ask("/v1/manifests/after-hours-answering")).status).toBe(404);
    expect((await ask("/v1/deployments")).status).toBe(403);
  }
});

test("the audit log is searched by actor, action, object, time and text", async () => {
  const search = async (query: string) => (await api.ask(admin, "GET", `/v1/audit?${query}`)).body.items;
  expect((await search("action=manifest")).length).toBe(2);
  expect((await search("action=manifest.published&text=deployment")).length).toBe(0);
  expect((await search(`actor=key:${admin.split("_")[2]}&object=deployment`)).length).toBe(1);
  expect((await search("to=2000-01-01T00:00:00.000Z")).length).toBe(0);
  expect((await api.ask(admin, "GET", "/v1/audit?from=yesterday")).status).toBe(422);
});
