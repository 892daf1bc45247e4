import { makeSealingKeys } from "@tandem/secrets";
import { makeLogger, type SpanFacts } from "@tandem/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { number, openSpokenOffice, serveHosted, INGRESS_KEY } from "../../test-support/spoken-office.ts";
import { type CollectedSpan, startTraceCollector, type TraceCollector } from "../../test-support/trace-collector.ts";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { LiveSession } from "../session/live-session.ts";
import { startToolHost } from "../tool-host/tool-host.ts";
import type { ToolRun } from "../tool-host/tool-job.ts";
import { CallSpans } from "./call-spans.ts";

let collector: TraceCollector;
beforeEach(async () => {
  collector = await startTraceCollector();
});
afterEach(() => collector.close());

const attribute = (span: CollectedSpan | undefined, key: string) =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];

test("one trace holds a call from its answer over each turn to its end, and no word of it", async () => {
  const office = await openSpokenOffice();
  try {
    await office.node.close();
    await office.start({ traces: { url: collector.url, ratio: 1 }, region: "eu-west" });
    await serveHosted(
      office,
      `${office.publicUrl.replace("http", "ws")}/agent/${INGRESS_KEY}/llm/${agentSocketSecret(INGRESS_KEY)}`,
    );
    const placed = await office.sandbox.control.act("twilio", "placeCall", { from: "+15550006001", to: number });
    const { connected } = placed as unknown as { connected: { agentCallId: string } };
    await office.sandbox.control.act("retell", "converse", {
      callId: connected.agentCallId,
      say: ["My name is Canary Person.", "I would like to know your opening hours."],
    });
    await eventually(() => expect(office.writer.of("agent-socket-ended")).toHaveLength(1), 20_000);
    await office.node.close();
    const [session] = [...office.writer.sessions.values()];
    const spans = collector.spans();
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([session?.sessionId.replaceAll("-", "")]));
    const names = spans.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["answer", "conversation", "turn"]));
    expect(names.filter((name) => name === "turn")).toHaveLength(2);
    const answer = spans.find(({ name }) => name === "answer");
    expect(attribute(answer, "tandem.decision")).toBe("agent");
    expect(attribute(answer, "tandem.region")).toBe("eu-west");
    for (const secret of ["Canary", "opening hours", "15550006001"]) expect(collector.text()).not.toContain(secret);
  } finally {
    await office.stop();
  }
}, 60_000);

test("a tool's work at the vendor stands in the call's trace, told by the thread that does it", async () => {
  const keys = await makeSealingKeys("k1");
  const host = startToolHost({
    sealingPrivateKey: keys.privateJwk,
    sandboxOrigins: {},
    deadlineMs: 1000,
    traces: { url: collector.url, ratio: 1, instance: "n1" },
    log: makeLogger({ app: "media", level: "silent", isPretty: false }),
  });
  const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", parentId: "8448eb211c80319c" };
  const served = { vendor: "google", endpoint: "sandbox", config: {}, credentialVersion: 1, sealed: "none" };
  const run = {
    job: "run-tool",
    operation: "calendar.find-slots",
    settings: {},
    arguments: { name: "Canary Person" },
    resourceId: "c",
    connection: { tenantId: "t", connectionId: "c", served },
    trace,
    call: {},
  } as unknown as ToolRun;
  await expect(host.run(run)).rejects.toMatchObject({ details: { effect: expect.any(String) } });
  await eventually(() => expect(collector.spans()).toHaveLength(1), 20_000);
  const [span] = collector.spans();
  expect(span).toMatchObject({
    traceId: trace.traceId,
    parentSpanId: trace.parentId,
    name: "tool calendar.find-slots",
    status: { code: 2 },
  });
  expect(attribute(span, "tandem.vendor")).toBe("google");
  expect(collector.text()).not.toContain("Canary");
  await host.close();
}, 30_000);

test("a measured turn is told with its parts end to end; the root comes last and is everybody's parent", () => {
  const told: SpanFacts[] = [];
  const spans = {
    keeps: () => true,
    tell: (span: SpanFacts) => `${told.push(span)}`,
    close: () => Promise.resolve(),
  };
  const clock = { now: () => 10_000, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  const session = {
    sessionId: "0af76519-16cd-43dd-8448-eb211c80319c",
    startedAtMs: 1000,
    endedAtMs: 9000,
    disposition: "lost",
  } as unknown as LiveSession;
  const { note } = new CallSpans({ spans, clock, region: "local" });
  const latency = {
    transcribeMs: 50,
    endOfTurnMs: 0,
    modelMs: 75,
    speechMs: 60,
    sendMs: 5,
    networkMs: 20,
    totalMs: 210,
  };
  const record = {
    turn: 1,
    durationMs: 2000,
    latency,
    tools: [],
    providers: { stt: "deepgram", llm: null, tts: null },
  };
  note(session, "stream-started", {});
  note(session, "turn-ended", { ...record, callerText: "Canary", agentText: "Canary" });
  note(session, "provider-failed", { kind: "tts", provider: "acme", fault: "timeout", detail: "Canary" });
  note(session, "stream-ended", { end: "lost", reason: "gone" });
  note(session, "call-ended", {});
  const root = "8448eb211c80319c";
  expect(told.map(({ name, startMs, endMs, parentId }) => [name, startMs, endMs, parentId])).toEqual([
    ["turn", 8000, 10_000, root],
    ["transcribe", 8000, 8050, "1"],
    ["model", 8050, 8125, "1"],
    ["speech", 8125, 8185, "1"],
    ["send", 8185, 8190, "1"],
    ["network", 8190, 8210, "1"],
    ["provider-failed", 10_000, 10_000, root],
    ["conversation", 10_000, 10_000, root],
    ["call", 1000, 9000, null],
  ]);
  expect(told.at(-1)).toMatchObject({ spanId: root, hasFailed: true });
  expect(told[0]?.attributes).toMatchObject({ "provider.stt": "deepgram", "tandem.turn": 1 });
  expect(JSON.stringify(told)).not.toContain("Canary");
});
