import fc from "fast-check";
import { expect, test } from "vitest";
import { boundedReport, SmokeReport, type SmokeScenarioReport } from "./smoke-report.ts";

const text = fc.string({ maxLength: 900 });
const scenario: fc.Arbitrary<SmokeScenarioReport> = fc.record({
  name: fc.string({ maxLength: 60 }),
  origin: fc.constantFrom("playbook", "standard"),
  level: fc.constantFrom("read-back", "text", "spoken"),
  passed: fc.boolean(),
  attempts: fc.nat(2),
  samples: fc.nat(99),
  skippedWrites: fc.nat(9),
  reduced: fc.constant(null),
  failures: fc.array(text, { maxLength: 3 }),
  steps: fc.array(fc.record({ do: fc.constant("say"), ok: fc.boolean(), detail: text, atMs: fc.nat() }), {
    maxLength: 40,
  }),
  turns: fc.array(
    fc.record({
      by: fc.constantFrom("caller", "agent"),
      text,
      startMs: fc.nat(),
      endMs: fc.nat(),
      latencyMs: fc.option(fc.nat()),
      wasInterrupted: fc.boolean(),
    }),
    { maxLength: 60 },
  ),
  latency: fc.constant([]),
  longestSilenceMs: fc.nat(),
  durationMs: fc.nat(),
});

const reportOf = (scenarios: readonly SmokeScenarioReport[]): SmokeReport => ({
  passed: scenarios.every(({ passed }) => passed),
  level: "spoken",
  samples: 1,
  skippedWrites: 0,
  reducedEvidence: false,
  failures: scenarios.flatMap(({ failures }) => failures.slice(0, 2)),
  response: null,
  scenarios: [...scenarios],
});

test("whatever was said, the stored report is small, whole in its verdicts, and keeps the end of what failed", () => {
  fc.assert(
    fc.property(fc.array(scenario, { maxLength: 14 }), (scenarios) => {
      const bounded = boundedReport(reportOf(scenarios));
      expect(SmokeReport.safeParse(bounded).success).toBe(true);
      expect(JSON.stringify(bounded).length).toBeLessThan(110_000);
      expect(bounded.scenarios.map(({ name, passed }) => [name, passed])).toEqual(
        scenarios.map(({ name, passed }) => [name, passed]),
      );
      bounded.scenarios.forEach((each, index) => {
        const before = scenarios[index];
        if (each.passed || before === undefined) return;
        expect(each.steps.at(-1)?.atMs).toBe(before.steps.at(-1)?.atMs);
        expect(each.failures).toHaveLength(before.failures.length);
      });
    }),
    { numRuns: 40 },
  );
});

test("a report that fits loses nothing", () => {
  const small = fc.sample(scenario, 1).map((each) => ({
    ...each,
    turns: each.turns.slice(0, 3).map((turn) => ({ ...turn, text: "Hello." })),
    steps: [],
    failures: [],
  }));
  expect(boundedReport(reportOf(small))).toEqual(reportOf(small));
});
