import type { EvidenceVerdict } from "@tandem/domain/evidence";
import { expect, test } from "vitest";
import { evidenceLine, evidenceView } from "./evidence.ts";

const plain = (_ink: string, text: string): string => text;
const verdict: EvidenceVerdict = {
  kind: "breached",
  detail: "booked 10.0 % of 80 calls against 41.0 % of 300",
  alarms: ["2 of 80 calls crashed"],
  comparisons: [
    { metric: "booked", candidate: 0.1, baseline: 0.41, candidateSamples: 80, baselineSamples: 300, state: "breached" },
    {
      metric: "handling-time",
      candidate: 90_500,
      baseline: null,
      candidateSamples: 80,
      baselineSamples: 0,
      state: "open",
    },
    {
      metric: "response-latency",
      candidate: 612.4,
      baseline: 600,
      candidateSamples: 80,
      baselineSamples: 300,
      state: "passed",
    },
    { metric: "errors", candidate: 0, baseline: 0, candidateSamples: 80, baselineSamples: 300, state: "shown" },
  ],
  isReduced: false,
  baseline: "same-hours",
  leftMs: 0,
  window: { fromMs: Date.UTC(2026, 0, 5, 18), toMs: Date.UTC(2026, 0, 5, 19, 30) },
};

test("every figure stands with its unit, both samples and its verdict", () => {
  expect(evidenceView(verdict, plain).split("\n")).toEqual([
    "Evidence: breached",
    "  booked 10.0 % of 80 calls against 41.0 % of 300",
    "  against  the release before at the same weekday and hours of the last four weeks",
    "  calls    from 2026-01-05 18:00:00Z to 2026-01-05 19:30:00Z; only those that have ended count",
    "  alarm    2 of 80 calls crashed",
    "",
    "FIGURE                              NEW RELEASE    BEFORE          VERDICT",
    "booked                              10.0 % (n=80)  41.0 % (n=300)  WORSE than allowed",
    "handling time                       90.5 s (n=80)  – (n=0)         not told yet",
    "response latency (95th percentile)  612 ms (n=80)  600 ms (n=300)  no worse than allowed",
    "errors                              0.0 % (n=80)   0.0 % (n=300)   not judged",
  ]);
});

test("a look in the timeline tells what was accepted and on what", () => {
  const payload = { kind: "passed", detail: "5 calls", isReduced: true, isAccepted: true };
  expect(evidenceLine(payload, plain)).toBe("evidence passed, reduced evidence, accepted by a person: 5 calls");
});
