import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

const ROLLOUT = "01900000-0000-7000-8000-0000000000e1";
let database: FreshDatabase;
let api: RunningApi;
let keys: Record<"viewer" | "stranger", string>;

const verdict = (booked: number) => ({
  kind: "gathering",
  detail: "5 calls on the new release",
  alarms: [],
  comparisons: [
    { metric: "booked", candidate: booked, baseline: 0.5, candidateSamples: 5, baselineSamples: 9, state: "open" },
  ],
  isReduced: false,
  baseline: "same-hours",
  leftMs: 60_000,
  window: { fromMs: 0, toMs: 1 },
});

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  const tenant = await api.tenant("mine");
  keys = {
    viewer: await api.key(tenant, "viewer"),
    stranger: await api.key(await api.tenant("stranger"), "tenant-admin"),
  };
  const wish = { name: "desk", playbook: "desk", environment: "staging", connections: {} };
  const made = await api.ask(await api.key(tenant, "tenant-admin"), "POST", "/v1/deployments", wish);
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query("SET session_replication_role = replica"); // a rollout without its journal
  await client.query(
    `INSERT INTO rollout (tenant_id, id, deployment_id, phase, policy, bundle_hash, target_slot, memory, engine_version, created_by)
     VALUES ($1, $2, $3, 'succeeded', '{}', 'r', 'blue', '{}', '1', 'key:test')`,
    [tenant.id, ROLLOUT, made.body.id],
  );
  for (const [minute, booked] of [0.1, 0.2, 0.3].entries())
    await client.query(
      "INSERT INTO evidence_look (tenant_id, rollout_id, at, watch, verdict) VALUES ($1, $2, $3, 'baking', $4)",
      [tenant.id, ROLLOUT, `2026-03-01T10:0${minute}:00.123Z`, verdict(booked)],
    );
  await client.end();
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const read = (key: string, query = "", id = ROLLOUT) => api.ask(key, "GET", `/v1/rollouts/${id}/evidence${query}`);

test("looks of a rollout that is over are read from the first on, page by page, although there is no call any more", async () => {
  const first = await read(keys.viewer, "?limit=2");
  expect(first.status).toBe(200);
  expect(first.body.items.map((look: { at: string }) => look.at)).toEqual([
    "2026-03-01T10:00:00.123Z",
    "2026-03-01T10:01:00.123Z",
  ]);
  expect(first.body.items[0]).toMatchObject({ watch: "baking", verdict: verdict(0.1) });
  const rest = await read(keys.viewer, `?limit=2&cursor=${first.body.next}`);
  expect(rest.body).toMatchObject({ items: [{ verdict: verdict(0.3) }], next: null });
});

test("another tenant's rollout is none, and a cursor of somebody else's making is refused", async () => {
  expect((await read(keys.stranger)).status).toBe(404);
  expect((await read(keys.viewer, "", "01900000-0000-7000-8000-0000000000e2")).status).toBe(404);
  expect((await read(keys.viewer, "?cursor=abc")).status).toBe(422);
});
