import {
  type CallFacts,
  callFacts,
  type EvidenceVerdict,
  figuresOf,
  leastDifferences,
  noFigures,
  ownLimits,
  type SideFigures,
  slowLimits,
  sameHours,
  waveSums,
} from "@tandem/domain/evidence";
import type { Json } from "@tandem/kernel";
import type { SessionEventRow, SessionRow } from "@tandem/ports/store/pointer-feed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queryAs } from "../../test-support/filled-tables.ts";
import { pastCall, turnOf } from "../../test-support/past-call.ts";
import {
  newDeployment,
  newTenant,
  openWorld,
  type Served,
  startRollout,
  type World,
} from "../../test-support/world.ts";
import { openSessionWriter, type OpenSessionWriter } from "../index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
type Events = readonly (readonly [string, { readonly [name: string]: Json }])[];
type Call = { readonly sessions: readonly SessionRow[]; readonly events: readonly SessionEventRow[] };

let world: World;
let writer: OpenSessionWriter;
beforeAll(async () => {
  world = await openWorld();
  writer = openSessionWriter({ url: world.database.mediaUrl });
});
afterAll(async () => {
  await writer.close();
  await world.close();
});

const write = (calls: readonly Call[]) =>
  writer.write({ sessions: calls.flatMap((call) => call.sessions), events: calls.flatMap((call) => call.events) });

const factsOf = ({ sessions: [row], events }: Call): CallFacts => {
  if (row === undefined) throw new Error("no call");
  const endedAtMs = row.endedAt === null ? null : Date.parse(row.endedAt);
  return callFacts(
    {
      sessionId: row.sessionId,
      release: row.bundleHash,
      startedAtMs: Date.parse(row.startedAt),
      endedAtMs,
      disposition: row.disposition,
      caller: null,
    },
    events,
  );
};

const read = (
  { actor, deployment }: Served,
  over: { readonly fromMs: number; readonly toMs: number; readonly latencyMargin?: number },
) => {
  const stretch = { fromMs: over.fromMs, toMs: over.toMs };
  return world.worker.evidence.figures({
    tenantId: actor.tenantId,
    deploymentId: deployment.id,
    candidate: { release: "new", stretch },
    before: { release: "old", stretches: [stretch] },
    latencyMargin: over.latencyMargin ?? null,
  });
};

const close = (figures: SideFigures | null): unknown =>
  JSON.parse(
    JSON.stringify(figures, (_key, value: unknown) =>
      typeof value === "number" ? Number(value.toPrecision(9)) : value,
    ),
  );

