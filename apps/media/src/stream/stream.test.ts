import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { Secret } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import { eventually } from "../../test-support/eventually.ts";
import { bundleOf, deploymentOf, greenBundle, pointerAt, slotWith } from "../../test-support/fixtures.ts";
import {
  AUTH_TOKEN,
  type Harness,
  INGRESS_KEY,
  PUBLIC_URL,
  startHarness,
  ticketKey,
} from "../../test-support/node-harness.ts";
import { quietEngine, type RecordingPipeline, recordingPipeline } from "../../test-support/recording-pipeline.ts";
import { openStream, type StreamClient, STREAM } from "../../test-support/stream-client.ts";
import { STREAM_CLOSE } from "./stream-close.ts";
import { readStreamTicket, signStreamTicket } from "./stream-ticket.ts";

const voice = `/voice/${INGRESS_KEY}`;
const agent = {
  kind: "tandem",
  language: "en-US",
  endpointingMs: 400,
  audio: { encoding: "mulaw", sampleRateHz: 8000 },
} as const;
const blue = bundleOf("blue", { agent });
const callSid = (digit: string) => `CA${digit.repeat(32)}`;
const CALL = callSid("a");

let harness: Harness;
let pipeline: RecordingPipeline;
const open: StreamClient[] = [];

const serve = async (bundle: ReleaseBundle = blue, generation = 1) => {
  const slots = { blue: slotWith(bundle, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
  harness.feed.put(
    deploymentOf({ connections: harness.connections, slots, pointer: pointerAt(generation, "blue") }),
    bundle,
    greenBundle,
  );
  harness.feed.onMove?.("d1");
  await eventually(() => expect(harness.node.state().deployments[0]?.generation).toBe(generation));
};

const start = async (failAtFrame?: number) => {
  pipeline = recordingPipeline("hello caller", failAtFrame);
  harness = await startHarness({ engine: quietEngine(pipeline) });
  await serve();
};

beforeEach(() => start());

afterEach(async () => {
  for (const client of open.splice(0)) client.socket.terminate();
  await harness.stop();
});

const streamUrl = (key = INGRESS_KEY) => `${harness.node.origin.replace("http", "ws")}/stream/${key}`;

const dial = async (headers: Record<string, string> = {}, key?: string) => {
  const client = await openStream(streamUrl(key), headers);
  open.push(client);
  return client;
};

/** A call rings; the ticket and the action address of its document. */
const answer = async (call = CALL, from = "+15550000001") => {
  const reply = await harness.carrier(voice, { CallSid: call, From: from });
  const ticket = /<Parameter name="ticket" value="([^"]+)"/.exec(reply.document)?.[1] ?? "";
  return { ...reply, ticket };
};

/** A call whose stream has started. */
const talk = async (call = CALL) => {
  const { ticket, action } = await answer(call, `+1555000${call.charCodeAt(2)}`.padEnd(12, "0"));
  const client = await dial();
  client.connected();
  client.start(call, { ticket });
  await eventually(() => expect(pipeline.calls.find((each) => each.call.session.callId === call)).toBeDefined());
  const recorded = pipeline.calls.find((each) => each.call.session.callId === call);
  if (recorded === undefined) throw new Error("no call");
  return { client, recorded, action: action ?? "", call };
};

/** An honest call still works: it hears what is said to it and is heard. */
const isHonest = async ({ client, recorded }: Awaited<ReturnType<typeof talk>>, word: string) => {
  client.say(word);
  recorded.say(`${word}-back`);
  await eventually(() => expect(recorded.heard).toContain(word));
  await eventually(() => expect(client.heard).toContain(`${word}-back`));
};

