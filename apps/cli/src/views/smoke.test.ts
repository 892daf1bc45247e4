import type { RolloutSmoke } from "@tandem/contracts";
import { expect, test } from "vitest";
import { smokeView } from "./smoke.ts";

const scenario: RolloutSmoke["scenarios"][number] = {
  name: "A caller books",
  origin: "playbook",
  level: "spoken",
  passed: false,
  attempts: 2,
  samples: 2,
  skippedWrites: 0,
  reduced: null,
  failures: ["A caller books: step 3, hear: not in time"],
  steps: [
    { do: "say", ok: true, detail: "said it", atMs: 900 },
    { do: "hear", ok: false, detail: '"Goodbye": not in time', atMs: 1200 },
  ],
  turns: [
    { by: "agent", text: "Good day.", startMs: 120, endMs: 800, latencyMs: null, wasInterrupted: true },
    { by: "caller", text: "Tomorrow.", startMs: 900, endMs: 1100, latencyMs: null, wasInterrupted: false },
    { by: "agent", text: "I see.", startMs: 1340, endMs: 1900, latencyMs: 240, wasInterrupted: false },
  ],
  latency: [
    {
      turn: 1,
      callerText: "Tomorrow.",
      providers: "deepgram → openai → cartesia",
      transcribeMs: 60,
      endOfTurnMs: 40,
      modelMs: 80,
      speechMs: 40,
      sendMs: 1,
      networkMs: 19,
      totalMs: 240,
    },
  ],
  longestSilenceMs: 240,
  durationMs: 2100,
};
const report: RolloutSmoke = {
  rolloutId: "01a21fda-02c5-7e48-99b0-fe51b327cec1",
  at: "2026-11-28T10:00:00.000Z",
  passed: false,
  level: "spoken",
  samples: 2,
  skippedWrites: 1,
  reducedEvidence: true,
  failures: scenario.failures,
  response: { turns: 12, p50Ms: 230, p95Ms: 310, targetMs: 500 },
  scenarios: [
    scenario,
    {
      ...scenario,
      name: "A caller pays",
      passed: true,
      attempts: 0,
      reduced: "not held: pay would write",
      turns: [],
      latency: [],
      steps: [],
      durationMs: 0,
    },
  ],
};

test("a smoke test is told with both sides' words, the times, what failed, and what was left out", () => {
  expect(smokeView(report, (_ink, text) => text)).toMatchInlineSnapshot(`
    "Smoke test FAILED at 2026-11-28T10:00:00.000Z
      evidence   spoken: callers talked with the release through the media service
      samples    2, reduced evidence
      answers    12, p50 230 ms, p95 310 ms, at most 500 ms
      ✗ A caller books: step 3, hear: not in time

    ✗ A caller books (playbook, spoken, 2.1 s, held twice: the line was damaged)
         0.12s  agent    Good day.   (interrupted)
         0.90s  caller   Tomorrow.
         1.34s  agent    I see.   (after 240 ms)
        turn 1: 240 ms = recognised 60 + end of turn 40 + model 80 + voice 40 + sent 1 + heard 19   deepgram → openai → cartesia
        ✗ hear: "Goodbye": not in time

    – A caller pays (playbook, spoken)
        not held: pay would write"
  `);
});