describe("figures of calls", () => {
  const startMs = Date.now() - 6 * HOUR_MS;
  const kinds: readonly (readonly [string | null, Events])[] = [
    [
      "handled",
      [
        ["stream-started", {}],
        turnOf(0, 9000),
        turnOf(1, 400),
        turnOf(2, 800),
        ["stream-ended", { end: "caller-gone", seconds: 30 }],
      ],
    ],
    [
      "booked",
      [["stream-started", {}], turnOf(1, 350), turnOf(2, 1300), turnOf(3, 500), ["call-metrics", { silences: 1 }]],
    ],
    [
      "handled",
      [
        ["agent-call-started", {}],
        ["turn-ended", { turn: 1, source: "vendor-reported", latency: { totalMs: 5000 } }],
        ["agent-call-ended", { endReason: "user_hangup" }],
      ],
    ],
    ["transferred", [["stream-started", {}], turnOf(1, 300), ["call-stalled", { phase: "listening" }]]],
    ["lost", [["stream-started", {}], turnOf(1, 600), ["stream-ended", { end: "lost" }]]],
    [
      "fallback",
      [
        ["agent-unreachable", { code: "x" }],
        ["fallback-asked", { errorCode: null }],
      ],
    ],
    ["abandoned", []],
    [
      "emergency",
      [["stream-started", {}], turnOf(1, 700), ["turn-ended", { turn: "2", source: "measured", latency: "soon" }]],
    ],
    ["diverted", []],
    ["answered-by-staff", []],
    ["voicemail", [["stream-started", {}]]],
  ];
  const seeded = (served: Served): Call[] =>
    ["new", "old"].flatMap((bundleHash, side) =>
      Array.from({ length: 120 }, (_, index) => {
        const [disposition, events] = kinds[(index * (side + 3)) % kinds.length] ?? [null, []];
        const startedAtMs = startMs + index * 20_000 + side * 7000;
        const endedAt = new Date(startedAtMs + 5000 + 700 * index).toISOString();
        return pastCall(served, { startedAtMs, bundleHash, disposition, endedAt }, events);
      }),
    );

  test("are those that the domain folds from the same calls", async () => {
    const mine = await newDeployment(world);
    const calls = seeded(mine);
    await write(calls);
    const toMs = startMs + 30 * 60_000;
    const found = await read(mine, { fromMs: startMs, toMs, latencyMargin: 0.3 });
    const within = (release: string) =>
      calls
        .filter(({ sessions: [row] }) => row?.bundleHash === release && Date.parse(row.endedAt ?? "") < toMs)
        .map(factsOf);
    const { p95Ms } = figuresOf(within("old"), null).response;
    expect(close(found.before)).toEqual(close(figuresOf(within("old"), ownLimits(p95Ms))));
    const limits = slowLimits(p95Ms, 0.3, leastDifferences["response-latency"]);
    expect(close(found.candidate)).toEqual(close(figuresOf(within("new"), limits)));
    expect(found.candidate.calls).toBeGreaterThan(50);
    expect(found.candidate.calls).toBeLessThan(within("new").length);
  });

  test("count no trial calls, no calls that go on, and nobody else's", async () => {
    const actor = await newTenant(world);
    const [mine, other] = [await newDeployment(world, actor), await newDeployment(world, actor)];
    const call = { startedAtMs: startMs, bundleHash: "new" };
    await write([
      pastCall(mine, call, [["stream-started", {}]]),
      pastCall(mine, { ...call, kind: "trial", disposition: "trial" }),
      pastCall(mine, { ...call, endedAt: null, disposition: null }),
      pastCall(other, call),
      pastCall(await newDeployment(world), call),
    ]);
    const { candidate, before } = await read(mine, { fromMs: startMs - 1, toMs: startMs + HOUR_MS });
    expect(candidate.calls).toBe(1);
    expect(before?.calls).toBe(0);
    expect(await world.superuser("SELECT 1 FROM call_figure WHERE deployment_id = $1", [other.deployment.id])).toEqual(
      [],
    );
  });

  test("are folded again while events of a call may still come in", async () => {
    const mine = await newDeployment(world);
    const endedMs = Date.now() - 5000;
    const call = pastCall(
      mine,
      { startedAtMs: endedMs - 60_000, bundleHash: "new", endedAt: new Date(endedMs).toISOString() },
      [["stream-started", {}]],
    );
    await write([call]);
    const span = { fromMs: endedMs - HOUR_MS, toMs: endedMs + 1000 };
    expect((await read(mine, span)).candidate).toMatchObject({ crashes: 0, errors: { sum: 0 } });
    const [first] = call.events;
    if (first === undefined) throw new Error("no event");
    await writer.write({ sessions: [], events: [{ ...first, seq: 9, type: "call-stalled", payload: {} }] });
    expect((await read(mine, span)).candidate.errors.sum).toBe(1);
    const age = "UPDATE call_figure SET folded_at = ended_at + interval '61 seconds' WHERE deployment_id = $1";
    await world.superuser(age, [mine.deployment.id]);
    await writer.write({
      sessions: [],
      events: [{ ...first, seq: 10, type: "stream-ended", payload: { end: "lost" } }],
    });
    expect((await read(mine, span)).candidate.crashes).toBe(0);
  });

  test("of the same weekday and hour follow the tenant's wall clock over a change to summer time", async () => {
    const mine = await newDeployment(world);
    // Berlin went to summer time on Sunday 2026-03-29: Wednesday 20:30 is 18:30Z afterwards and 19:30Z before.
    const watch = { fromMs: Date.parse("2026-04-01T18:30:00Z"), toMs: Date.parse("2026-04-01T19:30:00Z") };
    const at = (startedAt: string, bundleHash = "old") =>
      pastCall(mine, { startedAtMs: Date.parse(startedAt), bundleHash });
    await write([
      at("2026-03-25T19:15:00Z"), // 20:15 in winter time: the hour has begun
      at("2026-03-25T20:20:00Z"), // 21:20
      at("2026-03-25T18:45:00Z"), // 19:45: an hour early
      at("2026-03-24T19:45:00Z"), // a Tuesday
      at("2026-03-04T19:45:00Z"), // four weeks ago
      at("2026-02-25T19:45:00Z"), // five weeks ago
      at("2026-03-25T20:29:30Z"), // ends after the hour
      at("2026-03-18T19:45:00Z", "older"),
    ]);
    const { before } = await world.worker.evidence.figures({
      tenantId: mine.actor.tenantId,
      deploymentId: mine.deployment.id,
      candidate: { release: "new", stretch: watch },
      before: { release: "old", stretches: sameHours(watch, "Europe/Berlin") },
      latencyMargin: null,
    });
    expect(before?.calls).toBe(3);
  });
});

