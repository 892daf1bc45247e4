import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let admin: string;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  admin = await api.key(await api.tenant("acme"), "tenant-admin");
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const twilio = () => ({
  name: `twilio-${randomUUID().slice(0, 8)}`,
  vendor: "twilio",
  endpoint: "sandbox",
  config: { accountSid: "AC5a0dbeefd3a0000000000000000000a1" },
});
const deployment = () => ({
  name: `d-${randomUUID().slice(0, 8)}`,
  playbook: "after-hours-answering",
  environment: "development",
  connections: {},
});

test("every kind of bad input is a problem document that names the place", async () => {
  const cases = [
    [await api.ask(admin, "GET", "/v1/nowhere"), 404, "not_found"],
    [
      await api.ask(admin, "POST", "/v1/connections", "{", { "content-type": "application/json" }),
      400,
      "malformed_body",
    ],
    [
      await api.ask(admin, "POST", "/v1/connections", "<x/>", { "content-type": "application/xml" }),
      415,
      "unsupported_media_type",
    ],
    [await api.ask(admin, "POST", "/v1/connections", { vendor: "twilio", surprise: 1 }), 422, "invalid_input"],
    [await api.ask(admin, "GET", "/v1/rollouts/not-a-uuid"), 422, "invalid_input"],
    [await api.ask(admin, "GET", "/v1/deployments?limit=0"), 422, "invalid_input"],
    [
      await api.ask(admin, "POST", "/v1/manifests", { files: { "manifest.yaml": "x".repeat(1_100_000) } }),
      413,
      "payload_too_large",
    ],
  ] as const;
  for (const [answer, status, code] of cases) {
    expect(answer.body).toMatchObject({ status, code, fix: expect.any(String), instance: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  }
  expect(cases[3][0].body.errors.map((place: { path: string }) => place.path).toSorted()).toEqual(["", "/name"]);
});

test("an unknown vendor, config or secret is refused with the known ones", async () => {
  expect(
    (await api.ask(admin, "POST", "/v1/connections", { ...twilio(), vendor: "acme-phones" })).body.detail,
  ).toContain("twilio");
  expect(
    (await api.ask(admin, "POST", "/v1/connections", { ...twilio(), config: { accountSid: "nope" } })).body.errors[0]
      .path,
  ).toBe("/config/accountSid");
  const { body: connection } = await api.ask(admin, "POST", "/v1/connections", twilio());
  const answer = await api.ask(admin, "PUT", `/v1/connections/${connection.id}/credential`, {
    secrets: { password: "canary-1" },
  });
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body)).not.toContain("canary-1");
});

test("a credential is stored sealed, versioned, and nobody reads it back", async () => {
  const { body: connection } = await api.ask(admin, "POST", "/v1/connections", twilio());
  for (const version of [1, 2]) {
    const stored = await api.ask(admin, "PUT", `/v1/connections/${connection.id}/credential`, {
      secrets: { authToken: `canary-${version}` },
    });
    expect(stored.body).toEqual({ version });
  }
  const { body } = await api.ask(admin, "GET", `/v1/connections/${connection.id}`);
  expect(body).toMatchObject({ credentialVersion: 2 });
  expect(JSON.stringify(body)).not.toContain("canary");
});

test("every POST needs an Idempotency-Key, and the same key gives the same answer once", async () => {
  const body = deployment();
  const missing = await api.app.inject({
    method: "POST",
    url: "/v1/deployments",
    payload: body,
    headers: { authorization: `Bearer ${admin}` },
  });
  expect(missing.json()).toMatchObject({ code: "idempotency_key_missing" });
  const key = { "idempotency-key": randomUUID() };
  const first = await api.ask(admin, "POST", "/v1/deployments", body, key);
  const again = await api.ask(admin, "POST", "/v1/deployments", body, key);
  expect(first.status).toBe(201);
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers["idempotency-replayed"]).toBe("true");
  expect((await api.ask(admin, "POST", "/v1/deployments", deployment(), key)).body).toMatchObject({
    code: "idempotency_mismatch",
  });
  const { body: list } = await api.ask(admin, "GET", "/v1/deployments?limit=200");
  expect(list.items.filter((item: { name: string }) => item.name === body.name)).toHaveLength(1);
});

test("the same POST twenty times at once has one effect", async () => {
  const body = deployment();
  const key = { "idempotency-key": randomUUID() };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.ask(admin, "POST", "/v1/deployments", body, key)),
  );
  const ids = new Set(answers.filter(({ status }) => status === 201).map((answer) => answer.body.id));
  expect(ids.size).toBe(1);
  for (const { status, body: problem } of answers)
    if (status !== 201) expect(problem.code).toBe("idempotency_in_flight");
});

test("a configuration changes only with the ETag that was read", async () => {
  const { body: made } = await api.ask(admin, "POST", "/v1/deployments", deployment());
  const url = `/v1/deployments/${made.id}/configuration`;
  const read = await api.ask(admin, "GET", url);
  const change = { number: null, connections: {}, overlay: { voice: "x" } };
  expect((await api.ask(admin, "PUT", url, change)).body).toMatchObject({ code: "precondition_required", status: 428 });
  const etag = read.headers["etag"] ?? "";
  const changed = await api.ask(admin, "PUT", url, change, { "if-match": etag });
  expect(changed.status).toBe(200);
  expect(changed.headers["etag"]).not.toBe(etag);
  expect((await api.ask(admin, "PUT", url, change, { "if-match": etag })).body).toMatchObject({
    code: "precondition_failed",
    status: 412,
  });
});

