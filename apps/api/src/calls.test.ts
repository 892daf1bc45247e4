import { randomUUID } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSessionWriter } from "@tandem/store";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

const CALL = randomUUID();
const NOW_MS = Date.now();
const provider = (name: string, model: string) => [{ provider: name, model, settings: {} }];
const bundle = {
  playbook: { name: "desk", version: "1.2.0", manifestHash: "m" },
  agent: { kind: "tandem" },
  latency: { profile: "enterprise-700", endToEndMs: 700 },
  connections: { telephony: { connectionId: "c", vendor: "twilio", requiredScopes: [] } },
  providers: {
    stt: provider("deepgram", "nova-3"),
    llm: provider("openai", "gpt-4.1"),
    tts: provider("cartesia", "sonic-3"),
  },
  kpis: [
    { name: "booked", unit: "count", window: "day", formula: "booked", goodDirection: "up" },
    { name: "cost", unit: "currency", window: "week", formula: "cost-per-call", goodDirection: "down" },
  ],
};
const turn = {
  turn: 1,
  objective: "greet",
  callerText: "I am [name]",
  agentText: "Hello [name]",
  wasInterrupted: false,
  wasSpeculative: true,
  discarded: 0,
  latency: { transcribeMs: 50, endOfTurnMs: 0, modelMs: 75, speechMs: 60, sendMs: 5, networkMs: 20, totalMs: 210 },
  source: "measured",
  providers: { stt: "deepgram", llm: "openai", tts: "cartesia" },
  retries: 0,
  confidence: 0.9,
  callerLevelDb: -20,
  lossRatio: 0,
  tools: [{ tool: "book", outcome: "success", durationMs: 300, isSpeculative: false }],
  longestSilenceMs: 0,
  tokens: { input: 1000, output: 100 },
  spokenCharacters: 100,
};

let database: FreshDatabase;
let api: RunningApi;
let keys: Record<"admin" | "viewer" | "auditor" | "stranger", string>;
let deploymentId: string;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl, {
    TANDEM_PRICES: JSON.stringify([
      {
        kind: "tts",
        provider: "cartesia",
        model: "sonic-3",
        microsPerMillionCharacters: 10_000_000,
        source: "contract",
        basis: "operator",
        readOn: "2026-11-01",
      },
    ]),
  });
  const tenant = await api.tenant("mine");
  keys = {
    admin: await api.key(tenant, "tenant-admin"),
    viewer: await api.key(tenant, "viewer"),
    auditor: await api.key(tenant, "auditor"),
    stranger: await api.key(await api.tenant("stranger"), "tenant-admin"),
  };
  const made = await api.ask(keys.admin, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "desk",
    environment: "staging",
    connections: {},
  });
  deploymentId = made.body.id;
  await serve(tenant.id);
  await recordCalls(tenant.id);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

/** The release `new` is live on blue. */
async function serve(tenantId: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  // No triggers: the pointer moves here without a rollout and its history.
  await client.query("SET session_replication_role = replica");
  for (const hash of ["new", "old"])
    await client.query("INSERT INTO release (tenant_id, hash, bundle, max_call_ms) VALUES ($1, $2, $3, 1)", [
      tenantId,
      hash,
      bundle,
    ]);
  await client.query(
    "UPDATE slot SET bundle_hash = 'new', state = 'active' WHERE deployment_id = $1 AND slot = 'blue'",
    [deploymentId],
  );
  await client.query("UPDATE deployment SET pointer_active = 'blue', generation = 1 WHERE id = $1", [deploymentId]);
  await client.end();
}

async function recordCalls(tenantId: string): Promise<void> {
  const writer = openSessionWriter({ url: database.mediaUrl });
  const call = (sessionId: string, bundleHash: string, agoMs: number, disposition: string) => ({
    sessions: [
      {
        tenantId,
        deploymentId,
        sessionId,
        callId: "CA1",
        slot: "blue" as const,
        bundleHash,
        generation: 1,
        kind: "live" as const,
        node: "n1",
        region: "eu-west",
        from: "+15550001111",
        startedAt: new Date(NOW_MS - agoMs).toISOString(),
        endedAt: new Date(NOW_MS - agoMs + 60_000).toISOString(),
        disposition,
      },
    ],
    events: [
      ["stream-started", {}],
      ["turn-ended", turn],
      ["breaker-opened", { kind: "tts", provider: "cartesia" }],
      ["call-metrics", { silences: 1, turns: 1 }],
      ["stream-ended", { seconds: 60 }],
    ].map(([type, payload], index) => ({
      tenantId,
      deploymentId,
      sessionId,
      seq: index + 1,
      at: new Date(NOW_MS - agoMs + index).toISOString(),
      type: type as string,
      payload: payload as { readonly turn: number },
    })),
  });
  await writer.write(call(CALL, "new", 3_600_000, "booked"));
  await writer.write(call(randomUUID(), "old", 5 * 86_400_000, "dropped"));
  await writer.close();
}

const get = (key: string, path: string) => api.ask(key, "GET", path);

