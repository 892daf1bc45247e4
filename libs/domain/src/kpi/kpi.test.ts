import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Kpi } from "../manifest/index.ts";
import {
  type CallCost,
  type CallEvent,
  type CallFigures,
  callFigures,
  type CallRow,
  callShares,
  foldKpi,
  kpiMeanings,
  RESOLUTION_MS,
  type Span,
  windowMs,
} from "./index.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 1_800_000_000_000;
const day: Span = { fromMs: NOW_MS - DAY_MS, toMs: NOW_MS };
const free = (): CallCost => ({ costMicros: 0, unknown: [] });
const formulas = Object.keys(kpiMeanings) as Kpi["formula"][];
const kpi = (formula: Kpi["formula"], unit: Kpi["unit"] = "ratio"): Kpi => ({
  name: formula,
  unit,
  window: "day",
  formula,
  goodDirection: "up",
});

const row = (over: Partial<CallRow> = {}): CallRow => ({
  sessionId: "s",
  release: "r",
  startedAtMs: NOW_MS - 3_600_000,
  endedAtMs: NOW_MS - 3_600_000 + 90_000,
  disposition: "handled",
  caller: "+15550000001",
  ...over,
});
const started: CallEvent = { type: "stream-started", payload: {} };
const call = (over: Partial<CallRow> = {}, events: readonly CallEvent[] = [started]) => callFigures(row(over), events);
const value = (formula: Kpi["formula"], calls: readonly CallFigures[], unit: Kpi["unit"] = "ratio", span = day) => {
  const { value: found, sampleSize } = foldKpi(kpi(formula, unit), { calls, span, costOf: free });
  return [found, sampleSize];
};

describe("each formula", () => {
  const calls = [
    call({ disposition: "booked" }),
    call({ disposition: "handled" }),
    call({ disposition: "transferred" }),
    call({ disposition: "emergency" }),
    call({ disposition: "dropped" }),
    call({ disposition: "abandoned" }, []),
    call({ disposition: "refused" }, []),
    call({ disposition: null, endedAtMs: null }),
  ];

  test("self-serve and containment leave emergencies and calls that go on out", () => {
    expect(value("self-serve", calls)).toEqual([2 / 4, 4]);
    expect(value("containment", calls)).toEqual([3 / 4, 4]);
  });
  test("booked is a count or a share of the calls with the agent", () => {
    expect(value("booked", calls, "count")).toEqual([1, 5]);
    expect(value("booked", calls)).toEqual([1 / 5, 5]);
  });
  test("missed is a count or a share of all ended calls", () => {
    expect(value("missed", calls, "count")).toEqual([2, 7]);
    expect(value("missed", calls)).toEqual([2 / 7, 7]);
  });
  test("calls that a machine took are counted by themselves and change no other KPI", () => {
    const machines = [call({ disposition: "voicemail" }, []), call({ disposition: "voicemail" })];
    const all = [...calls, ...machines];
    expect(value("voicemail", all, "count")).toEqual([2, 9]);
    expect(value("voicemail", all)).toEqual([2 / 9, 9]);
    for (const formula of formulas.filter((each) => each !== "voicemail"))
      expect([formula, ...value(formula, all)]).toEqual([formula, ...value(formula, calls)]);
  });
  test("handling time is the mean of the calls with the agent", () =>
    expect(value("handling-time", [call(), call({ endedAtMs: NOW_MS - 3_600_000 + 30_000 })], "seconds")).toEqual([
      60, 2,
    ]));
  test("without a sample there is no value, and a count is 0", () => {
    expect(value("self-serve", [])).toEqual([null, 0]);
    expect(value("booked", [], "count")).toEqual([0, 0]);
  });
  test("cost leaves out what is not wholly known, and says how many that were", () => {
    const costs = [
      { costMicros: 10, unknown: [] },
      { costMicros: 30, unknown: [] },
      { costMicros: 1, unknown: ["x"] },
    ];
    let next = 0;
    const input = { calls: [call(), call(), call()], span: day, costOf: () => costs[next++]! };
    expect(foldKpi(kpi("cost-per-call", "currency"), input)).toMatchObject({ value: 20, sampleSize: 2, unknown: 1 });
  });
});

