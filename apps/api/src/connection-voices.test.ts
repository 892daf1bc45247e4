import { openRolloutStore, type WorkerStore } from "@tandem/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let worker: WorkerStore;
let admin: string;
let author: string;
let viewer: string;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  worker = openRolloutStore({ url: database.workerUrl });
  const tenant = await api.tenant("spoken-for");
  admin = await api.key(tenant, "tenant-admin");
  author = await api.key(tenant, "author");
  viewer = await api.key(tenant, "viewer");
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await database.drop();
});

const connect = async (name: string, vendor: string): Promise<string> =>
  (await api.ask(admin, "POST", "/v1/connections", { name, vendor, endpoint: "sandbox" })).body.id;
const known = async (id: string, key = viewer) => (await api.ask(key, "GET", `/v1/connections/${id}/voices`)).body;
const look = (id: string, key = author) => api.ask(key, "POST", `/v1/connections/${id}/voices`);
async function claimed() {
  const [command] = await worker.claimCommands("w", 1, 60_000);
  if (command === undefined) throw new Error("nothing was left for the worker");
  return command;
}

test("voices are what a worker read last; a look that fails is told beside them", async () => {
  const id = await connect("voice", "cartesia");
  expect(await known(id)).toEqual({ isListed: true, asOf: null, voices: [], isWhole: true, look: null });

  const asked = await look(id);
  expect(asked.status).toBe(202);
  expect((await look(id)).body).toEqual(asked.body);
  expect((await known(id)).look).toMatchObject({ state: "pending", checkId: asked.body.checkId, code: null });
  const command = await claimed();
  expect(command).toMatchObject({ kind: "list-voices", subjectId: id });
  const voice = { id: "v-1", name: "Ada", language: "en", note: "feminine", previewUrl: null };
  await worker.finishCheck(command, { voices: [voice], isWhole: false });
  expect(await known(id)).toMatchObject({
    asOf: expect.any(String),
    voices: [voice],
    isWhole: false,
    look: { state: "done" },
  });

  await look(id);
  await worker.failCommand(await claimed(), "vendor_unauthorized", "cartesia refused the key.");
  expect(await known(id)).toMatchObject({
    voices: [voice],
    look: { state: "failed", code: "vendor_unauthorized", detail: "cartesia refused the key." },
  });
});

test("what an older worker leaves is no list", async () => {
  const id = await connect("voice-0", "retell");
  await look(id);
  await worker.finishCheck(await claimed(), { vendor: "retell", account: "demo", status: "active" });
  expect(await known(id)).toMatchObject({ asOf: null, voices: [], look: { state: "done" } });
});

test("who may only read does not ask the vendor, and nobody beyond the tenant sees anything", async () => {
  const id = await connect("voice-2", "elevenlabs");
  expect((await look(id, viewer)).status).toBe(403);
  const stranger = await api.key(await api.tenant("unspoken"), "tenant-admin");
  expect((await known(id, stranger)).code).toBe("not_found");
  expect((await look(id, stranger)).body.code).toBe("not_found");
});

test("a vendor that tells no voices is not asked", async () => {
  const id = await connect("crm", "hubspot");
  expect(await known(id)).toMatchObject({ isListed: false, voices: [] });
  const { status, body } = await look(id);
  expect([status, body.code]).toEqual([422, "invalid_input"]);
});

test("every look is in the audit log", async () => {
  const { items } = (await api.ask(admin, "GET", "/v1/audit?limit=50")).body;
  const looks = items.filter(({ action }: { action: string }) => action === "list-voices.requested");
  expect(looks).toHaveLength(3);
  expect(looks[0].object).toMatch(/^connection\//);
});
