import { randomUUID } from "node:crypto";
import { openSessionWriter } from "@tandem/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

const HOUR_MS = 3_600_000;

let database: FreshDatabase;
let api: RunningApi;
let keys: Record<"viewer" | "stranger", string>;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  const tenant = await api.tenant("mine");
  const admin = await api.key(tenant, "tenant-admin");
  keys = {
    viewer: await api.key(tenant, "viewer"),
    stranger: await api.key(await api.tenant("stranger"), "tenant-admin"),
  };
  const made = await api.ask(admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "desk",
    environment: "staging",
    connections: {},
  });
  await record(tenant.id, made.body.id);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

async function record(tenantId: string, deploymentId: string): Promise<void> {
  const writer = openSessionWriter({ url: database.mediaUrl });
  const sessions = ["booked", "handled", "abandoned"].map((disposition) => ({
    tenantId,
    deploymentId,
    sessionId: randomUUID(),
    callId: "CA1",
    slot: "blue" as const,
    bundleHash: "=cmd|' /C calc'!A1",
    generation: 1,
    kind: "live" as const,
    node: "n1",
    region: "eu-west",
    from: "+15550001111",
    startedAt: new Date(Date.now() - HOUR_MS).toISOString(),
    endedAt: new Date(Date.now() - HOUR_MS + 60_000).toISOString(),
    disposition,
  }));
  await writer.write({ sessions, events: [] });
  await writer.close();
}

const URL = "/v1/deployments/desk/kpi-series";

test("every KPI comes per release with its definition, its samples and its buckets", async () => {
  const { status, body } = await api.ask(keys.viewer, "GET", `${URL}?step=day&timeZone=Asia/Kolkata`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ step: "day", timeZone: "Asia/Kolkata", linesLeftOut: 0, moves: [] });
  expect(body.definitions.map(({ formula }: { formula: string }) => formula)).toEqual([
    "self-serve",
    "handling-time",
    "booked",
    "missed",
    "containment",
    "first-call-resolution",
    "cost-per-call",
  ]);
  expect(body.buckets.every(({ from }: { from: string }) => from.endsWith("T18:30:00.000Z"))).toBe(true);
  expect(body.buckets.at(-1).isComplete).toBe(false);
  const [line] = body.lines;
  expect(line).toMatchObject({ calls: 3, playbook: null });
  const points = (name: string) => line.kpis.find(({ formula }: { formula: string }) => formula === name).points;
  expect(points("self-serve")).toMatchObject([{ value: 1, sampleSize: 2 }]);
  expect(points("missed")[0].value).toBeCloseTo(1 / 3);
  expect(points("first-call-resolution")).toEqual([]);
  // The release is not kept: nothing of its calls has a price.
  expect(points("cost-per-call")).toMatchObject([{ value: null, sampleSize: 0, unknown: 2 }]);
});

test("a playbook's series stands over the tenant's deployments", async () => {
  const mine = await api.ask(keys.viewer, "GET", "/v1/kpi-series?playbook=desk&step=hour");
  expect(mine.body).toMatchObject({ playbook: "desk", deploymentId: null, lines: [{ calls: 3, release: null }] });
  const theirs = await api.ask(keys.stranger, "GET", "/v1/kpi-series?playbook=desk&step=hour");
  expect(theirs.body.lines).toEqual([]);
});

test("as a table, no cell is a formula", async () => {
  const { status, headers, body } = await api.ask(keys.viewer, "GET", `${URL}?format=csv`);
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
  const [header, ...lines] = String(body).trimEnd().split("\r\n");
  expect(header).toBe("from,to,complete,time_zone,release,playbook,kpi,unit,value,sample_size,unknown");
  expect(lines).toHaveLength(6);
  expect(lines.every((line) => line.includes(",'=cmd|' /C calc'!A1,"))).toBe(true);
});

describe("refused is", () => {
  test.each([
    ["a span of more than 400 buckets", "step=hour&from=2026-01-01T00:00:00.000Z&to=2026-03-01T00:00:00.000Z"],
    ["an empty span", "from=2026-03-01T00:00:00.000Z&to=2026-03-01T00:00:00.000Z"],
    ["an unknown time zone", "timeZone=Mars/Olympus"],
    ["an unknown step", "step=minute"],
  ])("%s", async (_, query) => {
    const { status, body } = await api.ask(keys.viewer, "GET", `${URL}?${query}`);
    expect([status, body.code]).toEqual([422, "invalid_input"]);
  });

  test("another tenant's deployment", async () => {
    expect((await api.ask(keys.stranger, "GET", URL)).status).toBe(404);
  });
});
