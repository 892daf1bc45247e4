import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { bundleOf } from "../../test-support/fixtures.ts";
import { AUTH_TOKEN, INGRESS_KEY, PUBLIC_URL, ticketKey } from "../../test-support/node-harness.ts";
import { agent, blue, CALL, isHonest, openStreamScene, type StreamScene } from "../../test-support/stream-scene.ts";
import { STREAM } from "../../test-support/stream-client.ts";
import { STREAM_CLOSE } from "./stream-close.ts";
import { readStreamTicket } from "./stream-ticket.ts";

const voice = `/voice/${INGRESS_KEY}`;

let scene: StreamScene;

beforeEach(async () => {
  scene = await openStreamScene();
});

afterEach(() => scene.close());

describe("answer", () => {
  test("our own engine is connected to without any vendor: this node's stream, a ticket, a signed action", async () => {
    const { document, action, ticket } = await scene.answer();
    expect(document).toContain(`<Stream url="wss://calls.example.com/stream/${INGRESS_KEY}">`);
    expect(action).toMatch(/\/action\?token=/);
    expect(scene.harness.agent.registered).toEqual([]);
    expect(readStreamTicket(ticketKey, ticket, Date.now())).toMatchObject({
      node: "node-1",
      attempt: 1,
      faults: [],
      pin: { callId: CALL, slot: "blue", generation: 1, kind: "live" },
    });
    expect(readStreamTicket(ticketKey, ticket, Date.now() + 60_000)).toBeNull();
  });

  // How long it takes is `bench/answer`'s to say; a test tells what it may not wait for.
  test("answering waits for nobody: not for the database that keeps the call, and no vendor is asked", async () => {
    const { writer, agent } = scene.harness;
    const keep = writer.write.bind(writer);
    const held = Promise.withResolvers<void>();
    let waiting = 0;
    writer.write = async (batch) => {
      waiting += 1;
      await held.promise;
      await keep(batch);
    };
    const asked = vi.spyOn(globalThis, "fetch");
    try {
      for (let n = 0; n < 8; n += 1) {
        const call = await scene.answer(`CA${String(n).padStart(32, "0")}`, `+1555001${String(n).padStart(4, "0")}`);
        expect(readStreamTicket(ticketKey, call.ticket, Date.now())).not.toBeNull();
      }
      await eventually(() => expect(waiting).toBeGreaterThan(0));
      expect(agent.registered).toEqual([]);
      // The carrier's own requests of this test and nobody else's.
      expect(asked.mock.calls.map(([url]) => new URL(String(url)).origin)).toEqual(
        Array.from({ length: asked.mock.calls.length }, () => scene.harness.node.origin),
      );
    } finally {
      held.resolve();
      asked.mockRestore();
      writer.write = keep;
    }
  });
});

describe("a call", () => {
  test("audio, marks and digits go both ways and the session tells what happened", async () => {
    const call = await scene.talk();
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
      expect(scene.harness.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "caller-gone", attempt: 1 }),
    );
    expect(scene.harness.writer.of("stream-started")).toHaveLength(1);
    expect(scene.harness.writer.of("call-metrics")[0]?.payload).toMatchObject({
      frames: call.recorded.frames,
      turns: 0,
    });
  });

  test("what the carrier signs must be signed with the tenant's token over our address", async () => {
    const signed = (token: string) => {
      const url = `${PUBLIC_URL.replace("http", "ws")}/stream/${INGRESS_KEY}`;
      return { "x-twilio-signature": createHmac("sha1", token).update(url).digest("base64") };
    };
    await expect(scene.dial(signed("another-token"))).rejects.toThrow("403");
    await expect(scene.dial(signed(AUTH_TOKEN))).resolves.toBeDefined();
    await expect(scene.dial({}, "z".repeat(26))).rejects.toThrow("404");
  });
});