describe("first-call resolution", () => {
  const settledMs = NOW_MS - RESOLUTION_MS - 3_600_000;
  const first = call({ startedAtMs: settledMs, endedAtMs: settledMs + 60_000 });
  const again = (afterMs: number, caller = "+15550000001") =>
    call({ startedAtMs: settledMs + afterMs, endedAtMs: settledMs + afterMs + 1000, caller });

  test("counts calls whose seven days are over, and only the same caller's next call undoes one", () => {
    expect(value("first-call-resolution", [first])).toEqual([1, 1]);
    expect(value("first-call-resolution", [first, again(RESOLUTION_MS)])).toEqual([0, 1]);
    expect(value("first-call-resolution", [first, again(RESOLUTION_MS + 1)])).toEqual([1, 1]);
    expect(value("first-call-resolution", [first, again(3_600_000 * 30, "+15550000002")])).toEqual([1, 1]);
    expect(value("first-call-resolution", [call()])).toEqual([null, 0]);
  });
  test("a later call on another release counts", () => {
    const found = foldKpi(kpi("first-call-resolution"), {
      calls: [first],
      laterCalls: [first, again(DAY_MS)],
      span: day,
      costOf: free,
    });
    expect(found).toMatchObject({ value: 0, sampleSize: 1 });
  });
});

describe("a call's figures", () => {
  const turn = (over: object) => ({
    type: "turn-ended",
    payload: {
      turn: 1,
      wasSpeculative: false,
      providers: { stt: "a", llm: "m", tts: "v" },
      tokens: { input: 100, output: 10 },
      spokenCharacters: 40,
      ...over,
    } as CallEvent["payload"],
  });

  test("add up per provider, seconds shared out by turns, the opening not a turn", () => {
    const figures = call({}, [
      started,
      turn({ turn: 0, tokens: { input: 0, output: 0 } }),
      turn({ wasSpeculative: true, lightTokens: { input: 60, output: 6 } }),
      turn({ turn: 2, providers: { stt: "b", llm: "m", tts: "v" } }),
      { type: "stream-ended", payload: { seconds: 90 } },
      { type: "call-metrics", payload: { silences: 2, encodingMismatches: 1 } },
      { type: "breaker-opened", payload: {} },
    ]);
    expect(figures).toMatchObject({
      turns: 2,
      speculativeTurns: 1,
      freezes: 2,
      encodingMismatches: 1,
      breakersOpened: 1,
      agentSeconds: 90,
    });
    expect(figures.usage).toEqual([
      expect.objectContaining({ kind: "stt", provider: "a", seconds: 60 }),
      expect.objectContaining({ kind: "tts", provider: "v", characters: 120 }),
      expect.objectContaining({
        kind: "llm",
        provider: "m",
        tokens: { input: 200, output: 20 },
        lightTokens: { input: 60, output: 6 },
      }),
      expect.objectContaining({ kind: "stt", provider: "b", seconds: 30 }),
    ]);
  });

  test("whatever an event holds, figures are finite and not negative", () => {
    const types = fc.constantFrom("turn-ended", "stream-ended", "call-metrics", "agent-call-ended", "other");
    const payloads = fc.dictionary(
      fc.constantFrom("turn", "seconds", "silences", "tokens", "providers", "durationMs", "spokenCharacters"),
      fc.jsonValue(),
    );
    const events = fc.array(fc.record({ type: types, payload: payloads })) as fc.Arbitrary<CallEvent[]>;
    fc.assert(
      fc.property(events, (list) => {
        const figures = call({}, list);
        const sums = figures.usage.flatMap(({ seconds, tokens, characters }) => [
          seconds,
          tokens.input,
          tokens.output,
          characters,
        ]);
        for (const figure of [figures.agentSeconds, figures.freezes, figures.turns, ...sums])
          expect(figure >= 0 && Number.isFinite(figure)).toBe(true);
      }),
    );
  });
});

