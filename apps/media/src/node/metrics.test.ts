import type { TurnRecord } from "@tandem/domain/session";
import { expect, test } from "vitest";
import { metricCatalog } from "../telemetry/metric-catalog.ts";
import { Metrics } from "./metrics.ts";

const call = { tenantId: "t1", slot: "blue", bundleHash: "0123456789abcdef" };
const latency = { transcribeMs: 50, endOfTurnMs: 0, modelMs: 75, speechMs: 60, sendMs: 5, networkMs: 20, totalMs: 210 };
const turn = (over: Partial<TurnRecord> = {}): TurnRecord => ({
  turn: 1,
  objective: "o",
  callerText: "",
  agentText: "",
  wasInterrupted: false,
  wasSpeculative: true,
  discarded: 0,
  latency,
  source: "measured",
  providers: { stt: null, llm: null, tts: null },
  retries: 0,
  confidence: null,
  callerLevelDb: -22,
  lossRatio: 0,
  tools: [],
  longestSilenceMs: 0,
  tokens: { input: 0, output: 0 },
  spokenCharacters: 0,
  ...over,
});
const ended = {
  channel: "stream",
  end: "hang-up",
  lossRatio: 0,
  delayMs: 40,
  breakersOpened: 0,
  silences: 0,
  encodingMismatches: 0,
  speculationsKept: 0,
  speculationsDiscarded: 0,
  spokenCharacters: 10,
};
const noGauges = Object.fromEntries(Object.keys(metricCatalog.gauges).map((name) => [name, 0])) as never;

test("a turn's response and its parts are told by whose they are; the opening answers nobody", async () => {
  const metrics = new Metrics("eu-west");
  metrics.turn(call, turn());
  metrics.turn(call, turn({ turn: 0 }));
  metrics.turn(call, turn({ latency: null }));
  const text = await metrics.text(noGauges);
  const labels = 'source="measured",tenant="t1",slot="blue",release="0123456789ab",region="eu-west"';
  expect(text).toContain(`tandem_media_response_seconds_count{component="total",${labels}} 1`);
  expect(text).toContain(`tandem_media_response_seconds_sum{component="model",${labels}} 0.075`);
  expect(text).toContain('tandem_media_turns_total{speculative="true",interrupted="false"} 3');
  expect(text).toContain('tandem_media_caller_level_db_bucket{le="-20"} 3');
});

test("the series of many tenants and releases stay few: the rest is one other", async () => {
  const metrics = new Metrics();
  for (let index = 0; index < 1000; index += 1) metrics.turn({ ...call, tenantId: `tenant-${index}` }, turn());
  const text = await metrics.text(noGauges);
  const own = text
    .split("\n")
    .filter((line) => line.startsWith('tandem_media_response_seconds_count{component="total"'));
  expect(own).toHaveLength(61);
  expect(own.at(-1)).toMatch(/tenant="other",slot="other",release="other",region="local"\} 940$/);
});

test("a conversation's faults count once, with the ended ones as their denominator, and in the stack where they lie", async () => {
  const metrics = new Metrics();
  metrics.conversationEnded(ended);
  metrics.conversationEnded({ ...ended, end: "lost", silences: 3, breakersOpened: 2, encodingMismatches: 4 });
  metrics.conversationEnded({ ...ended, lossRatio: 0.3, delayMs: 600 });
  metrics.providerFailed({ kind: "tts", provider: "acme", fault: "timeout" });
  metrics.providerFailed({ kind: "stt", provider: "acme", fault: "timeout" });
  const text = await metrics.text(noGauges);
  expect(metrics.counted("conversations_ended")).toBe(3);
  for (const fault of ["crash", "freeze", "breaker-open", "encoding-mismatch"])
    expect(text).toContain(`tandem_media_conversation_faults_total{fault="${fault}"} 1`);
  expect(text).toContain("tandem_media_silences_total 3");
  for (const incident of [
    'stack="telephony",fault="crash"} 1',
    'stack="audio",fault="loss"} 1',
    'stack="audio",fault="quality"} 1',
    'stack="output",fault="freeze"} 1',
    'stack="output",fault="tts-timeout"} 1',
    'stack="audio",fault="stt-timeout"} 1',
  ])
    expect(text).toContain(`tandem_media_incidents_total{${incident}`);
  expect(text).toContain('tandem_media_mos_bucket{le="4.4"} 3');
  expect(text).toContain('tandem_media_mos_bucket{le="2.5"} 1');
});
