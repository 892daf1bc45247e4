import type { JsonObject } from "@tandem/kernel";
import { describe, expect, test } from "vitest";
import type { ReleaseBundle } from "../release/index.ts";
import { countSigns, figureRules, type SeenCall, severityOf, stackHealth, stacks, touchedStacks } from "./index.ts";

type Events = readonly (readonly [string, JsonObject])[];
const call = (events: Events, disposition: string | null = "handled"): SeenCall => ({
  disposition,
  events: events.map(([type, payload]) => ({ type, payload })),
});
const nothing = { operations: [], objects: [], isSafetyNetLagging: null };
const words = (calls: readonly SeenCall[], seen = {}) =>
  Object.fromEntries(stackHealth(countSigns(calls, { ...nothing, ...seen })).map(({ stack, word }) => [stack, word]));
const times = (count: number, one: SeenCall) => Array.from({ length: count }, () => one);

const fine = call([
  ["turn-ended", { turn: 1, source: "measured", latency: { modelMs: 200, totalMs: 300 }, tools: [] }],
  ["call-metrics", { silences: 0, encodingMismatches: 0, lossRatio: 0 }],
  ["stream-ended", { end: "caller-gone" }],
]);
const failing = (kind: string): SeenCall =>
  call([
    ["provider-failed", { kind, provider: "p", fault: "timeout" }],
    ["call-metrics", { silences: 2, encodingMismatches: 0, lossRatio: 0 }],
  ]);
const slow = (part: string): SeenCall =>
  call([["turn-ended", { turn: 1, source: "measured", latency: { [part]: 1500, totalMs: 1600 } }]]);

test("without a call and an object nothing is known, and calls without a fault are healthy", () => {
  expect(words([])).toEqual({ telephony: "unknown", audio: "unknown", intelligence: "unknown", output: "unknown" });
  expect(words(times(5, fine))).toEqual({
    telephony: "healthy",
    audio: "healthy",
    intelligence: "healthy",
    output: "healthy",
  });
});

describe("a fault lands in its stack and in no other", () => {
  test.each([
    ["a recogniser that is away", times(4, failing("stt")), "audio"],
    ["a model that browns out", times(4, failing("llm")), "intelligence"],
    ["calls that break off", times(4, call([["stream-ended", { end: "lost" }]])), "telephony"],
    ["calls that are lost with their node", times(4, call([], "lost")), "telephony"],
    ["a carrier that fails calls", times(4, call([["carrier-status", { status: "failed" }]])), "telephony"],
    ["no room", times(4, call([["call-decided", { decision: "fallback", reason: "memory" }]])), "telephony"],
    ["audio of another format", times(4, call([["call-metrics", { encodingMismatches: 3 }]])), "audio"],
    ["a lossy line", times(4, call([["call-metrics", { lossRatio: 0.2 }]])), "audio"],
    ["a hosted agent that is away", times(4, call([["agent-unreachable", {}]], "dropped")), "intelligence"],
    ["tools that fail", times(4, call([["turn-ended", { turn: 1, tools: [{ outcome: "failure" }] }]])), "intelligence"],
    ["silence that nothing explains", times(4, call([["call-metrics", { silences: 1 }]])), "output"],
    ["a slow network", times(6, slow("networkMs")), "telephony"],
    ["slow recognition", times(6, slow("transcribeMs")), "audio"],
    ["a slow model", times(6, slow("modelMs")), "intelligence"],
    ["a slow voice", times(6, slow("speechMs")), "output"],
  ] as const)("%s", (_, calls, stack) => {
    const found = words([...calls, ...times(4, fine)]);
    for (const each of stacks) expect(found[each], each).toBe(each === stack ? "failing" : "healthy");
  });

  test("a voice that is away, silence included", () => {
    expect(words(times(4, failing("tts")))).toMatchObject({
      audio: "healthy",
      intelligence: "healthy",
      output: "failing",
    });
  });
});

test("one call of many is no outage", () => {
  expect(words([failing("llm"), ...times(20, fine)])).toMatchObject({ intelligence: "degraded" });
  expect(words([failing("llm")])).toMatchObject({ intelligence: "degraded" });
  expect(words([failing("llm"), ...times(200, fine)])).toMatchObject({ intelligence: "healthy" });
});

test("objects at vendors speak for the stack of their address", () => {
  const refused = { address: "telephony.number/main", hasFailed: true };
  expect(words([], { operations: [refused, { address: "calendar.calendar/main", hasFailed: false }] })).toMatchObject({
    telephony: "failing",
    intelligence: "healthy",
  });
  const astray = { address: "blue:voice-agent.llm/main", isAstray: true };
  expect(words([], { objects: [astray] })).toMatchObject({ telephony: "unknown", intelligence: "degraded" });
  expect(words([], { isSafetyNetLagging: true })).toMatchObject({ telephony: "degraded" });
});

test("every figure has a rule, and every stack has figures", () => {
  for (const rules of Object.values(figureRules)) expect(rules.length).toBeGreaterThan(0);
  for (const { figures } of stackHealth({})) expect(figures.length).toBeGreaterThan(2);
});

test("half of the calls make the first severity", () => {
  const health = (calls: readonly SeenCall[]) => stackHealth(countSigns(calls, nothing))[2];
  expect(severityOf(health([...times(5, failing("llm")), ...times(5, fine)])!)).toBe("sev-1");
  expect(severityOf(health([...times(5, failing("llm")), ...times(9, fine)])!)).toBe("sev-2");
});

test("releases differ in the stacks whose parts differ", () => {
  const bundle = {
    connections: { telephony: { connectionId: "a", vendor: "twilio", requiredScopes: [] } },
    deployment: { number: "+15550000001" },
    resources: [{ address: "voice-agent.llm/main", fields: { prompt: "one" } }],
    agent: { kind: "tandem", language: "en-US", endpointingMs: 500 },
    providers: { stt: ["s"], llm: ["l"], tts: ["t"] },
    tools: [],
    conversation: { greeting: "Hello" },
  } as unknown as ReleaseBundle;
  const changed = (change: object) => touchedStacks(bundle, { ...bundle, ...change });
  expect(touchedStacks(null, bundle)).toEqual(stacks);
  expect(changed({ kpis: [], smoke: [] })).toEqual([]);
  expect(changed({ humanPath: { number: "+1" } })).toEqual(["telephony"]);
  expect(changed({ agent: { ...bundle.agent, endpointingMs: 300 } })).toEqual(["audio"]);
  expect(changed({ resources: [{ address: "voice-agent.llm/main", fields: { prompt: "two" } }] })).toEqual([
    "intelligence",
  ]);
  expect(changed({ providers: { ...bundle.providers, tts: ["u"] } })).toEqual(["output"]);
});