describe("answer", () => {
  test("our own engine is connected to without any vendor: this node's stream, a ticket, a signed action", async () => {
    const { document, action, ticket } = await answer();
    expect(document).toContain(`<Stream url="wss://calls.example.com/stream/${INGRESS_KEY}">`);
    expect(action).toMatch(/\/action\?token=/);
    expect(harness.agent.registered).toEqual([]);
    expect(readStreamTicket(ticketKey, ticket, Date.now())).toMatchObject({
      node: "node-1",
      attempt: 1,
      faults: [],
      pin: { callId: CALL, slot: "blue", generation: 1, kind: "live" },
    });
    expect(readStreamTicket(ticketKey, ticket, Date.now() + 60_000)).toBeNull();
  });

  test("answering takes twenty milliseconds at most in the median", async () => {
    const times: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const startedMs = performance.now();
      await answer(`CA${String(n).padStart(32, "0")}`, `+1555001${String(n).padStart(4, "0")}`);
      times.push(performance.now() - startedMs);
    }
    expect(times.toSorted((one, other) => one - other)[20]).toBeLessThan(20);
  });
});

describe("a call", () => {
  test("audio, marks and digits go both ways and the session tells what happened", async () => {
    const call = await talk();
    await isHonest(call, "words");
    expect(call.client.heard.slice(0, 2)).toEqual(["hello", "caller"]);
    call.client.event("mark", { mark: { name: "hello caller" } });
    call.client.event("dtmf", { dtmf: { track: "inbound_track", digit: "5" } });
    await eventually(() => expect(call.recorded).toMatchObject({ marks: ["hello caller"], digits: ["5"] }));
    expect(call.recorded.call.traceId).toMatch(/^[0-9a-f]{32}$/);
    call.recorded.line.clear();
    await eventually(() => expect(call.client.received).toContainEqual({ event: "clear", streamSid: STREAM }));
    call.client.event("stop", { stop: { accountSid: "AC", callSid: CALL } });
    expect(await call.client.closed).toBe(STREAM_CLOSE.ended);
    expect(call.recorded.isClosed).toBe(true);
    await eventually(() =>
      expect(harness.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "caller-gone", attempt: 1 }),
    );
    expect(harness.writer.of("stream-started")).toHaveLength(1);
    expect(harness.writer.of("call-metrics")[0]?.payload).toMatchObject({ frames: call.recorded.frames, turns: 0 });
  });

  test("what the carrier signs must be signed with the tenant's token over our address", async () => {
    const signed = (token: string) => {
      const url = `${PUBLIC_URL.replace("http", "ws")}/stream/${INGRESS_KEY}`;
      return { "x-twilio-signature": createHmac("sha1", token).update(url).digest("base64") };
    };
    await expect(dial(signed("another-token"))).rejects.toThrow("403");
    await expect(dial(signed(AUTH_TOKEN))).resolves.toBeDefined();
    await expect(dial({}, "z".repeat(26))).rejects.toThrow("404");
  });
});

describe("what follows a stream", () => {
  const action = async (path: string, call = CALL) =>
    harness.carrier(path, { CallSid: call, CallStatus: "in-progress", From: "+15550000001" });

  test("ended by us: hang up", async () => {
    const call = await talk();
    call.recorded.parts.onHangUp();
    expect(await call.client.closed).toBe(STREAM_CLOSE.ended);
    expect((await action(call.action)).document).toContain("<Hangup/>");
    await eventually(() =>
      expect(harness.writer.of("leg-ended")[0]?.payload).toMatchObject({ leg: "stream", ended: "hang-up" }),
    );
  });

  test("handed off: the person's number, with the summary redacted in the session", async () => {
    const call = await talk();
    call.recorded.parts.onHandOff("emergency", "They smell gas.");
    expect(await call.client.closed).toBe(STREAM_CLOSE.ended);
    const { document } = await action(call.action);
    expect(document).toMatch(/Connecting you to emergency services.*\+15550100911/s);
    await eventually(() =>
      expect(harness.writer.of("handed-off")[0]?.payload).toEqual({ to: "emergency", summary: "They smell gas." }),
    );
  });

  test("the caller has gone: nothing", async () => {
    const call = await talk();
    call.client.event("stop", { stop: { accountSid: "AC", callSid: CALL } });
    await call.client.closed;
    expect((await action(call.action)).document).toContain("<Hangup/>");
  });

  test("the stream broke: once more on the same release, then the fallback; a used leg starts no second stream", async () => {
    const call = await talk();
    await serve(bundleOf("another"), 2);
    await serve(blue, 3);
    call.client.socket.terminate();
    await eventually(() => expect(harness.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "lost" }));
    const again = await action(call.action);
    const ticket = /name="ticket" value="([^"]+)"/.exec(again.document)?.[1] ?? "";
    expect(readStreamTicket(ticketKey, ticket, Date.now())).toMatchObject({
      attempt: 2,
      pin: { slot: "blue", generation: 1 },
    });
    const second = await dial();
    second.connected();
    second.start(CALL, { ticket });
    await eventually(() => expect(pipeline.calls).toHaveLength(2));
    second.socket.terminate();
    await eventually(() => expect(harness.writer.of("stream-ended")).toHaveLength(2));
    expect((await action(again.action ?? "")).document).toContain("+15550100030");
  });

  test("the node died: another one goes on with the same release, or falls back when the slot holds another", async () => {
    const call = await talk();
    await harness.node.close();
    await harness.restart({ node: "node-2" });
    await eventually(() => expect(harness.node.state().deployments).toHaveLength(1));
    const again = await action(call.action);
    const ticket = /name="ticket" value="([^"]+)"/.exec(again.document)?.[1] ?? "";
    expect(readStreamTicket(ticketKey, ticket, Date.now())).toMatchObject({ node: "node-2", attempt: 2 });
    await serve(bundleOf("another", { agent }), 2);
    expect((await action(call.action)).document).toContain("+15550100030");
  });

  test("a defect on our side ends this stream only, and the call goes on", async () => {
    await harness.stop();
    await start(3);
    const broken = await talk();
    broken.client.say("x");
    expect(await broken.client.closed).toBe(STREAM_CLOSE.internal);
    expect((await action(broken.action)).document).toContain("<Stream ");
    expect(harness.node.state().isReady).toBe(true);
  });
});

