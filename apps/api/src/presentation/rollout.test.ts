import type { LatencyRow } from "@tandem/ports/store/calls";
import type { RolloutDetail } from "@tandem/ports/store/control";
import { expect, test } from "vitest";
import { presentRollout, presentRolloutDetail } from "./rollout.ts";

const percentiles = (p95Ms: number) => ({ p50Ms: p95Ms / 2, p95Ms });
const rollout = (over: object) =>
  ({ tenantId: "t", bundleHash: "new", memory: {}, steps: [], plan: null, ...over }) as unknown as RolloutDetail;
const plan = (isSpeculative: boolean) => ({
  changes: [],
  callerChanges: [],
  findings: [],
  latency: {
    providers: [],
    endToEnd: { speculative: percentiles(280), plain: percentiles(600), targetMs: 300, isSpeculative },
  },
});
const row = (over: Partial<LatencyRow>): LatencyRow => ({
  deploymentId: "d",
  region: "local",
  slot: "blue",
  release: "new",
  component: "totalMs",
  p50Ms: 200,
  p95Ms: 290,
  p99Ms: 400,
  turns: 12,
  ...over,
});

test("estimated, smoke-tested and live latency stand side by side, of this release only", () => {
  const memory = { smoke: { passed: true, response: { turns: 9, ...percentiles(310), targetMs: 300 } } };
  const measured = [row({}), row({ release: "old", p95Ms: 900 }), row({ component: "modelMs" }), row({ region: "eu" })];
  const { latency } = presentRolloutDetail(rollout({ memory, plan: plan(true) }), measured);
  expect(latency).toEqual({
    targetMs: 300,
    estimated: percentiles(280),
    smoke: { ...percentiles(310), turns: 9 },
    live: [
      { region: "local", p50Ms: 200, p95Ms: 290, turns: 12 },
      { region: "eu", p50Ms: 200, p95Ms: 290, turns: 12 },
    ],
  });
});

test("without speculation the plain estimate counts; what is not there is null", () => {
  expect(presentRolloutDetail(rollout({ plan: plan(false) }), []).latency.estimated).toEqual(percentiles(600));
  expect(presentRolloutDetail(rollout({ memory: { smoke: { response: null } } }), []).latency).toEqual({
    targetMs: null,
    estimated: null,
    smoke: null,
    live: [],
  });
});

test("what the calls told stands beside it; a memory without it, or of another shape, gives null", () => {
  const evidence = {
    kind: "gathering",
    detail: "5 calls",
    alarms: [],
    comparisons: [
      { metric: "booked", candidate: 0.4, baseline: null, candidateSamples: 5, baselineSamples: 0, state: "open" },
    ],
    isReduced: false,
    baseline: "same-hours",
    leftMs: 1000,
    window: { fromMs: 0, toMs: 1 },
  };
  expect(presentRolloutDetail(rollout({ memory: { evidence } }), []).evidence).toEqual(evidence);
  expect(presentRolloutDetail(rollout({}), []).evidence).toBeNull();
  expect(presentRolloutDetail(rollout({ memory: { evidence: { kind: "good" } } }), []).evidence).toBeNull();
});

test.each([
  ["held", 120_000, true],
  ["held", 364 * 86_400_000, false],
  ["awaiting-approval", 7 * 86_400_000, true],
] as const)("a rollout that is %s and due in %i ms is told of with its time: %s", (phase, inMs, isTold) => {
  const dueAt = new Date(Date.now() + inMs).toISOString();
  expect(presentRollout({ ...rollout({ phase, dueAt }) }).dueAt).toBe(isTold ? dueAt : null);
});
