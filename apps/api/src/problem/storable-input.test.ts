import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../vitest.database.ts";
import { type RunningApi, runApi } from "../testing/running-api.ts";

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

test("what no column can hold is refused with its place, in bodies, addresses and queries", async () => {
  const key = await api.key(await api.tenant("odd"), "tenant-admin");
  const freeze = (reason: string) => ({ endsAt: "2099-01-01T00:00:00.000Z", reason });
  for (const reason of ["a\0b", "half \ud800"]) {
    const { status, body } = await api.ask(key, "POST", "/v1/freezes", freeze(reason));
    expect([status, body.code, body.errors[0].path]).toEqual([422, "invalid_input", "/reason"]);
  }
  for (const url of [
    "/v1/deployments/%00",
    "/v1/deployments/%00/summary",
    "/v1/audit?cursor=%00",
    "/v1/manifests/a%00b",
  ])
    expect((await api.ask(key, "GET", url)).status, url).toBe(422);
  expect((await api.ask(key, "POST", "/v1/freezes", freeze("holidays 漢 \u{1f600}"))).status).toBe(201);
});

test("a member that would be left out in silence is refused", async () => {
  const key = await api.key(await api.tenant("left-out"), "tenant-admin");
  const files = { "manifest.yaml": "a: 1", constructor: null };
  const { status, body } = await api.ask(key, "POST", "/v1/manifests/validate", { files });
  expect([status, body.errors]).toEqual([422, [{ path: "/files/constructor", message: "must have another name" }]]);
});

test("nesting without end is refused", async () => {
  const key = await api.key(await api.tenant("deep"), "tenant-admin");
  for (const depth of [200, 400_000]) {
    const answer = await api.app.inject({
      method: "POST",
      url: "/v1/freezes",
      payload: `{"reason":${"[".repeat(depth)}${"]".repeat(depth)}}`,
      headers: {
        authorization: `Bearer ${key}`,
        "idempotency-key": `deep-${depth}`,
        "content-type": "application/json",
      },
    });
    expect(answer.statusCode).toBe(422);
  }
});

test("whoever may not ask is told so before the input is looked at", async () => {
  const viewer = await api.key(await api.tenant("first-things"), "viewer");
  expect((await api.ask(viewer, "POST", "/v1/freezes", { reason: "\0" })).status).toBe(403);
  expect((await api.ask(null, "POST", "/v1/freezes", { reason: "\0" })).status).toBe(401);
});
