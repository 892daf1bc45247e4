import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addedFigures,
  alarmsOf,
  type CallFacts,
  callFacts,
  compareMetrics,
  defaultEvidence,
  EvidenceMetric,
  EvidencePolicy,
  figuresOf,
  noFigures,
  ownLimits,
  sameHours,
  type SideFigures,
  slowLimits,
  waveSums,
  weigh,
  type Weighing,
} from "./index.ts";

const margins = {
  booked: 0.5,
  "self-serve": 0.3,
  "handling-time": 0.4,
  "response-latency": 0.3,
  errors: 1,
  "hang-ups": 1,
};
const policy: EvidencePolicy = {
  minCalls: 20,
  extendMs: 1000,
  whenInconclusive: "hold",
  margins,
  falseBreachRate: 0.05,
  falsePassRate: 0.1,
};
const good: CallFacts = {
  isAgents: true,
  isBooked: true,
  isSelfServed: true,
  handlingMs: 120_000,
  isError: false,
  isHangUp: false,
  isCrash: false,
  hasSilence: false,
  responseMs: [300, 400, 500, 600],
};
/** So many calls that differ from each other, with some better and some worse ones among them. */
const calls = (count: number, over: Partial<CallFacts> = {}): CallFacts[] =>
  Array.from({ length: count }, (_, index) => ({
    ...good,
    isBooked: index % 5 < 2,
    isSelfServed: index % 10 < 7,
    handlingMs: 60_000 + (index % 13) * 10_000,
    responseMs: [300 + (index % 7) * 20, 400 + (index % 11) * 30, 500],
    ...over,
  }));

const both = (candidate: readonly CallFacts[], baseline: readonly CallFacts[]) => {
  const { p95Ms } = figuresOf(baseline, null).response;
  return {
    candidate: figuresOf(candidate, slowLimits(p95Ms, 0.3, 20)),
    baseline: figuresOf(baseline, ownLimits(p95Ms)),
  };
};
const statesOf = (candidate: readonly CallFacts[], baseline: readonly CallFacts[]) =>
  Object.fromEntries(compareMetrics(both(candidate, baseline), policy).map(({ metric, state }) => [metric, state]));

