import { foldKpi, type SeriesCounts, seriesDefinitions, seriesValues } from "@tandem/domain/kpi";
import type { SeriesQuery } from "@tandem/ports/store/kpi-series";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pastCall, turnOf } from "../../test-support/past-call.ts";
import { bundleFor, newDeployment, openWorld, type Served, switchTo, type World } from "../../test-support/world.ts";
import { openSessionWriter, type OpenSessionWriter } from "../index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

type Events = Parameters<typeof pastCall>[2];
const write = async (served: Served, calls: readonly (Parameters<typeof pastCall>[1] & { events?: Events })[]) => {
  for (const { events, ...call } of calls) await writer.write(pastCall(served, call, events ?? []));
};

const ask = ({ actor, deployment }: Served, over: Partial<SeriesQuery>) =>
  world.control.kpiSeries(actor, {
    of: { deploymentId: deployment.id },
    fromMs: Date.now() - DAY_MS,
    toMs: Date.now(),
    step: "day",
    timeZone: "UTC",
    release: null,
    ...over,
  });

const OUTCOMES = [
  "booked",
  "handled",
  "transferred",
  "emergency",
  "abandoned",
  "dropped",
  "lost",
  "voicemail",
  "fallback",
  "answered-by-staff",
];

test("a bucket says what the fold over its calls says", async () => {
  const served = await newDeployment(world);
  const toMs = Date.parse("2026-03-20T00:00:00.000Z");
  const fromMs = toMs - 20 * DAY_MS;
  const started: Events = [["stream-started", {}], turnOf(1, 400), ["stream-ended", { seconds: 40 }]];
  const calls = Array.from({ length: 160 }, (_, index) => ({
    startedAtMs: fromMs + ((index * 7919) % 1999) * 864_000,
    bundleHash: index % 3 === 0 ? "old" : "new",
    from: index % 4 === 0 ? null : `+1555000${index % 11}`,
    disposition: OUTCOMES[index % OUTCOMES.length] ?? null,
    events: index % 2 === 0 ? started : [],
  }));
  await write(served, calls);
  await write(served, [{ startedAtMs: toMs - HOUR_MS, bundleHash: "new", endedAt: null, disposition: null }]);
  const span = { fromMs, toMs };
  const all = await world.control.callFigures(served.actor, served.deployment.id, { fromMs, toMs: toMs + 8 * DAY_MS });
  const { cells, bounds } = await ask(served, { ...span, step: "week" });
  expect(bounds.length).toBeGreaterThan(3);
  const costOf = (call: { seconds: number | null }) => ({ costMicros: call.seconds ?? 0, unknown: [] });
  for (const line of ["old", "new"]) {
    const own = cells.filter((cell) => cell.line === line);
    const sum = (name: keyof SeriesCounts) => own.reduce((total, cell) => total + cell[name], 0);
    const counts: SeriesCounts = {
      calls: sum("calls"),
      missed: sum("missed"),
      withAgent: sum("withAgent"),
      booked: sum("booked"),
      handlingSeconds: sum("handlingSeconds"),
      judged: sum("judged"),
      selfServed: sum("selfServed"),
      contained: sum("contained"),
      resolvable: sum("resolvable"),
      resolved: sum("resolved"),
    };
    const values = seriesValues(counts, own.flatMap(({ sample }) => sample).map(costOf));
    for (const [index, { formula, unit, goodDirection }] of seriesDefinitions.entries()) {
      // The fold looks at the window that ended seven days before.
      const shift = formula === "first-call-resolution" ? 7 * DAY_MS : 0;
      const folded = foldKpi(
        { name: formula, formula, unit, window: "week", goodDirection },
        {
          calls: all.filter(({ release }) => release === line),
          laterCalls: all,
          span: { fromMs: fromMs + shift, toMs: toMs + shift },
          costOf,
        },
      );
      expect(values[index]?.sampleSize, `${line} ${formula}`).toBe(folded.sampleSize);
      expect(values[index]?.value, `${line} ${formula}`).toBeCloseTo(folded.value ?? Number.NaN, 9);
    }
  }
});

