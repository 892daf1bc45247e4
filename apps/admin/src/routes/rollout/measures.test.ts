import { expect, test } from "vitest";
import { limitOf, lookOf, looksOf, mergedLooks, seriesOf, type Verdict, withLook } from "./measures.ts";

const policy = {
  minCalls: 50,
  extendMs: 0,
  whenInconclusive: "hold" as const,
  margins: { booked: 0.1, errors: 0.5 },
  falseBreachRate: 0.01,
  falsePassRate: 0.1,
};
const verdict = (candidate: number, baseline: number): Verdict => ({
  kind: "gathering",
  detail: "",
  alarms: [],
  comparisons: [{ metric: "booked", candidate, baseline, candidateSamples: 10, baselineSamples: 90, state: "open" }],
  isReduced: false,
  baseline: "concurrent",
  leftMs: 1000,
});

test("the limit lies below what should be high and above what should be low, and nowhere without a margin", () => {
  expect(limitOf("booked", 0.4, policy)).toBeCloseTo(0.36);
  expect(limitOf("errors", 0.02, policy)).toBeCloseTo(0.03);
  expect(limitOf("self-serve", 0.5, policy)).toBeNull();
  expect(limitOf("booked", null, policy)).toBeNull();
});

test("a look is drawn once: a verdict that stands as before is no new point", () => {
  const first = withLook([], { atMs: 1000, verdict: verdict(0.3, 0.4) });
  expect(withLook(first, { atMs: 2000, verdict: verdict(0.3, 0.4) })).toBe(first);
  expect(withLook(first, { atMs: 500, verdict: verdict(0.2, 0.4) })).toBe(first);
  expect(withLook(first, { atMs: 3000, verdict: verdict(0.35, 0.4) })).toHaveLength(2);
});

test("shares are drawn as per cent with their limit beside them", () => {
  const looks = [{ atMs: 1000, verdict: verdict(0.3, 0.4) }];
  const drawn = seriesOf("booked", looks, policy);
  expect(drawn).toMatchObject({ times: [1], candidate: [30], baseline: [40] });
  expect(drawn.limit[0]).toBeCloseTo(36);
});

test("the timeline's looks are those that weighed calls", () => {
  const event = (type: string, payload: object) =>
    ({ rolloutId: "r", seq: 1, at: "1970-01-01T00:00:01Z", type, phase: "baking", payload }) as never;
  const log = [
    event("evidence-weighed", verdict(0.1, 0.2)),
    event("rollout-waited", {}),
    event("evidence-weighed", {}),
  ];
  expect(looksOf(log).map(({ atMs }) => atMs)).toEqual([1000]);
});

test("kept looks, the timeline and what was seen make one line: each moment once, in order", () => {
  const window = { fromMs: 0, toMs: 900 };
  const told = {
    rolloutId: "r",
    seq: 1,
    at: "1970-01-01T00:00:01Z",
    type: "evidence-weighed",
    phase: "baking",
    payload: { ...verdict(0.1, 0.2), window },
  } as never;
  const kept = [500, 900].map((atMs) =>
    lookOf({ at: new Date(atMs).toISOString(), watch: "baking", verdict: { ...verdict(0.1, 0.2), window } }),
  );
  const seen = [{ atMs: 700, verdict: verdict(0.3, 0.2) }];
  expect(mergedLooks(kept, looksOf([told]), seen).map(({ atMs }) => atMs)).toEqual([500, 700, 900]);
});
