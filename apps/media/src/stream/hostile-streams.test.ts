import { Secret } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { ticketKey } from "../../test-support/node-harness.ts";
import { CALL, callSid, isHonest, openStreamScene, type StreamScene } from "../../test-support/stream-scene.ts";
import type { StreamClient } from "../../test-support/stream-client.ts";
import { STREAM_CLOSE } from "./stream-close.ts";
import { readStreamTicket, signStreamTicket } from "./stream-ticket.ts";

let scene: StreamScene;

beforeEach(async () => {
  scene = await openStreamScene();
});

afterEach(() => scene.close());

describe("hostile streams are closed with a code, and honest calls beside them notice nothing", () => {
  const pin = async (call: string) => {
    const { ticket } = await scene.answer(call, "+15550000777");
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
    const honest = await scene.talk(callSid("b"));
    const hostile = await scene.dial();
    hostile.connected();
    await misbehave(hostile);
    expect(await hostile.closed).toBe(code);
    await isHonest(honest, "still");
    expect(scene.pipeline.calls).toHaveLength(1);
  });

  test("a ticket is good once, also for whoever saw it", async () => {
    const { ticket } = await scene.answer();
    const [first, second] = [await scene.dial(), await scene.dial()];
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
    const honest = await scene.talk(callSid("b"));
    const hostile = await scene.talk();
    misbehave(hostile.client);
    expect(await hostile.client.closed).toBe(code);
    await isHonest(honest, "still");
    await eventually(() => expect(scene.harness.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "lost" }));
  });

  test("frames before a start, and a frame after the end", async () => {
    const early = await scene.dial();
    early.media(Buffer.alloc(160, 0xff));
    expect(await early.closed).toBe(STREAM_CLOSE.malformed);
    const other = await scene.dial();
    other.connected();
    other.event("dtmf", { dtmf: { track: "inbound_track", digit: "1" } });
    expect(await other.closed).toBe(STREAM_CLOSE.malformed);
  });

  test("without a valid start the connection is closed within five seconds", async () => {
    const client = await scene.dial();
    client.connected();
    const startedMs = performance.now();
    expect(await client.closed).toBe(STREAM_CLOSE.unstarted);
    expect(performance.now() - startedMs).toBeGreaterThan(4000);
  });

  test("refusals are counted with their reasons, and the address is turned away when it holds too many", async () => {
    const clients = await Promise.all(Array.from({ length: 256 }, () => scene.dial()));
    await expect(scene.dial()).rejects.toThrow("429");
    clients[0]?.send("{");
    await clients[0]?.closed;
    await expect(scene.dial()).resolves.toBeDefined();
    const operations = signTicket(ticketKey, "operations", {}, Date.now() + 60_000);
    const metrics = await fetch(`${scene.harness.node.origin}/metrics`, {
      headers: { authorization: `Bearer ${operations}` },
    });
    expect(await metrics.text()).toContain('tandem_media_streams_refused_total{reason="malformed"} 1');
  });
});
