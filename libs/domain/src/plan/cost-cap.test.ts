import { describe, expect, test } from "vitest";
import { costCapFindings } from "./cost-cap-finding.ts";
import { plainPaint } from "./paint.ts";
import { comparisonSection } from "./release-comparison.ts";

const cost = {
  perCallMicros: 120_000,
  call: { minutes: 3, turns: 12 },
  unknown: [],
  parts: [
    { what: "tts cartesia/sonic-3", micros: 60_000 },
    { what: "llm openai/gpt-4.1", micros: 40_000 },
    { what: "carrier twilio", micros: 15_000 },
    { what: "stt deepgram/nova-3", micros: 5000 },
  ],
};

describe("a cost cap", () => {
  test("names cap, estimate and the providers that make the most of it, per call and per month", () => {
    const findings = costCapFindings(cost, { perCallMicros: 100_000, perMonth: { micros: 1_000_000, calls: 10 } });
    expect(findings).toMatchObject([
      {
        severity: "error",
        code: "cost-cap",
        detail:
          "The cap is 0.100 USD a call, the estimate 0.120 USD; of each call: tts cartesia/sonic-3 0.060 USD, llm openai/gpt-4.1 0.040 USD, carrier twilio 0.015 USD.",
      },
      {
        detail: expect.stringMatching(
          /^The cap is 1\.00 USD a month, the estimate 1\.20 USD for 10 calls; of each call: /,
        ),
      },
    ]);
  });

  test("that is met, or is not there, blocks nothing", () => {
    expect(costCapFindings(cost, { perCallMicros: 120_000, perMonth: { micros: 1_200_000, calls: 10 } })).toEqual([]);
    expect(costCapFindings(cost, { perCallMicros: null, perMonth: null })).toEqual([]);
    expect(costCapFindings(cost, null)).toEqual([]);
    expect(costCapFindings(null, { perCallMicros: 1, perMonth: null })).toEqual([]);
  });
});

test("both releases stand side by side, estimated and measured", () => {
  const lines = comparisonSection(
    {
      planned: { estimatedLatency: { p50Ms: 310.4, p95Ms: 420 }, estimatedCostMicros: 120_000 },
      current: {
        bundleHash: "b",
        estimatedLatency: null,
        estimatedCostMicros: 90_000,
        measured: { latency: { p50Ms: 350, p95Ms: 510, turns: 900 }, costMicros: 1_310_000, calls: 42, days: 7 },
      },
    },
    { paint: plainPaint },
  );
  expect(lines.map((line) => line.trimEnd())).toEqual([
    "Beside the release that is live",
    "                                         response p50 / p95  cost of a call",
    "    planned, estimated                   310 / 420 ms        0.120 USD",
    "    live, estimated                      –                   0.090 USD",
    "    live, measured (42 calls of 7 days)  350 / 510 ms        1.31 USD",
  ]);
});
