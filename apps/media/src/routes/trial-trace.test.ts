import { signTicket } from "@tandem/secrets";
import type { TurnRecord } from "@tandem/domain/session";
import { Secret } from "@tandem/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { bundleOf, deploymentOf, greenBundle, slotWith } from "../../test-support/fixtures.ts";
import { type Harness, INGRESS_KEY, startHarness, ticketKey } from "../../test-support/node-harness.ts";
import { quietConversation } from "../../test-support/quiet-conversation.ts";
import { quietEngine, type RecordingPipeline, recordingPipeline } from "../../test-support/recording-pipeline.ts";
import { openStream } from "../../test-support/stream-client.ts";

const audio = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const blue = bundleOf("blue", { agent: { kind: "tandem", language: "en-US", endpointingMs: 400, audio } });
const CALL = `CA${"c".repeat(32)}`;
const turn: TurnRecord = {
  turn: 1,
  objective: "greet",
  callerText: "I am Ada",
  agentText: "Hello Ada",
  wasInterrupted: false,
  wasSpeculative: true,
  discarded: 0,
  latency: null,
  source: "measured",
  providers: { stt: "deepgram", llm: "openai", tts: "cartesia" },
  retries: 0,
  confidence: 0.9,
  callerLevelDb: -20,
  lossRatio: 0,
  tools: [],
  longestSilenceMs: 120,
  tokens: { input: 10, output: 5 },
  spokenCharacters: 9,
};
const facts = [{ field: "caller_name", value: "Ada", isConfirmed: true }];

let harness: Harness;
let pipeline: RecordingPipeline;

beforeEach(async () => {
  pipeline = recordingPipeline("hello");
  harness = await startHarness({ engine: quietEngine(pipeline, quietConversation(facts)) });
  const slots = { blue: slotWith(blue, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
  harness.feed.put(deploymentOf({ connections: harness.connections, slots }), blue, greenBundle);
  harness.feed.onMove?.("d1");
  while (harness.node.state().deployments.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

afterEach(() => harness.stop());

/** A smoke call with faults whose stream has started. */
async function trial(faults: string) {
  const claims = { tenantId: "t1", deploymentId: "d1", slot: "blue", id: "one", issuedAtMs: Date.now(), faults };
  const ticket = signTicket(ticketKey, "trial", claims, Date.now() + 60_000);
  const headers = { "x-tandem-trial": ticket };
  const answer = await harness.carrier(`/voice/${INGRESS_KEY}`, { CallSid: CALL }, { headers });
  const client = await openStream(`${harness.node.origin.replace("http", "ws")}/stream/${INGRESS_KEY}`);
  client.connected();
  client.start(CALL, { ticket: /name="ticket" value="([^"]+)"/.exec(answer.document)?.[1] ?? "" });
  await eventually(() => expect(pipeline.calls).toHaveLength(1));
  return { client, sessionId: answer.headers.get("x-tandem-session") ?? "" };
}

const trace = (sessionId: string, token: string) =>
  fetch(`${harness.node.origin}/trial/${sessionId}/trace`, { headers: { authorization: `Bearer ${token}` } });
const tokenFor = (sessionId: string, key = ticketKey, purpose: "trial" | "operations" = "trial") =>
  signTicket(key, purpose, { sessionId }, Date.now() + 60_000);

test("a smoke call has its own faults, and its caller reads what it left behind", async () => {
  const { client, sessionId } = await trial("stt-outage,slow-tool,nonsense");
  const call = pipeline.calls[0];
  expect(call?.call).toMatchObject({ faults: ["stt-outage", "slow-tool"], session: { kind: "trial" } });
  call?.parts.onTurn(turn);
  expect(await (await trace(sessionId, tokenFor(sessionId))).json()).toMatchObject({
    turns: [turn],
    facts,
    ended: null,
  });
  call?.parts.onHandOff("human", "Ada wants a person.");
  await client.closed;
  const left = await trace(sessionId, tokenFor(sessionId));
  expect(left.status).toBe(200);
  expect(await left.json()).toMatchObject({
    slot: "blue",
    turns: [turn],
    facts,
    ended: "hand-off",
    handedOffTo: "human",
  });
  await eventually(() => expect([...harness.writer.sessions.values()][0]).toMatchObject({ disposition: "trial" }));
});

test("nobody else reads it, and a live call leaves no trace here", async () => {
  const { sessionId } = await trial("");
  const other = "00000000-0000-4000-8000-000000000000";
  const refused = [
    tokenFor(other),
    tokenFor(sessionId, new Secret("other")),
    tokenFor(sessionId, ticketKey, "operations"),
    signTicket(ticketKey, "trial", { slot: "blue" }, Date.now() + 60_000),
    signTicket(ticketKey, "trial", { sessionId }, Date.now() - 1),
    "",
  ];
  for (const token of refused) expect((await trace(sessionId, token)).status).toBe(404);
  expect((await trace(other, tokenFor(other))).status).toBe(404);
  const answer = await harness.carrier(`/voice/${INGRESS_KEY}`, { CallSid: `CA${"d".repeat(32)}` });
  expect(answer.document).toContain("<Stream ");
  await eventually(() => expect(harness.node.state().deployments[0]?.liveCalls.blue).toBe(1));
  const live = [...harness.writer.sessions.values()].find(({ kind }) => kind === "live")?.sessionId ?? other;
  expect((await trace(live, tokenFor(live))).status).toBe(404);
});
