import { openRolloutStore, type WorkerStore } from "@tandem/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let worker: WorkerStore;
let admin: string;
let viewer: string;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  worker = openRolloutStore({ url: database.workerUrl });
  const tenant = await api.tenant("connected");
  admin = await api.key(tenant, "tenant-admin");
  viewer = await api.key(tenant, "viewer");
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await database.drop();
});

const connect = async (name: string): Promise<string> =>
  (await api.ask(admin, "POST", "/v1/connections", { name, vendor: "hubspot", endpoint: "sandbox" })).body.id;
const standing = async (id: string, key = viewer) => (await api.ask(key, "GET", `/v1/connections/${id}/standing`)).body;
const finishTest = async (
  finish: (command: Awaited<ReturnType<WorkerStore["claimCommands"]>>[number]) => Promise<void>,
) => {
  const [command] = await worker.claimCommands("w", 1, 60_000);
  if (command === undefined) throw new Error("nothing was left for the worker");
  await finish(command);
};

test("a connection stands as its credential, its last test and its deployments say", async () => {
  const id = await connect("crm");
  expect(await standing(id)).toEqual({ connectionId: id, credential: null, lastTest: null, deployments: [] });

  await api.ask(admin, "PUT", `/v1/connections/${id}/credential`, { secrets: { accessToken: "pat-1" } });
  await api.ask(admin, "POST", "/v1/deployments", {
    name: "front-desk",
    playbook: "after-hours-answering",
    environment: "staging",
    connections: { crm: id },
  });
  await api.ask(admin, "POST", `/v1/connections/${id}/test`);
  const pending = await standing(id);
  expect(pending).toMatchObject({
    credential: { version: 1, state: "in-force" },
    lastTest: { state: "pending", finishedAt: null, shown: null },
    deployments: [{ name: "front-desk", environment: "staging", roles: ["crm"] }],
  });
  expect(pending.lastTest.askedBy).toMatch(/^key:/);

  const shown = { account: "1", status: "active", expiresAt: null, grantedScopes: ["a"], missingScopes: ["b"] };
  await finishTest((command) => worker.finishCheck(command, { vendor: "hubspot", ...shown }));
  expect((await standing(id)).lastTest).toMatchObject({ state: "done", shown });

  await api.ask(admin, "POST", `/v1/connections/${id}/test`);
  await finishTest((command) => worker.failCommand(command, "vendor_unauthorized", "HubSpot refused the token."));
  expect((await standing(id)).lastTest).toMatchObject({
    state: "failed",
    shown: null,
    code: "vendor_unauthorized",
    detail: "HubSpot refused the token.",
  });
});

test("the list goes in pages as the list of connections does, and never beyond the tenant", async () => {
  for (const name of ["crm-2", "crm-3"]) await connect(name);
  const connections = (await api.ask(viewer, "GET", "/v1/connections")).body.items.map(({ id }: { id: string }) => id);
  const first = (await api.ask(viewer, "GET", "/v1/connection-standings?limit=2")).body;
  const second = (await api.ask(viewer, "GET", `/v1/connection-standings?limit=2&cursor=${first.next}`)).body;
  const listed = [...first.items, ...second.items].map(({ connectionId }: { connectionId: string }) => connectionId);
  expect(listed).toEqual(connections);
  expect(second.next).toBeNull();
  const stranger = await api.key(await api.tenant("stranger"), "tenant-admin");
  expect((await api.ask(stranger, "GET", "/v1/connection-standings")).body.items).toEqual([]);
  expect((await standing(connections[0], stranger)).code).toBe("not_found");
});

test("a connection is renamed, with an audit row, and never to a name that is taken", async () => {
  const [id] = [await connect("mail-crm"), await connect("taken")];
  const rename = (name: string, key = admin) => api.ask(key, "PATCH", `/v1/connections/${id}`, { name });
  expect((await rename("front-crm")).body).toMatchObject({ id, name: "front-crm", vendor: "hubspot" });
  expect((await rename("front-crm")).status).toBe(200);
  expect((await api.ask(viewer, "GET", `/v1/connections/${id}`)).body.name).toBe("front-crm");
  const taken = await rename("taken");
  expect([taken.status, taken.body.code, taken.body.details]).toEqual([409, "already_exists", { name: "taken" }]);
  expect((await rename("")).body.errors).toMatchObject([{ path: "/name" }]);
  expect((await rename("mine", viewer)).status).toBe(403);
  const stranger = await api.key(await api.tenant("renamer"), "tenant-admin");
  expect((await rename("mine", stranger)).body.code).toBe("not_found");
  const { items } = (await api.ask(admin, "GET", "/v1/audit?limit=50")).body;
  const renamed = items.filter(({ action }: { action: string }) => action === "connection.renamed");
  expect(renamed).toMatchObject([{ object: `connection/${id}` }]);
});