test("the summary of a deployment is what the list shows of it, by id and by name", async () => {
  const { body: made } = await api.ask(admin, "POST", "/v1/deployments", deployment());
  const { body: list } = await api.ask(admin, "GET", "/v1/deployments?limit=200");
  const shown = list.items.find((item: { id: string }) => item.id === made.id);
  for (const reference of [made.id, made.name]) {
    const summary = await api.ask(admin, "GET", `/v1/deployments/${reference}/summary`);
    expect(summary).toMatchObject({ status: 200, body: shown });
    expect(Object.keys(summary.body)).toEqual(Object.keys(shown));
    expect(Object.keys(summary.body.pointer)).toEqual(Object.keys(shown.pointer));
    expect(summary.headers["content-type"]).toBe("application/json; charset=utf-8");
  }
});

test("another tenant's things are not there", async () => {
  const other = await api.key(await api.tenant("globex"), "tenant-admin");
  const { body: made } = await api.ask(admin, "POST", "/v1/deployments", deployment());
  const { body: connection } = await api.ask(admin, "POST", "/v1/connections", twilio());
  for (const [method, url] of [
    ["GET", `/v1/deployments/${made.id}`],
    ["GET", `/v1/deployments/${made.name}`],
    ["GET", `/v1/deployments/${made.id}/summary`],
    ["GET", `/v1/deployments/${made.id}/sessions`],
    ["GET", `/v1/connections/${connection.id}`],
    ["POST", `/v1/deployments/${made.id}/rollback`],
    ["POST", `/v1/deployments/${made.id}/divert`],
    ["POST", `/v1/connections/${connection.id}/test`],
  ] as const) {
    const strange = await api.ask(other, method, url, method === "POST" ? {} : undefined);
    expect(strange.status, url).toBe(404);
  }
  expect((await api.ask(other, "GET", "/v1/deployments")).body.items).toEqual([]);
  expect(
    (await api.ask(other, "POST", "/v1/deployments", { ...deployment(), connections: { telephony: connection.id } }))
      .status,
  ).toBeGreaterThanOrEqual(400);
});

test("lists are paged by cursor without loss or repetition", async () => {
  const pager = await api.key(await api.tenant("pages"), "tenant-admin");
  const names = new Set<string>();
  for (let i = 0; i < 7; i++) names.add((await api.ask(pager, "POST", "/v1/deployments", deployment())).body.name);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { body } = await api.ask(
      pager,
      "GET",
      `/v1/deployments?limit=3${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    seen.push(...body.items.map((item: { name: string }) => item.name));
    cursor = body.next;
  } while (cursor !== null);
  expect(seen.toSorted()).toEqual([...names].toSorted());
  expect((await api.ask(pager, "GET", "/v1/deployments?cursor=nonsense")).status).toBe(422);
});

test("a name that two deployments share is refused with the choices, and the long form finds each", async () => {
  const key = await api.key(await api.tenant("names"), "tenant-admin");
  for (const environment of ["staging", "production"]) {
    await api.ask(key, "POST", "/v1/deployments", { ...deployment(), name: "office", environment });
  }
  expect((await api.ask(key, "GET", "/v1/deployments/office")).status).toBe(409);
  const reference = encodeURIComponent("after-hours-answering/production/office");
  expect((await api.ask(key, "GET", `/v1/deployments/${reference}`)).body).toMatchObject({ environment: "production" });
});

test("a published version is immutable, and a breaking change needs a major version", async () => {
  const author = await api.key(await api.tenant("authors"), "author");
  const folder = join(import.meta.dirname, "../../../playbooks/after-hours-answering");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(manifest\.yaml|prompts.+\.md|smoke.+\.yaml)$/.test(name),
  );
  const files = Object.fromEntries(
    names.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]),
  );
  const publish = (change: (manifest: string) => string) =>
    api.ask(author, "POST", "/v1/manifests", {
      files: { ...files, "manifest.yaml": change(files["manifest.yaml"] ?? "") },
    });
  expect((await publish((text) => text)).status).toBe(201);
  expect((await publish((text) => text)).status).toBe(201);
  expect((await publish((text) => text.replace("After-hours answering", "Renamed"))).body).toMatchObject({
    code: "version_published",
  });
  const breaking = (text: string) => text.replaceAll("callbackMinutes", "callBackMinutes");
  expect((await publish((text) => breaking(text).replace("version: 1.1.0", "version: 1.1.1"))).body).toMatchObject({
    code: "manifest_invalid",
  });
  expect((await publish((text) => text.replace("version: 1.1.0", "version: 1.1.1"))).status).toBe(201);
});

test("every change leaves its audit row", async () => {
  const auditor = await api.key(await api.tenant("audited"), "tenant-admin");
  await api.ask(auditor, "POST", "/v1/deployments", deployment());
  await api.ask(auditor, "POST", "/v1/connections", twilio());
  const { body } = await api.ask(auditor, "GET", "/v1/audit?limit=100");
  const actions = body.items.map((row: { action: string }) => row.action);
  expect(actions.some((action: string) => action.startsWith("deployment."))).toBe(true);
  expect(actions.some((action: string) => action.startsWith("connection."))).toBe(true);
  expect(body.items.every((row: { actor: string }) => /^(key:|system:)/.test(row.actor))).toBe(true);
});

test("the answers carry no cache, sniff or frame permission", async () => {
  const { headers } = await api.ask(admin, "GET", "/v1/deployments");
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
});