describe("what follows a stream", () => {
  const action = async (path: string, call = CALL) =>
    scene.harness.carrier(path, { CallSid: call, CallStatus: "in-progress", From: "+15550000001" });

  test("ended by us: hang up", async () => {
    const call = await scene.talk();
    call.recorded.parts.onHangUp();
    expect(await call.client.closed).toBe(STREAM_CLOSE.ended);
    expect((await action(call.action)).document).toContain("<Hangup/>");
    await eventually(() =>
      expect(scene.harness.writer.of("leg-ended")[0]?.payload).toMatchObject({ leg: "stream", ended: "hang-up" }),
    );
  });

  test("handed off: the person's number, with the summary redacted in the session", async () => {
    const call = await scene.talk();
    call.recorded.parts.onHandOff("emergency", "They smell gas.");
    expect(await call.client.closed).toBe(STREAM_CLOSE.ended);
    const { document } = await action(call.action);
    expect(document).toMatch(/Connecting you to emergency services.*\+15550100911/s);
    await eventually(() =>
      expect(scene.harness.writer.of("handed-off")[0]?.payload).toEqual({
        to: "emergency",
        summary: "They smell gas.",
      }),
    );
  });

  test("the caller has gone: nothing", async () => {
    const call = await scene.talk();
    call.client.event("stop", { stop: { accountSid: "AC", callSid: CALL } });
    await call.client.closed;
    expect((await action(call.action)).document).toContain("<Hangup/>");
  });

  test("the stream broke: once more on the same release, then the fallback; a used leg starts no second stream", async () => {
    const call = await scene.talk();
    await scene.serve(bundleOf("another"), 2);
    await scene.serve(blue, 3);
    call.client.socket.terminate();
    await eventually(() => expect(scene.harness.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "lost" }));
    const again = await action(call.action);
    const ticket = /name="ticket" value="([^"]+)"/.exec(again.document)?.[1] ?? "";
    expect(readStreamTicket(ticketKey, ticket, Date.now())).toMatchObject({
      attempt: 2,
      pin: { slot: "blue", generation: 1 },
    });
    const second = await scene.dial();
    second.connected();
    second.start(CALL, { ticket });
    await eventually(() => expect(scene.pipeline.calls).toHaveLength(2));
    second.socket.terminate();
    await eventually(() => expect(scene.harness.writer.of("stream-ended")).toHaveLength(2));
    expect((await action(again.action ?? "")).document).toContain("+15550100030");
  });

  test("the node died: another one goes on with the same release, or falls back when the slot holds another", async () => {
    const call = await scene.talk();
    await scene.harness.node.close();
    await scene.harness.restart({ node: "node-2" });
    await eventually(() => expect(scene.harness.node.state().deployments).toHaveLength(1));
    const again = await action(call.action);
    const ticket = /name="ticket" value="([^"]+)"/.exec(again.document)?.[1] ?? "";
    expect(readStreamTicket(ticketKey, ticket, Date.now())).toMatchObject({ node: "node-2", attempt: 2 });
    await scene.serve(bundleOf("another", { agent }), 2);
    expect((await action(call.action)).document).toContain("+15550100030");
  });

  test("a defect on our side ends this stream only, and the call goes on", async () => {
    await scene.close();
    scene = await openStreamScene({}, 3);
    const broken = await scene.talk();
    broken.client.say("x");
    expect(await broken.client.closed).toBe(STREAM_CLOSE.internal);
    expect((await action(broken.action)).document).toContain("<Stream ");
    expect(scene.harness.node.state().isReady).toBe(true);
  });
});

test("a node that is told to stop takes no new calls and lets those in progress finish", async () => {
  await scene.close();
  scene = await openStreamScene({ drainMs: 20_000 });
  const call = await scene.talk();
  const draining = scene.harness.node.drain();
  await eventually(() => expect(scene.harness.node.state().isReady).toBe(false));
  await isHonest(call, "onwards");
  call.client.event("stop", { stop: { accountSid: "AC", callSid: CALL } });
  await scene.harness.carrier(`${voice}/status`, { CallSid: CALL, CallStatus: "completed" });
  await draining;
  expect(scene.harness.writer.of("call-ended")[0]?.payload).toMatchObject({ disposition: "handled" });
  await scene.harness.restart();
});