describe("comparing releases", () => {
  it("passes a release that is the same, on every metric, given enough calls", () => {
    expect(new Set(Object.values(statesOf(calls(600), calls(600))))).toEqual(new Set(["passed"]));
  });

  const worse: readonly (readonly [EvidenceMetric, Partial<CallFacts>])[] = [
    ["booked", { isBooked: false }],
    ["self-serve", { isSelfServed: false }],
    ["errors", { isError: true }],
    ["hang-ups", { isHangUp: true }],
    ["response-latency", { responseMs: [900, 950, 1000] }],
  ];
  it.each(worse)("finds %s worse, and nothing else", (metric, over) => {
    const states = statesOf(calls(200, over), calls(400));
    expect(states[metric]).toBe("breached");
    expect(Object.entries(states).filter(([, state]) => state === "breached")).toHaveLength(1);
  });

  it("finds calls that last longer", () => {
    const longer = calls(200).map((call) => ({ ...call, handlingMs: 2 * (call.handlingMs ?? 0) }));
    expect(statesOf(longer, calls(400))["handling-time"]).toBe("breached");
  });

  it("judges nothing below the floor of either side, and shows what has no margin", () => {
    const awful = { isBooked: false, isError: true, isSelfServed: false };
    expect(new Set(Object.values(statesOf(calls(19, awful), calls(400))))).toEqual(new Set(["open"]));
    expect(new Set(Object.values(statesOf(calls(400, awful), calls(19))))).toEqual(new Set(["open"]));
    const shown = compareMetrics(both(calls(400, awful), calls(400)), { ...policy, margins: {} });
    expect(new Set(shown.map(({ state }) => state))).toEqual(new Set(["shown"]));
    expect(shown.find(({ metric }) => metric === "booked")).toMatchObject({ candidate: 0, baseline: 0.4 });
  });

  it("never finds worse what looks no worse than allowed, and never passes what looks worse", () => {
    const count = fc.integer({ min: 0, max: 300 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(count, count, part, part, (n, m, p, q) => {
        const of = (amount: number, ratio: number) =>
          Array.from({ length: amount }, (_, index) => ({ ...good, isBooked: index < Math.round(amount * ratio) }));
        const [booked] = compareMetrics(both(of(n, p), of(m, q)), policy);
        const [candidate, baseline] = [booked?.candidate ?? 0, booked?.baseline ?? 0];
        const allowed = baseline - Math.max(0.5 * baseline, 0.02);
        if (booked?.state === "breached") expect(candidate).toBeLessThan(allowed);
        if (booked?.state === "passed") expect(candidate).toBeGreaterThanOrEqual(allowed);
        expect(booked?.candidateSamples).toBe(n);
      }),
    );
  });

  it("treats constant and missing figures as what they are", () => {
    const constant = Array.from({ length: 100 }, () => good);
    expect(statesOf(constant, constant)["response-latency"]).toBe("passed");
    const mute = constant.map((call) => ({ ...call, responseMs: [], isBooked: null, handlingMs: null }));
    expect(statesOf(mute, constant)).toMatchObject({
      "response-latency": "open",
      booked: "open",
      "handling-time": "open",
    });
    expect(() => compareMetrics({ candidate: noFigures, baseline: noFigures }, policy)).not.toThrow();
  });
});

describe("a verdict", () => {
  const weighing = (over: Partial<Weighing>): Weighing => {
    const { candidate, baseline } = both(calls(600), calls(600));
    return {
      policy,
      candidate,
      before: baseline,
      basis: "concurrent",
      pooled: null,
      toEndMs: 0,
      toLastMs: 1000,
      ...over,
    };
  };
  const few = both(calls(5), calls(600)).candidate;

  it.each<[string, Partial<Weighing>, object]>([
    ["passes on its own calls", {}, { kind: "passed", isReduced: false, baseline: "concurrent" }],
    ["gathers while there is time", { candidate: few }, { kind: "gathering", leftMs: 1000 }],
    ["is inconclusive when there is none left", { candidate: few, toLastMs: 0 }, { kind: "inconclusive" }],
    [
      "counts as passed where the policy says so",
      { candidate: few, toLastMs: 0, policy: { ...policy, whenInconclusive: "accept" } },
      { kind: "passed", isReduced: true },
    ],
    [
      "a canary without calls on either side is not told",
      { before: noFigures },
      { kind: "gathering", baseline: "concurrent" },
    ],
    [
      "blue/green without history goes by absolute limits",
      { before: noFigures, basis: "same-hours" },
      { kind: "passed", isReduced: true, baseline: "none" },
    ],
    [
      "but not below its floor",
      { before: noFigures, basis: "same-hours", candidate: few },
      { kind: "gathering", baseline: "none" },
    ],
    ["a first release has its window", { before: null, candidate: noFigures, toEndMs: 5 }, { kind: "gathering" }],
    [
      "and passes after it",
      { before: null, candidate: noFigures },
      { kind: "passed", isReduced: true, baseline: "none" },
    ],
  ])("%s", (_name, over, expected) => {
    expect(weigh(weighing(over))).toMatchObject(expected);
  });

  it("is a breach whenever an alarm goes off, whatever else there is", () => {
    const alarming = { ...few, crashes: 1 };
    for (const over of [{}, { before: null }, { before: noFigures }, { toLastMs: 0 }])
      expect(weigh(weighing({ candidate: alarming, ...over }))).toMatchObject({
        kind: "breached",
        alarms: [expect.any(String)],
      });
  });

  it("passes on its wave's calls only after its own window, and never where the wave does worse", () => {
    const wave = waveSums(both(calls(900), calls(900)));
    const bad = waveSums(both(calls(900, { isBooked: false }), calls(900)));
    expect(weigh(weighing({ candidate: few, pooled: wave }))).toMatchObject({ kind: "passed", isReduced: true });
    expect(weigh(weighing({ candidate: few, pooled: wave, toEndMs: 1 })).kind).toBe("gathering");
    const accepting = { ...policy, whenInconclusive: "accept" as const };
    const verdict = weigh(weighing({ candidate: few, pooled: bad, toLastMs: 0, policy: accepting }));
    expect(verdict.kind).toBe("inconclusive");
    expect(verdict.detail).toContain("its wave does worse: booked");
  });
});

describe("the sums of a wave", () => {
  it("count every tenant alike on both sides: a tenant with calls of one release only makes no difference", () => {
    const tenants = [
      both(calls(50), calls(200)),
      both(calls(10, { isBooked: false }), calls(4000, { isBooked: false })),
    ];
    const pooled = tenants.map(waveSums).reduce((sum, each) => ({
      candidate: addedFigures(sum.candidate, each.candidate),
      baseline: addedFigures(sum.baseline, each.baseline),
    }));
    expect(pooled.candidate.booked.calls).toBeCloseTo(pooled.baseline.booked.calls, 9);
    expect(pooled.candidate.booked.sum).toBeCloseTo(pooled.baseline.booked.sum, 9);
    expect(pooled.baseline.calls).toBe(60);
  });
});

describe("alarms", () => {
  const figures = (over: Partial<SideFigures>): SideFigures => ({ ...figuresOf(calls(100), null), ...over });
  const slow = (turns: number, overAlarm: number) => ({ ...noFigures.response, turns, p95Ms: 1300, overAlarm });
  it.each<[string, Partial<SideFigures>, number]>([
    ["nothing", {}, 0],
    ["slow answers", { response: slow(40, 4) }, 1],
    ["a few turns, however slow", { response: slow(19, 19) }, 0],
    ["two slow turns of twenty", { response: slow(20, 2) }, 0],
    ["one crash", { crashes: 1 }, 1],
    ["one crash in two thousand calls", { calls: 2000, crashes: 1 }, 0],
    ["three crashes in two thousand calls", { calls: 2000, crashes: 3 }, 1],
    ["two silences", { calls: 3, silences: 2 }, 0],
    ["silences", { calls: 50, silences: 3 }, 1],
    ["errors", { errors: { calls: 10, sum: 3, squares: 3 } }, 1],
    ["errors of many calls", { errors: { calls: 100, sum: 20, squares: 20 } }, 0],
  ])("%s", (_name, over, count) => {
    expect(alarmsOf(figures(over))).toHaveLength(count);
  });

  it("count a single call as one", () => {
    expect(alarmsOf(figures({ calls: 1, crashes: 1 }))).toEqual(["1 of 1 call crashed"]);
  });
});

describe("what a call tells", () => {
  const row = { sessionId: "s", release: "r", startedAtMs: 0, endedAtMs: 60_000, disposition: "handled", caller: null };
  const event = (type: string, payload: object = {}) => ({ type, payload: payload as never });
  const turn = (number: number) => event("turn-ended", { turn: number, source: "measured", latency: { totalMs: 400 } });
  const stream = event("stream-started");
  const gone = event("stream-ended", { end: "caller-gone" });

  it.each<[string, Parameters<typeof callFacts>, Partial<CallFacts>]>([
    [
      "handled",
      [row, [stream, turn(0), turn(1), turn(2), turn(3), gone]],
      { isSelfServed: true, isBooked: false, handlingMs: 60_000, isHangUp: false, isError: false },
    ],
    ["gone after two turns", [row, [stream, turn(1), turn(2), gone]], { isHangUp: true, responseMs: [400, 400] }],
    [
      "we ended it after two turns",
      [row, [stream, turn(1), event("stream-ended", { end: "hang-up" })]],
      { isHangUp: false },
    ],
    [
      "booked in one turn",
      [{ ...row, disposition: "booked" }, [stream, turn(1), gone]],
      { isHangUp: false, isBooked: true },
    ],
    ["abandoned", [{ ...row, disposition: "abandoned" }, []], { isHangUp: true, isBooked: null, handlingMs: null }],
    [
      "hosted, gone at once",
      [
        { ...row, endedAtMs: 9000 },
        [event("agent-call-started"), event("agent-call-ended", { endReason: "user_hangup" })],
      ],
      { isHangUp: true },
    ],
    [
      "hosted, gone later",
      [row, [event("agent-call-started"), event("agent-call-ended", { endReason: "user_hangup" })]],
      { isHangUp: false },
    ],
    ["lost", [{ ...row, disposition: "lost" }, [stream]], { isCrash: true, isError: true }],
    [
      "resumed after the agent was lost",
      [{ ...row, disposition: "booked" }, [stream, event("stream-ended", { end: "lost" })]],
      { isCrash: true, isError: true, isBooked: true },
    ],
    [
      "on the fallback",
      [{ ...row, disposition: "fallback" }, [event("fallback-asked")]],
      { isError: true, isBooked: null, isAgents: true },
    ],
    ["stalled", [row, [stream, event("call-stalled")]], { isError: true }],
    ["an emergency", [{ ...row, disposition: "emergency" }, [stream]], { isSelfServed: null, isBooked: false }],
    ["silent", [row, [stream, event("call-metrics", { silences: 2 })]], { hasSilence: true }],
    ["a machine", [{ ...row, disposition: "voicemail" }, [stream]], { isBooked: null, handlingMs: null }],
    ["a trial", [{ ...row, disposition: "trial" }, []], { isAgents: false }],
    ["staff", [{ ...row, disposition: "answered-by-staff" }, []], { isAgents: false }],
    [
      "what a vendor reports",
      [row, [stream, event("turn-ended", { turn: 1, source: "vendor-reported", latency: { totalMs: 1 } })]],
      { responseMs: [] },
    ],
    [
      "other shapes",
      [row, [stream, event("turn-ended", { turn: 1, source: "measured", latency: "x" }), event("turn-ended", {})]],
      { responseMs: [] },
    ],
  ])("%s", (_name, [from, events], expected) => {
    expect(callFacts(from, events)).toMatchObject(expected);
  });
});

describe("the same hours", () => {
  const at = (text: string): number => Date.parse(text);
  const text = (stretches: ReturnType<typeof sameHours>) =>
    stretches.map(({ fromMs, toMs }) => `${new Date(fromMs).toISOString()} ${new Date(toMs).toISOString()}`);

  it("are four weeks of the same weekday by the wall clock, over a change to summer time", () => {
    const watch = { fromMs: at("2026-04-01T18:40:00Z"), toMs: at("2026-04-01T19:30:00Z") };
    expect(text(sameHours(watch, "Europe/Berlin"))).toEqual([
      "2026-03-04T19:00:00.000Z 2026-03-04T20:30:00.000Z",
      "2026-03-11T19:00:00.000Z 2026-03-11T20:30:00.000Z",
      "2026-03-18T19:00:00.000Z 2026-03-18T20:30:00.000Z",
      "2026-03-25T19:00:00.000Z 2026-03-25T20:30:00.000Z",
    ]);
  });

  it("of an hour that was skipped is empty or begins with the change, and of one that came twice has both", () => {
    const afterSpring = { fromMs: at("2026-04-05T00:30:00Z"), toMs: at("2026-04-05T01:30:00Z") };
    expect(text(sameHours(afterSpring, "Europe/Berlin")).at(-1)).toBe(
      "2026-03-29T01:00:00.000Z 2026-03-29T01:30:00.000Z",
    );
    const afterAutumn = { fromMs: at("2026-11-01T01:00:00Z"), toMs: at("2026-11-01T01:30:00Z") };
    expect(text(sameHours(afterAutumn, "Europe/Berlin")).at(-1)).toBe(
      "2026-10-25T00:00:00.000Z 2026-10-25T01:30:00.000Z",
    );
  });

  it("never overlap, lie before the watch where it is shorter than a week, and end with the same minute", () => {
    const zone = fc.constantFrom("Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu");
    const from = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2026-12-31T00:00:00Z") });
    fc.assert(
      fc.property(zone, from, fc.integer({ min: 0, max: 20 * 86_400_000 }), (timeZone, fromMs, lastsMs) => {
        const stretches = sameHours({ fromMs, toMs: fromMs + lastsMs }, timeZone);
        for (const [index, { fromMs: startMs, toMs }] of stretches.entries()) {
          expect(toMs).toBeGreaterThan(startMs);
          expect(startMs).toBeGreaterThan(stretches[index - 1]?.toMs ?? 0);
          if (lastsMs < 6 * 86_400_000) expect(toMs).toBeLessThan(fromMs);
        }
      }),
      { numRuns: 300 },
    );
  });
});

it("the policies that environments begin with are policies", () => {
  for (const given of Object.values(defaultEvidence))
    if (given !== null) expect(EvidencePolicy.parse(given)).toEqual(given);
  expect(defaultEvidence).toMatchObject({ production: { minCalls: 20, whenInconclusive: "hold" }, development: null });
});
