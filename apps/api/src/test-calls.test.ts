import pg from "pg";
import { openRolloutStore, type WorkerStore } from "@tandem/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let worker: WorkerStore;
let keys: Record<"operator" | "viewer" | "stranger", string>;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  worker = openRolloutStore({ url: database.workerUrl });
  const tenant = await api.tenant("mine");
  const admin = await api.key(tenant, "tenant-admin");
  keys = {
    operator: await api.key(tenant, "operator"),
    viewer: await api.key(tenant, "viewer"),
    stranger: await api.key(await api.tenant("stranger"), "tenant-admin"),
  };
  const made = await api.ask(admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "desk",
    environment: "staging",
    connections: {},
  });
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query("SET session_replication_role = replica");
  await client.query("INSERT INTO release (tenant_id, hash, bundle, max_call_ms) VALUES ($1, 'r', '{}', 1)", [
    tenant.id,
  ]);
  await client.query("UPDATE slot SET bundle_hash = 'r' WHERE deployment_id = $1 AND slot = 'blue'", [made.body.id]);
  await client.end();
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await database.drop();
});

const URL = "/v1/deployments/desk/test-calls";
const ask = (key: string, body: object) => api.ask(key, "POST", URL, body);

test("a test call waits for a worker, one at a time, and is read with what came of it", async () => {
  const asked = await ask(keys.operator, { slot: "blue", script: "A caller asks" });
  expect(asked.status).toBe(202);
  expect(asked.body).toMatchObject({ state: "pending", slot: "blue", script: "A caller asks", result: null });
  expect((await ask(keys.operator, { slot: "blue" })).body.code).toBe("conflict");
  const [command] = await worker.claimCommands("w", 10, 60_000);
  expect(command).toMatchObject({ kind: "test-call", input: { slot: "blue", script: "A caller asks" } });
  if (command === undefined) throw new Error("nothing was left for the worker");
  await worker.finishCheck(command, { slot: "blue", passed: true });
  const read = await api.ask(keys.viewer, "GET", `/v1/test-calls/${asked.body.id}`);
  expect(read.body).toMatchObject({ state: "done", result: { passed: true } });
  const again = await ask(keys.operator, { slot: "blue" });
  const list = await api.ask(keys.viewer, "GET", `${URL}?limit=1`);
  expect(list.body.items).toMatchObject([{ id: again.body.id, script: null }]);
  const rest = await api.ask(keys.viewer, "GET", `${URL}?cursor=${list.body.next}`);
  expect(rest.body.items).toMatchObject([{ id: asked.body.id }]);
});

test("refused is an empty slot, who may only read, and another tenant", async () => {
  expect((await ask(keys.operator, { slot: "green" })).body.code).toBe("conflict");
  expect((await ask(keys.operator, { slot: "red" })).status).toBe(422);
  expect((await ask(keys.viewer, { slot: "blue" })).status).toBe(403);
  expect((await ask(keys.stranger, { slot: "blue" })).status).toBe(404);
  const [mine] = (await api.ask(keys.viewer, "GET", URL)).body.items;
  expect((await api.ask(keys.stranger, "GET", `/v1/test-calls/${mine.id}`)).status).toBe(404);
});