test("a node that is told to stop takes no new calls and lets those in progress finish", async () => {
  await harness.stop();
  pipeline = recordingPipeline("hello caller");
  harness = await startHarness({ engine: quietEngine(pipeline), drainMs: 20_000 });
  await serve();
  const call = await talk();
  const draining = harness.node.drain();
  await eventually(() => expect(harness.node.state().isReady).toBe(false));
  await isHonest(call, "onwards");
  call.client.event("stop", { stop: { accountSid: "AC", callSid: CALL } });
  await harness.carrier(`${voice}/status`, { CallSid: CALL, CallStatus: "completed" });
  await draining;
  expect(harness.writer.of("call-ended")[0]?.payload).toMatchObject({ disposition: "handled" });
  await harness.restart();
});

describe("hostile streams are closed with a code, and honest calls beside them notice nothing", () => {
  const pin = async (call: string) => {
    const { ticket } = await answer(call, "+15550000777");
    return readStreamTicket(ticketKey, ticket, Date.now())?.pin;
  };
  const signed = async (
    change: object = {},
    node = "node-1",
    key: Secret = ticketKey,
    nowMs = Date.now(),
    attempt = 1,
  ) => {
    const real = await pin(CALL);
    if (real === undefined) throw new Error("no pin");
    return signStreamTicket(key, { node, pin: { ...real, ...change }, attempt, faults: [] }, nowMs);
  };

  const starts: readonly [string, number, (client: StreamClient) => Promise<void> | void][] = [
    ["no ticket", 4401, (client) => client.start(CALL, {})],
    [
      "a forged ticket",
      4401,
      async (client) => client.start(CALL, { ticket: await signed({}, "node-1", new Secret("other")) }),
    ],
    [
      "a late ticket",
      4401,
      async (client) => client.start(CALL, { ticket: await signed({}, "node-1", ticketKey, Date.now() - 61_000) }),
    ],
    ["a ticket of another node", 4401, async (client) => client.start(CALL, { ticket: await signed({}, "node-9") })],
    [
      "a ticket of another deployment",
      4401,
      async (client) => client.start(CALL, { ticket: await signed({ deploymentId: "d9" }) }),
    ],
    ["a ticket of another call", 4401, async (client) => client.start(callSid("f"), { ticket: await signed() })],
    [
      "a ticket of a release that has left",
      4410,
      async (client) => client.start(CALL, { ticket: await signed({ bundleHash: "0".repeat(64) }) }),
    ],
    [
      "another encoding",
      4415,
      async (client) =>
        client.start(
          CALL,
          { ticket: await signed() },
          { mediaFormat: { encoding: "audio/x-alaw", sampleRate: 8000, channels: 1 } },
        ),
    ],
  ];

  test.each(starts)("%s", async (_name, code, misbehave) => {
    const honest = await talk(callSid("b"));
    const hostile = await dial();
    hostile.connected();
    await misbehave(hostile);
    expect(await hostile.closed).toBe(code);
    await isHonest(honest, "still");
    expect(pipeline.calls).toHaveLength(1);
  });

  test("a ticket is good once, also for whoever saw it", async () => {
    const { ticket } = await answer();
    const [first, second] = [await dial(), await dial()];
    for (const client of [first, second]) {
      client.connected();
      client.start(CALL, { ticket });
    }
    expect(await second.closed).toBe(STREAM_CLOSE.refused);
    expect(first.socket.readyState).toBe(1);
  });

  const frames: readonly [string, number, (client: StreamClient) => void][] = [
    ["no JSON", 4400, (client) => client.send("{")],
    ["JSON that is no frame", 4400, (client) => client.send("[1,2]")],
    ["binary", 1003, (client) => client.send(Buffer.from("x"))],
    ["oversized", 1009, (client) => client.send("x".repeat(65 * 1024))],
    ["a second start", 4400, (client) => client.start(CALL, {})],
    ["connected again", 4400, (client) => client.connected()],
    [
      "media of another stream",
      4400,
      (client) =>
        client.event(
          "media",
          { media: { track: "inbound", chunk: "9", timestamp: "0", payload: "//8=" } },
          { streamSid: "MZ0" },
        ),
    ],
    [
      "media that goes back in order",
      4400,
      (client) => {
        client.media(Buffer.alloc(160, 0xff), { chunk: "7" });
        client.media(Buffer.alloc(160, 0xff), { chunk: "6" });
      },
    ],
    [
      "the same media twice",
      4400,
      (client) => {
        client.media(Buffer.alloc(160, 0xff), { chunk: "7" });
        client.media(Buffer.alloc(160, 0xff), { chunk: "7" });
      },
    ],
    ["payload that is no base64", 4400, (client) => client.media(Buffer.alloc(0), { payload: "!!!!" })],
    [
      "a flood",
      4429,
      (client) => {
        for (let n = 0; n < 1200; n += 1) client.event("mark", { mark: { name: "x" } });
      },
    ],
  ];

  test.each(frames)("%s after a good start", async (_name, code, misbehave) => {
    const honest = await talk(callSid("b"));
    const hostile = await talk();
    misbehave(hostile.client);
    expect(await hostile.client.closed).toBe(code);
    await isHonest(honest, "still");
    await eventually(() => expect(harness.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "lost" }));
  });

  test("frames before a start, and a frame after the end", async () => {
    const early = await dial();
    early.media(Buffer.alloc(160, 0xff));
    expect(await early.closed).toBe(STREAM_CLOSE.malformed);
    const other = await dial();
    other.connected();
    other.event("dtmf", { dtmf: { track: "inbound_track", digit: "1" } });
    expect(await other.closed).toBe(STREAM_CLOSE.malformed);
  });

  test("without a valid start the connection is closed within five seconds", async () => {
    const client = await dial();
    client.connected();
    const startedMs = performance.now();
    expect(await client.closed).toBe(STREAM_CLOSE.unstarted);
    expect(performance.now() - startedMs).toBeGreaterThan(4000);
  });

  test("refusals are counted with their reasons, and the address is turned away when it holds too many", async () => {
    const clients = await Promise.all(Array.from({ length: 256 }, () => dial()));
    await expect(dial()).rejects.toThrow("429");
    clients[0]?.send("{");
    await clients[0]?.closed;
    await expect(dial()).resolves.toBeDefined();
    const operations = signTicket(ticketKey, "operations", {}, Date.now() + 60_000);
    const metrics = await fetch(`${harness.node.origin}/metrics`, {
      headers: { authorization: `Bearer ${operations}` },
    });
    expect(await metrics.text()).toContain('tandem_media_streams_refused_total{reason="malformed"} 1');
  });
});