const anyCall = fc
  .record({
    agoMs: fc.integer({ min: 0, max: 20 * DAY_MS }),
    lastsMs: fc.option(fc.integer({ min: 0, max: 3_600_000 }), { freq: 8 }),
    disposition: fc.constantFrom(
      "booked",
      "handled",
      "transferred",
      "emergency",
      "dropped",
      "lost",
      "abandoned",
      "fallback",
    ),
    caller: fc.option(fc.constantFrom("a", "b", "c")),
    events: fc.subarray([started, { type: "breaker-opened", payload: {} }]),
  })
  .map(({ agoMs, lastsMs, disposition, caller, events }) => {
    const startedAtMs = NOW_MS - agoMs;
    const endedAtMs = lastsMs === null ? null : startedAtMs + lastsMs;
    return call({ startedAtMs, endedAtMs, disposition: endedAtMs === null ? null : disposition, caller }, events);
  });
const anyCalls = fc.array(anyCall, { maxLength: 60 });
const anySpan = fc
  .constantFrom<Kpi["window"]>("day", "week")
  .map((window) => ({ fromMs: NOW_MS - windowMs[window], toMs: NOW_MS }));

describe("whatever the calls", () => {
  test("ratios lie between 0 and 1, and an order of calls changes nothing", () =>
    fc.assert(
      fc.property(
        anyCalls,
        anySpan,
        fc.constantFrom(...formulas),
        fc.infiniteStream(fc.nat()),
        (calls, span, formula, keys) => {
          const unit = formula === "handling-time" ? "seconds" : formula === "cost-per-call" ? "currency" : "ratio";
          const found = foldKpi(kpi(formula, unit), { calls, span, costOf: free });
          if (unit === "ratio" && found.value !== null) expect(found.value >= 0 && found.value <= 1).toBe(true);
          expect(found.value === null).toBe(found.sampleSize === 0);
          const shuffled = calls
            .map((each) => ({ each, key: keys.next().value as number }))
            .sort((left, right) => left.key - right.key)
            .map(({ each }) => each);
          const again = foldKpi(kpi(formula, unit), { calls: shuffled, span, costOf: free });
          expect(again.sampleSize).toBe(found.sampleSize);
          expect(again.value ?? 0).toBeCloseTo(found.value ?? 0, 6);
        },
      ),
    ));

  test("counts and samples of two spans side by side add up to those of both", () =>
    fc.assert(
      fc.property(anyCalls, fc.integer({ min: 1, max: 7 * DAY_MS - 1 }), (calls, cut) => {
        const whole = { fromMs: NOW_MS - 7 * DAY_MS, toMs: NOW_MS };
        const middle = whole.fromMs + cut;
        for (const formula of ["booked", "missed", "first-call-resolution"] as const) {
          const of = (span: Span) => foldKpi(kpi(formula, "count"), { calls, span, costOf: free });
          const [left, right] = [of({ ...whole, toMs: middle }), of({ ...whole, fromMs: middle })];
          expect((left.value ?? 0) + (right.value ?? 0)).toBe(of(whole).value);
          expect(left.sampleSize + right.sampleSize).toBe(of(whole).sampleSize);
        }
      }),
    ));

  test("self-served calls are contained; a repeat never makes resolution better", () =>
    fc.assert(
      fc.property(anyCalls, anyCall, (calls, more) => {
        const of = (formula: Kpi["formula"], laterCalls = calls) =>
          foldKpi(kpi(formula, "count"), { calls, laterCalls, span: { fromMs: 0, toMs: NOW_MS }, costOf: free })
            .value ?? 0;
        expect(of("self-serve")).toBeLessThanOrEqual(of("containment"));
        expect(of("first-call-resolution", [...calls, more])).toBeLessThanOrEqual(of("first-call-resolution"));
        expect(of("first-call-resolution")).toBeLessThanOrEqual(of("self-serve"));
      }),
    ));

  test("shares never exceed their denominators and name them", () =>
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const shares = callShares(calls);
        for (const { ratio, count, of } of Object.values(shares)) {
          expect(count).toBeLessThanOrEqual(of);
          expect(ratio).toBe(of === 0 ? null : count / of);
        }
        expect(shares.crashes.of).toBe(calls.filter((each) => each.wasWithAgent && each.seconds !== null).length);
        expect(shares.speculative.denominator).toBe("turns");
      }),
    ));
});