describe("pooled evidence of a wave", () => {
  const waveId = "00000000-0000-4000-8000-0000000000aa";
  const side = (calls: number): SideFigures => ({
    ...noFigures,
    calls,
    booked: { calls, sum: calls / 2, squares: calls / 2 },
  });

  test("is the sum over tenants, and no tenant's rows are anybody else's to read", async () => {
    const [one, two] = [await newDeployment(world), await newDeployment(world)];
    for (const [served, calls] of [
      [one, 10],
      [two, 30],
    ] as const) {
      const { id: rolloutId } = await startRollout(world, served);
      const figures = waveSums({ candidate: side(calls), baseline: side(4 * calls) });
      for (let times = 0; times < 2; times += 1)
        await world.worker.evidence.share({ tenantId: served.actor.tenantId, rolloutId, waveId, figures });
    }
    const pooled = await world.worker.evidence.pooled(waveId);
    expect(pooled?.candidate).toMatchObject({ calls: 40, booked: { calls: 40, sum: 20 } });
    expect(pooled?.baseline).toMatchObject({ calls: 40, booked: { calls: 40, sum: 20 } });
    expect(await world.worker.evidence.pooled("00000000-0000-4000-8000-0000000000bb")).toBeNull();
    const { appUrl } = world.database;
    const all = "SELECT DISTINCT tenant_id FROM wave_evidence";
    expect(await queryAs(appUrl, one.actor.tenantId, all)).toEqual([{ tenant_id: one.actor.tenantId }]);
    expect(await queryAs(appUrl, null, all)).toEqual([]);
    const rights = await world.superuser<{ column: string }>(
      `SELECT column_name AS column FROM information_schema.column_privileges WHERE grantee = 'tandem_sweeper' AND table_name = 'wave_evidence'`,
    );
    expect(rights.map(({ column }) => column)).not.toEqual(expect.arrayContaining(["tenant_id"]));
    expect(rights.map(({ column }) => column)).not.toEqual(expect.arrayContaining(["rollout_id"]));
  });

  test("refuses a share in another tenant's name", async () => {
    const [one, two] = [await newDeployment(world), await newDeployment(world)];
    const { id: rolloutId } = await startRollout(world, one);
    const figures = { candidate: side(1), baseline: side(1) };
    await expect(
      world.worker.evidence.share({ tenantId: two.actor.tenantId, rolloutId, waveId, figures }),
    ).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("looks at the calls of a rollout", () => {
  const verdict = (booked: number): EvidenceVerdict => ({
    kind: "gathering",
    detail: "",
    alarms: [],
    comparisons: [
      { metric: "booked", candidate: booked, baseline: 0.5, candidateSamples: 1, baselineSamples: 1, state: "open" },
    ],
    isReduced: false,
    baseline: "concurrent",
    leftMs: 1,
  });

  test("are kept as far apart as is asked for, once, and read from the first on", async () => {
    const { actor, ...served } = await newDeployment(world);
    const { id: rolloutId } = await startRollout(world, { actor, ...served });
    const startMs = Date.parse("2026-03-01T10:00:00Z");
    const keep = (afterMs: number, gapMs: number, booked: number) =>
      world.worker.evidence.keepLook({
        tenantId: actor.tenantId,
        rolloutId,
        atMs: startMs + afterMs,
        watch: "baking",
        verdict: verdict(booked),
        gapMs,
      });
    await keep(0, 0, 0.1);
    await keep(0, 0, 0.9); // the same look again
    await keep(900, 1000, 0.2); // too soon
    await keep(950, 0, 0.3); // tells another thing
    await keep(2000, 1000, 0.4);
    const first = await world.control.evidenceLooks(actor, rolloutId, { limit: 2, cursor: null });
    const rest = await world.control.evidenceLooks(actor, rolloutId, { limit: 2, cursor: first.next });
    expect(rest.next).toBeNull();
    expect(
      [...first.items, ...rest.items].map((look) => [look.at, look.watch, look.verdict.comparisons[0]?.candidate]),
    ).toEqual([
      ["2026-03-01T10:00:00.000Z", "baking", 0.1],
      ["2026-03-01T10:00:00.950Z", "baking", 0.3],
      ["2026-03-01T10:00:02.000Z", "baking", 0.4],
    ]);
  });

  test("are refused in another tenant's name, and nobody else's to read", async () => {
    const [one, two] = [await newDeployment(world), await newDeployment(world)];
    const { id: rolloutId } = await startRollout(world, one);
    const look = { rolloutId, atMs: Date.now(), watch: "shifting", verdict: verdict(0), gapMs: 0 } as const;
    await expect(world.worker.evidence.keepLook({ tenantId: two.actor.tenantId, ...look })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await world.worker.evidence.keepLook({ tenantId: one.actor.tenantId, ...look });
    const page = { limit: 10, cursor: null };
    expect((await world.control.evidenceLooks(one.actor, rolloutId, page)).items).toHaveLength(1);
    expect((await world.control.evidenceLooks(two.actor, rolloutId, page)).items).toEqual([]);
  });
});

test("a weighing of 10,000 calls folds none of them again and finds them by their index", async () => {
  const mine = await newDeployment(world);
  const toMs = Date.now() - DAY_MS;
  await world.superuser(
    `WITH s AS (INSERT INTO session (tenant_id, id, deployment_id, call_id, slot, bundle_hash, generation, kind, node, started_at, ended_at, disposition)
       SELECT $1, 'many-' || n, $2, 'CA' || n, 'blue', CASE WHEN n % 2 = 0 THEN 'new' ELSE 'old' END, 1, 'live', 'n',
         $3::timestamptz - n * interval '5 seconds', $3::timestamptz - n * interval '5 seconds' + interval '1 second', 'handled'
       FROM generate_series(1, 10000) n RETURNING *)
     INSERT INTO call_figure (tenant_id, session_id, deployment_id, bundle_hash, started_at, ended_at, is_agents, is_booked, is_self_served,
       handling_ms, is_error, is_hang_up, is_crash, has_silence, response_ms)
     SELECT tenant_id, id, deployment_id, bundle_hash, started_at, ended_at, true, true, true, 1000, false, false, false, false,
       ARRAY[300, 400, 500, 600, 700, 800 + random() * 100] FROM s`,
    [mine.actor.tenantId, mine.deployment.id, new Date(toMs).toISOString()],
  );
  await world.superuser("ANALYZE session, call_figure");
  const span = { fromMs: toMs - DAY_MS, toMs, latencyMargin: 0.3 };
  const before = await world.superuser("SELECT max(folded_at) FROM call_figure");
  expect(await read(mine, span)).toMatchObject({ candidate: { calls: 5000 }, before: { calls: 5000 } });
  expect(await world.superuser("SELECT max(folded_at) FROM call_figure")).toEqual(before);
  await world.superuser("SET enable_seqscan = off");
  const plan = await world.superuser<{ "QUERY PLAN": string }>(
    `EXPLAIN SELECT 1 FROM call_figure WHERE tenant_id = $1 AND deployment_id = $2 AND bundle_hash = 'new' AND started_at >= now()`,
    [mine.actor.tenantId, mine.deployment.id],
  );
  expect(JSON.stringify(plan)).toContain("call_figure_tenant_id_deployment_id_bundle_hash_started_at_idx");
});
