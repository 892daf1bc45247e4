import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import { describe, expect, test } from "vitest";
import { isSigned, signatureOf } from "./signature.ts";
import { agentIngress } from "./webhook.ts";

const specs = process.env["VENDOR_SPECS_DIR"] ?? join(import.meta.dirname, "../../../../../shared/vendor-specs");
const vectorFile = join(specs, "webhooks/signature-vectors.json");

describe.skipIf(!existsSync(vectorFile))("signatures derived with the vendor's SDK", () => {
  const vectors: { apiKey: string; body: string; timestamp: number; signature: string }[] = existsSync(vectorFile)
    ? JSON.parse(readFileSync(vectorFile, "utf8")).retell.derived
    : [];
  test.each(vectors)("$timestamp", ({ apiKey, body, timestamp, signature }) => {
    expect(signatureOf(apiKey, body, timestamp)).toBe(signature);
    expect(isSigned(signature, body, [apiKey], timestamp)).toBe(true);
    expect(isSigned(signature, `${body} `, [apiKey], timestamp)).toBe(false);
  });
});

const secrets = { apiKey: new Secret("key-one"), webhookKey: new Secret("key-two") };
const now = 1_795_000_000_000;
const request = (body: string, changes: { key?: string; skewMs?: number; header?: string } = {}) => ({
  url: "https://media.example/agent-events",
  body,
  receivedAtMs: now,
  headers: {
    "x-retell-signature": changes.header ?? signatureOf(changes.key ?? "key-one", body, now - (changes.skewMs ?? 0)),
  },
});

describe("verify", () => {
  test.each([0, 299_000, -299_000])("accepts a signature that is %i ms old", (skewMs) => {
    expect(agentIngress.verify(request("{}", { skewMs }), secrets)).toBe(true);
  });
  test.each([301_000, -301_000])("refuses a signature that is %i ms old", (skewMs) => {
    expect(agentIngress.verify(request("{}", { skewMs }), secrets)).toBe(false);
  });
  test("accepts the webhook key and the API key, and no other", () => {
    expect(agentIngress.verify(request("{}", { key: "key-two" }), secrets)).toBe(true);
    expect(agentIngress.verify(request("{}", { key: "key-three" }), secrets)).toBe(false);
    expect(agentIngress.verify(request("{}", { key: "" }), { apiKey: new Secret("") })).toBe(false);
  });
  test.each(["", "v=1,d=", "d=00", `v=${now},d=${"0".repeat(64)}`, `v=${now}.5,d=${"a".repeat(64)}`])(
    "refuses the header %j",
    (header) => {
      expect(agentIngress.verify(request("{}", { header }), secrets)).toBe(false);
    },
  );
  test("a body that means the same but is written differently is refused: the raw body is signed", () => {
    const signed = request('{"a":1}');
    expect(agentIngress.verify({ ...signed, body: '{ "a": 1 }' }, secrets)).toBe(false);
  });
});

describe("reading", () => {
  test("a tool request", () => {
    const body = JSON.stringify({
      name: "book",
      args: { start: "10:00" },
      tool_call_id: "t1",
      call: { call_id: "c1", metadata: { stamp: "s", deep: { a: 1 } } },
    });
    expect(agentIngress.readTool(body)).toEqual({
      agentCallId: "c1",
      arguments: { start: "10:00" },
      metadata: { stamp: "s" },
      invocationId: "t1",
    });
    expect(agentIngress.readTool(JSON.stringify({ call: { call_id: "c1" } }))).toEqual({
      agentCallId: "c1",
      arguments: {},
      metadata: {},
      invocationId: null,
    });
  });

  test.each(["", "[]", "null", "{", '{"call":{}}', '{"args":[],"call":{"call_id":"c"}}'])(
    "%j is no tool request",
    (body) => {
      expect(agentIngress.readTool(body)).toBeNull();
    },
  );

  test("call events", () => {
    const call = {
      call_id: "c1",
      metadata: { stamp: "s" },
      duration_ms: 61_000,
      disconnection_reason: "user_hangup",
      latency: { e2e: { p50: 600, p95: 900, num: 3, values: [1] } },
      call_analysis: { user_sentiment: "Positive", call_successful: true, call_summary: "Ada called about her dog." },
      transcript: "private",
    };
    const read = (event: string, changes: object = {}) =>
      agentIngress.readEvent(JSON.stringify({ event, call: { ...call, ...changes } }));
    expect(read("call_analyzed")).toEqual({
      type: "call-analyzed",
      agentCallId: "c1",
      metadata: { stamp: "s" },
      durationMs: 61_000,
      endReason: "user_hangup",
      hasFailed: false,
      facts: { "latency.e2e.p50": 600, "latency.e2e.p95": 900, sentiment: "Positive", isSuccessful: true },
      identity: "c1/call_analyzed",
    });
    expect(read("transcript_updated")?.type).toBe("other");
    expect(read("call_ended", { disconnection_reason: "error_llm_websocket_open" })?.hasFailed).toBe(true);
  });

  test("an inbound call to a number that Retell holds, and its answer", () => {
    const body = JSON.stringify({
      event: "call_inbound",
      call_inbound: { from_number: "+15551234567", to_number: "anonymous" },
    });
    expect(agentIngress.readInbound(body)).toEqual({ from: "+15551234567", to: null });
    expect(agentIngress.readInbound('{"event":"call_started"}')).toBeNull();
    expect(agentIngress.answerInbound({ agentId: "a", agentVersion: 3, metadata: { m: "1" }, variables: {} })).toEqual({
      call_inbound: { override_agent_id: "a", override_agent_version: 3, metadata: { m: "1" }, dynamic_variables: {} },
    });
  });
});

test("a smoke tool request is signed as the agent signs", () => {
  const signed = agentIngress.signTool(
    { agentCallId: "c9", tool: "book", arguments: { a: 1 }, metadata: { stamp: "s" } },
    secrets,
    now,
  );
  expect(agentIngress.verify({ url: "https://x", receivedAtMs: now, ...signed }, secrets)).toBe(true);
  expect(agentIngress.readTool(signed.body)).toMatchObject({
    agentCallId: "c9",
    arguments: { a: 1 },
    metadata: { stamp: "s" },
  });
});
