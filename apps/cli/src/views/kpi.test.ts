import { plainPaint } from "@tandem/domain/plan";
import { expect, test } from "vitest";
import { kpiTables } from "./kpi.ts";
import { callView } from "./session.ts";

const span = { from: "2026-11-27T00:00:00.000Z", to: "2026-11-28T00:00:00.000Z" };
const share = { ratio: 0.25, count: 1, of: 4, denominator: "calls-with-agent" as const };
const shares = { span, crashes: share, breakerOpens: share, freezes: share, encodingMismatches: share };
const kpi = {
  name: "cost",
  formula: "cost-per-call" as const,
  meaning: "",
  unit: "currency" as const,
  window: "week" as const,
  goodDirection: "down" as const,
  value: 24_000,
  sampleSize: 3,
  unknown: 1,
  span,
};
const release = (name: string, isActive: boolean) => ({
  release: name,
  playbook: "p@1",
  isActive,
  calls: 4,
  kpis: [kpi],
  shares: { ...shares, speculative: { ...share, denominator: "turns" as const } },
  unpriced: ["tts acme"],
});

test("two releases stand side by side with samples, denominators and what has no price", () => {
  const text = kpiTables({ deploymentId: "d", releases: [release("new", true), release("old", false)] }, plainPaint);
  expect(text).toMatch(/KPI +NEW \(ACTIVE\) +OLD/);
  expect(text).toMatch(/cost \(week, good: down\) +\$0\.0240 \(n=3, 1 unknown\) +\$0\.0240/);
  expect(text).toMatch(/crashes +25\.0 % \(1 of 4 calls\)/);
  expect(text).toMatch(/speculative answers +25\.0 % \(1 of 4 turns\)/);
  expect(text).toContain("No price known for: tts acme");
  expect(kpiTables({ deploymentId: "d", releases: [] }, plainPaint)).toBe("No release has taken a call.");
});

test("a call is shown turn by turn, its latency with the parts; withheld words leave no empty lines", () => {
  const text = callView(
    {
      id: "00000000-0000-7000-8000-000000000000",
      deploymentId: "00000000-0000-7000-8000-000000000000",
      callId: "CA1",
      slot: "blue",
      bundleHash: "hash",
      generation: 1,
      kind: "live",
      region: "eu",
      startedAt: span.from,
      endedAt: null,
      disposition: null,
      traceId: "t",
      node: "n",
      transcript: "withheld",
      events: [],
      metrics: null,
      cost: { costMicros: 24_000, unknown: ["tts acme"] },
      release: null,
      turns: [
        {
          turn: 1,
          at: span.to,
          objective: "greet",
          wasInterrupted: true,
          wasSpeculative: false,
          discarded: 0,
          latency: {
            transcribeMs: 50,
            endOfTurnMs: 0,
            modelMs: 75,
            speechMs: 60,
            sendMs: 5,
            networkMs: 20,
            totalMs: 210,
          },
          source: "measured",
          providers: { stt: null, llm: null, tts: null },
          retries: 0,
          confidence: null,
          callerLevelDb: null,
          lossRatio: 0,
          tools: [{ tool: "book", outcome: "success", durationMs: 300.4, isSpeculative: false }],
          longestSilenceMs: 0,
          tokens: { input: 0, output: 0 },
          spokenCharacters: 0,
        },
      ],
    },
    plainPaint,
  );
  expect(text).toContain(
    "turn 1  greet  210 ms (transcribe 50, endOfTurn 0, model 75, speech 60, send 5, network 20)  interrupted",
  );
  expect(text).toContain("tool    book: success, 300 ms");
  expect(text).toContain("$0.0240, without tts acme");
  expect(text).not.toContain("caller  ");
});