describe("a call", () => {
  test("shows its turns, tools, parts of latency, totals, cost and trace id", async () => {
    const { status, body } = await get(keys.admin, `/v1/sessions/${CALL}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: CALL,
      region: "eu-west",
      traceId: CALL.replaceAll("-", ""),
      disposition: "booked",
      transcript: "included",
      turns: [{ ...turn, at: new Date(NOW_MS - 3_600_000 + 1).toISOString() }],
      metrics: { silences: 1 },
      release: { playbook: "desk@1.2.0", targetMs: 700 },
    });
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual([
      "stream-started",
      "breaker-opened",
      "call-metrics",
      "stream-ended",
    ]);
    // Carrier and stream, STT and LLM by the list, TTS by the operator's own price.
    expect(body.cost).toEqual({ costMicros: 8500 + 4000 + 7700 + 2000 + 800 + 1000, unknown: [] });
  });

  test("gives its words to nobody who may only read, and nothing to another tenant", async () => {
    for (const key of [keys.viewer, keys.auditor]) {
      const { body } = await get(key, `/v1/sessions/${CALL}`);
      expect(body.transcript).toBe("withheld");
      expect(JSON.stringify(body)).not.toContain("[name]");
      expect(JSON.stringify(body)).not.toContain("+1555");
      expect(body.turns[0].latency.totalMs).toBe(210);
    }
    for (const path of [`/v1/sessions/${CALL}`, `/v1/deployments/${deploymentId}/kpis`]) {
      expect((await get(keys.stranger, path)).status).toBe(404);
    }
    expect((await get(keys.stranger, "/v1/latency")).body.measured).toEqual([]);
  });

  test("is found by what it was", async () => {
    const found = async (query: string) =>
      (await get(keys.viewer, `/v1/deployments/desk/sessions?${query}`)).body.items.length;
    expect(await found("")).toBe(2);
    expect(await found("outcome=booked&slot=blue&kind=live")).toBe(1);
    expect(await found("region=eu-west&state=ended")).toBe(await found("limit=50"));
    expect(await found("region=us-east")).toBe(0);
    expect(await found("state=live")).toBe(0);
    expect(await found(`call=${CALL.slice(0, 12)}`)).toBe(1);
    expect(await found("call=%25A1")).toBe(0);
    expect(await found("release=old")).toBe(1);
    expect(await found(`from=${new Date(NOW_MS - 86_400_000).toISOString()}`)).toBe(1);
    expect((await get(keys.viewer, "/v1/deployments/desk/sessions?slot=red")).status).toBe(422);
  });
});

describe("figures", () => {
  test("KPIs stand side by side, the active release first, each with its sample and the shares' denominators", async () => {
    const { body } = await get(keys.viewer, "/v1/deployments/desk/kpis");
    expect(
      body.releases.map(({ release, isActive }: { release: string; isActive: boolean }) => [release, isActive]),
    ).toEqual([
      ["new", true],
      ["old", false],
    ]);
    const [active, before] = body.releases;
    expect(active.kpis).toEqual([
      expect.objectContaining({ name: "booked", value: 1, sampleSize: 1, window: "day", unit: "count" }),
      expect.objectContaining({ name: "cost", value: 24_000, sampleSize: 1, unknown: 0 }),
    ]);
    expect(before.kpis[0]).toMatchObject({ value: 0, sampleSize: 1 });
    expect(before.shares.crashes).toEqual({ ratio: 1, count: 1, of: 1, denominator: "calls-with-agent" });
    expect(active.shares.breakerOpens.ratio).toBe(1);
    expect(active.shares.freezes.ratio).toBe(1);
    expect(active.shares.speculative).toEqual({ ratio: 1, count: 1, of: 1, denominator: "turns" });
    expect(active.playbook).toBe("desk@1.2.0");
  });

  test("one release and one window can be asked for", async () => {
    const { body } = await get(keys.viewer, "/v1/deployments/desk/kpis?release=old&window=week");
    expect(body.releases).toHaveLength(1);
    expect(body.releases[0].kpis[0]).toMatchObject({ window: "week" });
    expect((await get(keys.viewer, "/v1/deployments/desk/kpis?release=none")).body.releases).toEqual([]);
  });

  test("latency is told by region, slot, release and component", async () => {
    const { body } = await get(keys.viewer, "/v1/deployments/desk/latency?window=day");
    expect(body.measured).toContainEqual({
      deploymentId,
      region: "eu-west",
      slot: "blue",
      release: "new",
      component: "totalMs",
      p50Ms: 210,
      p95Ms: 210,
      p99Ms: 210,
      turns: 1,
    });
    expect(body.vendorReported).toEqual([]);
    expect((await get(keys.viewer, "/v1/deployments/desk/latency?window=week")).body.measured).toHaveLength(14);
  });

  test("prices name where and when they were read, the operator's own in the place of the list's", async () => {
    const { body } = await get(keys.viewer, "/v1/prices");
    const sonic = body.items.filter(({ model }: { model: string }) => model === "sonic-3");
    expect(sonic).toEqual([expect.objectContaining({ basis: "operator", source: "contract" })]);
  });

  test("a price that is none stops the API with the variable's name", async () => {
    await expect(runApi(database.appUrl, { TANDEM_PRICES: '[{"kind":"tts"}]' })).rejects.toThrow(/TANDEM_PRICES/);
  });
});

test("every answer is what the document says", async () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "openapi", ...(JSON.parse(JSON.stringify(api.document)) as object) });
  const paths = [
    ["/v1/sessions/{session}", `/v1/sessions/${CALL}`],
    ["/v1/deployments/{reference}/sessions", "/v1/deployments/desk/sessions"],
    ["/v1/deployments/{reference}/latency", "/v1/deployments/desk/latency"],
    ["/v1/deployments/{reference}/kpis", "/v1/deployments/desk/kpis"],
    ["/v1/latency", "/v1/latency"],
    ["/v1/prices", "/v1/prices"],
  ] as const;
  for (const [path, url] of paths) {
    const pointer = `openapi#/paths/${path.replaceAll("/", "~1")}/get/responses/200/content/application~1json/schema`;
    const isValid = ajv.validate({ $ref: encodeURI(pointer) }, (await get(keys.admin, url)).body);
    expect(isValid, `${path}: ${ajv.errorsText()}`).toBe(true);
  }
});
