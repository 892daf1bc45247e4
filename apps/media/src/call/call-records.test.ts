import type { TurnRecord } from "@tandem/domain/session";
import type { JsonObject } from "@tandem/kernel";
import { expect, test } from "vitest";
import { bundleOf } from "../../test-support/fixtures.ts";
import { Metrics } from "../node/metrics.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import { TrialTraces } from "../trial/trial-traces.ts";
import { CallRecords } from "./call-records.ts";

const turn: TurnRecord = {
  turn: 1,
  objective: "greet",
  callerText: "I am Canary Person, +1 555 000 1111",
  agentText: "Hello Canary Person",
  wasInterrupted: false,
  wasSpeculative: false,
  discarded: 0,
  latency: { transcribeMs: 50, endOfTurnMs: 0, modelMs: 75, speechMs: 60, sendMs: 5, networkMs: 80, totalMs: 270 },
  durationMs: 2000,
  source: "measured",
  providers: { stt: "deepgram", llm: "openai", tts: "cartesia" },
  retries: 0,
  confidence: null,
  callerLevelDb: null,
  lossRatio: 0,
  tools: [],
  longestSilenceMs: 0,
  tokens: { input: 10, output: 2 },
  spokenCharacters: 19,
};

function recordsKeeping(transcriptDays: number) {
  const kept: { type: string; payload: JsonObject }[] = [];
  const base = bundleOf("");
  const metrics = new Metrics();
  const policies = {
    ...base.policies,
    redaction: { kinds: ["phone", "name"] as const },
    retention: { transcriptDays, recordingDays: 1 },
  };
  const record = (_session: LiveSession, type: string, payload: JsonObject) => void kept.push({ type, payload });
  const records = new CallRecords({
    sessions: { record } as unknown as LiveSessions,
    metrics,
    traces: new TrialTraces(),
    session: { sessionId: "s", tenantId: "t1", slot: "blue", bundleHash: "h", kind: "live" } as unknown as LiveSession,
    bundle: { ...base, policies: policies as never },
    channel: "stream",
    attempt: 1,
    startedMs: 0,
    personalValues: () => ["Canary Person"],
  });
  return { records, metrics, of: (type: string) => kept.find((each) => each.type === type)?.payload };
}

test("words are kept redacted, and not at all where the policy keeps them for no day", () => {
  const keeping = recordsKeeping(90);
  keeping.records.turn(turn);
  expect(keeping.of("turn-ended")).toMatchObject({ callerText: "I am [name], [phone]", agentText: "Hello [name]" });
  const none = recordsKeeping(0);
  none.records.turn(turn);
  expect(none.of("turn-ended")).not.toHaveProperty("callerText");
  expect(none.of("turn-ended")).not.toHaveProperty("agentText");
  expect(none.of("turn-ended")).toMatchObject({ turn: 1, latency: turn.latency, tokens: turn.tokens });
});

test("a call that stood still, and an error of ours, are kept and counted", () => {
  const { records, of, metrics } = recordsKeeping(90);
  records.stalled({ phase: "responding", waitingFor: "answer", silentMs: 8000 });
  records.defect();
  expect(of("call-stalled")).toEqual({ phase: "responding", waitingFor: "answer", silentMs: 8000 });
  expect(of("call-defect")).toEqual({});
  expect(metrics.counted("calls_stalled")).toBe(1);
  expect(metrics.counted("call_defects")).toBe(1);
});

test("totals tell the mean way to the caller: half of what acknowledgements take", () => {
  const { records, of } = recordsKeeping(90);
  records.turn(turn);
  records.turn({ ...turn, turn: 2, latency: null });
  records.ended("hang-up", "done", 30_000);
  expect(of("call-metrics")).toMatchObject({ seconds: 30, delayMs: 40, turns: 2, spokenCharacters: 38 });
  expect(of("stream-ended")).toMatchObject({ seconds: 30, end: "hang-up" });
});
