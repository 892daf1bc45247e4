import type { Json, JsonObject } from "@tandem/kernel";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { read, silence, speak, startDeepgram } from "../test/speech-subject.ts";
import { demoAccount } from "./sandbox.ts";

let running: RunningSandbox;
beforeEach(async () => void (running = await startDeepgram()));
afterEach(() => running.close());

const NOVA = "/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000";
const FLUX = "/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000";
const AURA = "/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000";

/** A client that knows nothing but the protocol. */
function dial(path: string, key = demoAccount.apiKey) {
  const messages: JsonObject[] = [];
  const audio: Buffer[] = [];
  const socket = new WebSocket(`${running.origins["deepgram"]?.replace("http", "ws")}${path}`, {
    headers: { authorization: `Token ${key}` },
  });
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) audio.push(data);
    else messages.push(JSON.parse(data.toString()) as JsonObject);
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  return {
    socket,
    messages,
    audio,
    closed,
    opened: () => new Promise((resolve) => socket.once("open", resolve)),
    refused: () =>
      new Promise<number | undefined>((resolve) =>
        socket.once("unexpected-response", (request, { statusCode }) => (request.destroy(), resolve(statusCode))),
      ),
    types: () => messages.map(({ type }) => type),
    say: (message: Json) => socket.send(JSON.stringify(message)),
  };
}
const until = (hold: () => void | Promise<void>) => vi.waitFor(hold, { timeout: 20_000, interval: 10 });

test.each([
  ["an unknown key", NOVA, "wrong", 401],
  ["an unknown path", "/v3/listen", undefined, 404],
  ["a model of another path", NOVA.replace("nova-3", "flux-general-en"), undefined, 400],
  ["a format that it cannot read", NOVA.replace("8000", "11025"), undefined, 400],
  ["keywords for Nova-3", `${NOVA}&keywords=Ada`, undefined, 400],
  ["a voice that is none", AURA.replace("aura-2", "zeus"), undefined, 400],
] as const)("%s is refused", async (_, path, key, status) => {
  expect(await dial(path, key).refused()).toBe(status);
});

test("a revoked key is refused until it is restored", async () => {
  await running.control.revoke("deepgram", demoAccount.apiKey);
  expect(await dial(NOVA).refused()).toBe(401);
  await running.control.restore("deepgram", demoAccount.apiKey);
  const client = dial(NOVA);
  await client.opened();
  client.socket.close();
});

test("interims, starts of speech and ends of utterances come only when they are asked for", async () => {
  const client = dial(`${NOVA}&endpointing=300`);
  await client.opened();
  client.socket.send(speak("Plain words, please."));
  client.socket.send(silence(2000));
  await until(() => expect(client.messages.length).toBeGreaterThan(0));
  client.say({ type: "CloseStream" });
  expect(await client.closed).toBe(1000);
  expect(client.types()).toEqual(["Results", "Metadata"]);
  expect(client.messages[0]).toMatchObject({
    is_final: true,
    speech_final: true,
    channel: { alternatives: [{ transcript: "plain words please" }] },
  });
});

test("formatted words keep their plain form beside them", async () => {
  const client = dial(`${NOVA}&endpointing=300&smart_format=true`);
  await client.opened();
  client.socket.send(speak("At 14:00, Ada!"));
  client.say({ type: "CloseStream" });
  await client.closed;
  const words = [
    { word: "at", punctuated_word: "At" },
    { word: "1400", punctuated_word: "14:00," },
    { word: "ada", punctuated_word: "Ada!" },
  ];
  expect(client.messages[0]).toMatchObject({ channel: { alternatives: [{ transcript: "At 14:00, Ada!", words }] } });
});

test.each([NOVA, FLUX])("a message that is not of the protocol ends %s", async (path) => {
  const client = dial(path);
  await client.opened();
  client.socket.send("{half");
  expect(await client.closed).toBe(1008);
});

test("Flux takes thresholds within their bounds and refuses others", async () => {
  const client = dial(FLUX);
  await client.opened();
  client.say({ type: "Configure", thresholds: { eot_threshold: 0.8, eager_eot_threshold: 0.4 }, keyterms: ["Ada"] });
  client.say({ type: "Configure", thresholds: { eot_threshold: 0.4 } });
  client.say({ type: "Configure", thresholds: { eager_eot_threshold: 0.9 } });
  await until(() => expect(client.messages).toHaveLength(4));
  expect(client.types()).toEqual(["Connected", "ConfigureSuccess", "ConfigureFailure", "ConfigureFailure"]);
  expect(client.messages[1]).toMatchObject({
    thresholds: { eot_threshold: 0.8, eager_eot_threshold: 0.4, eot_timeout_ms: 5000 },
    keyterms: ["Ada"],
  });
  client.socket.close();
});

test("Aura speaks what it has before it closes, and warns of what it cannot take", async () => {
  const client = dial(AURA);
  await client.opened();
  client.say({ type: "Shout" });
  client.say({ type: "Speak", text: "Good bye" });
  client.say({ type: "Close" });
  expect(await client.closed).toBe(1000);
  expect(client.types()).toEqual(["Metadata", "Warning", "Flushed"]);
  expect(read(Buffer.concat(client.audio))).toBe("Good bye");
});

test("audio is paced: faster than speech, not all at once", async () => {
  const client = dial(AURA);
  await client.opened();
  const askedMs = performance.now();
  client.say({ type: "Speak", text: "This takes about four seconds to say, and one to make, then." });
  client.say({ type: "Flush" });
  await until(() => expect(client.types()).toContain("Flushed"));
  const audioMs = Buffer.concat(client.audio).length / 8;
  expect(performance.now() - askedMs).toBeGreaterThan(audioMs / 4 - 50);
  expect(Math.max(...client.audio.map(({ length }) => length))).toBeLessThanOrEqual(800);
  client.socket.close();
});

test("the twenty-first flush of a minute is not taken", async () => {
  const client = dial(AURA);
  await client.opened();
  for (let count = 0; count < 21; count++) client.say({ type: "Flush" });
  await until(() => expect(client.types()).toContain("Warning"));
  expect(client.types().filter((type) => type === "Flushed")).toHaveLength(20);
  client.socket.close();
});

test("two hundred streams are heard at once, each its own words", async () => {
  const texts = Array.from({ length: 200 }, (_, index) => `caller ${index}`);
  const clients = texts.map(() => dial(`${NOVA}&endpointing=300`));
  await Promise.all(clients.map((client) => client.opened()));
  const audios = texts.map((text) => Buffer.concat([speak(text), silence(600)]));
  for (let at = 0; at < Math.max(...audios.map(({ length }) => length)); at += 160) {
    clients.forEach(({ socket }, index) => socket.send(audios[index]!.subarray(at, at + 160)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(async () => {
    const heard = (await running.control.ledger({ vendor: "deepgram" })).map(({ facts }) => facts["text"]);
    expect(heard).toHaveLength(texts.length);
    expect(new Set(heard)).toEqual(new Set(texts));
  });
  await until(() => expect(clients.every(({ messages }) => messages.length === 1)).toBe(true));
  for (const { socket } of clients) socket.terminate();
});