describe("buckets", () => {
  test("are days of the time zone, also where one has 23 hours", async () => {
    const served = await newDeployment(world);
    const at = (text: string) => Date.parse(text);
    await write(served, [
      { startedAtMs: at("2026-03-28T22:59:59.000Z") },
      { startedAtMs: at("2026-03-28T23:00:00.000Z") },
      { startedAtMs: at("2026-03-29T21:59:59.000Z") },
      { startedAtMs: at("2026-03-29T22:00:00.000Z") },
    ]);
    const { bounds, cells } = await ask(served, {
      fromMs: at("2026-03-28T10:00:00.000Z"),
      toMs: at("2026-03-30T10:00:00.000Z"),
      timeZone: "Europe/Berlin",
    });
    expect(bounds).toEqual([
      "2026-03-27T23:00:00.000Z",
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      "2026-03-30T22:00:00.000Z",
    ]);
    expect(cells.map(({ bucket, calls }) => [bucket, calls])).toEqual([
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  test("hold nothing of trial calls, of other releases than the one asked for, and of calls outside the span", async () => {
    const served = await newDeployment(world);
    const now = Date.now();
    await write(served, [
      { startedAtMs: now - HOUR_MS, kind: "trial" },
      { startedAtMs: now - HOUR_MS, bundleHash: "other" },
      { startedAtMs: now - 3 * DAY_MS },
      { startedAtMs: now - HOUR_MS },
    ]);
    const { cells } = await ask(served, { release: "b" });
    expect(cells.map(({ line, calls }) => [line, calls])).toEqual([["b", 1]]);
  });
});

test("the pointer's moves in the span are marks, with the release that came", async () => {
  const served = await newDeployment(world);
  await switchTo(world, served, "1.0.0");
  const { moves } = await ask(served, { toMs: Date.now() + 1000 });
  expect(moves).toMatchObject([
    { cause: "switch", deploymentId: served.deployment.id, release: bundleFor(served, "1.0.0").bundleHash },
  ]);
  expect((await ask(served, { toMs: Date.now() - HOUR_MS })).moves).toEqual([]);
});

test("a playbook's series is of all of the tenant's deployments, by version, and of no other tenant's", async () => {
  const first = await newDeployment(world);
  const second = await newDeployment(world, first.actor);
  const stranger = await newDeployment(world);
  const now = Date.now();
  await switchTo(world, first, "1.0.0");
  const { bundleHash } = bundleFor(first, "1.0.0");
  await write(first, [{ startedAtMs: now - HOUR_MS, bundleHash }]);
  await write(second, [{ startedAtMs: now - HOUR_MS, bundleHash: "gone" }]);
  await write(stranger, [{ startedAtMs: now - HOUR_MS }]);
  const { cells } = await ask(first, { of: { playbook: "after-hours-answering" } });
  expect(cells.map(({ line, calls }) => [line, calls])).toEqual([
    ["after-hours-answering@1.0.0", 1],
    ["unknown", 1],
  ]);
});

test("100,000 calls are counted by an index, within a statement's time", { timeout: 120_000 }, async () => {
  const served = await newDeployment(world);
  const { tenantId } = served.actor;
  await world.superuser(
    `INSERT INTO session (tenant_id, id, deployment_id, call_id, slot, bundle_hash, generation, kind, node, caller, started_at, ended_at, disposition)
     SELECT $1, md5(n::text || $2::text), $2::uuid, 'c' || n, 'blue', 'r' || n % 4, 1, 'live', 'n', '+1555' || n % 30000, now() - n * interval '25 seconds',
       now() - n * interval '25 seconds' + interval '2 minutes', (ARRAY['booked', 'handled', 'transferred', 'abandoned', 'dropped'])[1 + n % 5]
     FROM generate_series(1, 100000) AS n`,
    [tenantId, served.deployment.id],
  );
  await world.superuser("ANALYZE session");
  const plan = await world.superuser<{ "QUERY PLAN": string }>(
    `EXPLAIN SELECT 1 FROM session s WHERE s.tenant_id = '${tenantId}' AND s.deployment_id = '${served.deployment.id}' AND s.kind = 'live'
       AND s.started_at >= now() - interval '1 day' AND s.started_at < now()`,
  );
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/Index.* session_/);
  const startedMs = performance.now();
  const { cells } = await ask(served, { fromMs: Date.now() - 30 * DAY_MS });
  const tookMs = performance.now() - startedMs;
  expect(cells.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(99_000);
  expect(cells.every(({ sample }) => sample.length <= 100)).toBe(true);
  expect(tookMs).toBeLessThan(10_000);
  console.info(`a series over 100,000 calls took ${Math.round(tookMs)} ms`);
});
