import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const BELIEVED_MS = 1000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("while a tenant is suspended its keys read and export, and change nothing; another tenant's do as before", async () => {
  const [mine, other] = [await api.tenant("mine"), await api.tenant("other")];
  const [platform, key, others] = [
    await api.key(null, "platform-admin"),
    await api.key(mine, "tenant-admin"),
    await api.key(other, "tenant-admin"),
  ];
  const change = (name: string) => api.ask(platform, "POST", `/v1/tenants/${mine.id}/${name}`, { reason: "unpaid" });
  expect((await change("suspend")).body).toMatchObject({ status: "suspended" });
  await pause(BELIEVED_MS);
  for (const url of ["/v1/deployments", "/v1/audit", "/v1/connections", `/v1/tenants/${mine.id}`])
    expect((await api.ask(key, "GET", url)).status, url).toBe(200);
  expect((await api.ask(key, "GET", "/v1/audit/export")).status).not.toBe(403);
  const connection = { name: "crm", vendor: "hubspot" };
  const refused = await api.ask(key, "POST", "/v1/connections", connection);
  expect([refused.status, refused.body.code]).toEqual([403, "tenant_suspended"]);
  expect((await api.ask(others, "POST", "/v1/connections", connection)).status).toBe(201);
  expect((await change("reactivate")).body).toMatchObject({ status: "active" });
  await pause(BELIEVED_MS);
  expect((await api.ask(key, "POST", "/v1/connections", connection)).status).toBe(201);
});

test("a tenant's administrator plans, begins and stops its own way out by its typed name; another's is not there", async () => {
  const [mine, other] = [await api.tenant("leaving"), await api.tenant("stranger")];
  const [admin, viewer, stranger] = [
    await api.key(mine, "tenant-admin"),
    await api.key(mine, "viewer"),
    await api.key(other, "tenant-admin"),
  ];
  const path = `/v1/tenants/${mine.id}/off-boarding`;
  expect((await api.ask(admin, "GET", `${path}/plan`)).body).toMatchObject({ confirm: "leaving", liveCalls: 0 });
  expect((await api.ask(admin, "GET", path)).status).toBe(404);
  const wish = { confirm: "leaving", reason: "we move" };
  expect((await api.ask(stranger, "POST", path, wish)).status).toBe(404);
  expect((await api.ask(viewer, "POST", path, wish)).status).toBe(403);
  const wrong = await api.ask(admin, "POST", path, { ...wish, confirm: "Leaving" });
  expect([wrong.status, wrong.body.code]).toEqual([422, "confirmation_missing"]);
  expect((await api.ask(admin, "POST", path, wish)).body).toMatchObject({ phase: "stopping", why: "we move" });
  expect((await api.ask(admin, "POST", path, wish)).status).toBe(409);
  await pause(BELIEVED_MS);
  expect((await api.ask(admin, "POST", `${path}/stop`, { reason: "we stay" })).body).toMatchObject({
    phase: "stopped",
  });
  expect((await api.ask(admin, "GET", `/v1/tenants/${mine.id}`)).body).toMatchObject({ status: "active" });
});
