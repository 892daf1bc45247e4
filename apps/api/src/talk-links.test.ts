// Addresses to talk at, as far as the API goes on a database of its own; what a media node answers with is in apps/media (talk-link.test.ts),
// and both together in test/ui/calls.test.ts.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { Secret } from "@tandem/kernel";
import { verifyTicket } from "@tandem/secrets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

const KEY = "talk-key-of-this-test";
const PATH = "/v1/deployments/desk/talk-links";
let database: FreshDatabase;
let api: RunningApi;
let keys: Record<"operator" | "viewer" | "auditor" | "stranger", string>;
let deploymentId: string;
let tenantId: string;
let answer: { status: number; body: unknown };
const asked: { path: string; token: string }[] = [];

const node = createServer((request, reply) => {
  asked.push({ path: request.url ?? "", token: (request.headers.authorization ?? "").replace("Bearer ", "") });
  reply.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
});
const expiresAt = "2026-11-28T12:01:00.000Z";
const address = "https://voice.example/talk#key.claims.signature";

beforeAll(async () => {
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  database = await freshDatabase();
  api = await runApi(database.appUrl, {
    TANDEM_TALK_KEY: KEY,
    TANDEM_MEDIA_URL: `http://127.0.0.1:${(node.address() as AddressInfo).port}`,
  });
  const tenant = await api.tenant("mine");
  tenantId = tenant.id;
  keys = {
    operator: await api.key(tenant, "operator"),
    viewer: await api.key(tenant, "viewer"),
    auditor: await api.key(tenant, "auditor"),
    stranger: await api.key(await api.tenant("stranger"), "tenant-admin"),
  };
  const wish = { name: "desk", playbook: "desk", environment: "staging", connections: {} };
  deploymentId = (await api.ask(await api.key(tenant, "tenant-admin"), "POST", "/v1/deployments", wish)).body.id;
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query("SET session_replication_role = replica");
  await client.query("INSERT INTO release (tenant_id, hash, bundle, max_call_ms) VALUES ($1, 'r', '{}', 1)", [
    tenantId,
  ]);
  await client.query("UPDATE slot SET bundle_hash = 'r' WHERE deployment_id = $1 AND slot = 'blue'", [deploymentId]);
  await client.end();
});
afterAll(async () => {
  await api.close();
  await database.drop();
  node.closeAllConnections();
  node.close();
});

const ask = (key: string, body: object, headers = {}) => api.ask(key, "POST", PATH, body, headers);
const made = async () =>
  (await api.ask(keys.auditor, "GET", "/v1/audit?action=talk-link.made")).body.items as { object: string }[];

test("an operator is given an address that the node signed; it is written down, and shown once", async () => {
  answer = { status: 200, body: { address, expiresAt } };
  const once = { "idempotency-key": "talk-1" };
  const first = await ask(keys.operator, { slot: "blue" }, once);
  expect([first.status, first.body]).toEqual([201, { slot: "blue", address, expiresAt }]);
  expect(asked.at(-1)?.path).toBe("/talk/link");
  const claims = verifyTicket(new Secret(KEY), "talk", asked.at(-1)?.token ?? "", Date.now());
  expect(claims).toEqual({ tenantId, deploymentId, slot: "blue" });
  const again = await ask(keys.operator, { slot: "blue" }, once);
  expect([again.status, again.body]).toEqual([201, { slot: "blue", address: null, expiresAt }]);
  expect(await made()).toMatchObject([{ object: `deployment/${deploymentId}`, actor: expect.stringMatching(/^key:/) }]);
});

test("refused is who may place no call, an empty slot, and another tenant; no node is asked", async () => {
  const before = asked.length;
  expect((await ask(keys.viewer, { slot: "blue" })).status).toBe(403);
  expect((await ask(keys.stranger, { slot: "blue" })).status).toBe(404);
  expect((await ask(keys.operator, { slot: "red" })).status).toBe(422);
  expect((await ask(keys.operator, { slot: "green" })).body).toMatchObject({ status: 409, code: "conflict" });
  expect(asked).toHaveLength(before);
});

test("what the node refuses, and a node that does not answer, are said; nothing is written down", async () => {
  const before = (await made()).length;
  answer = { status: 409, body: { reason: "hosted" } };
  expect((await ask(keys.operator, { slot: "blue" })).body).toMatchObject({
    code: "conflict",
    detail: expect.stringContaining("hosted by its vendor"),
  });
  for (const status of [404, 409, 200]) {
    answer = { status, body: {} };
    expect((await ask(keys.operator, { slot: "blue" })).body).toMatchObject({ status: 503, code: "media_unavailable" });
  }
  node.closeAllConnections();
  await new Promise((resolve) => node.close(resolve));
  expect((await ask(keys.operator, { slot: "blue" })).body).toMatchObject({ status: 503, code: "media_unavailable" });
  expect(await made()).toHaveLength(before);
});
