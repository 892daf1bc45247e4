import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ToneReader } from "@tandem/audio";
import type { JsonObject } from "@tandem/kernel";
import type { TtsOptions, TtsSession } from "@tandem/ports/tts";
import type { RunningSandbox, SocketFrame } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { access, Hearing, options, startElevenLabs } from "../test/speaking.ts";
import { openTts, type Patience } from "./tts.ts";

let running: RunningSandbox;
const frames: SocketFrame[] = [];
beforeAll(async () => {
  running = await startElevenLabs((frame) => frames.push(frame));
});
afterAll(() => running.close());
beforeEach(async () => {
  await running.control.reset();
  frames.length = 0;
});

const LONG = "This sentence is long enough to be under way for quite a while when somebody cuts it short. ";
const eventually = <Result>(hold: () => Result): Promise<Result> => vi.waitFor(hold, { timeout: 20_000, interval: 10 });
const quietly = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const sent = (from: SocketFrame["from"]): JsonObject[] =>
  frames.filter((frame) => frame.from === from).map(({ text }) => JSON.parse(text!) as JsonObject);

async function withSession(
  work: (session: TtsSession) => Promise<void>,
  changes: { patience?: Patience; options?: Partial<TtsOptions>; apiKey?: string } = {},
): Promise<void> {
  const tts = openTts(access(running.origins["elevenlabs"], changes.apiKey), changes.patience);
  const session = tts.open({ ...options, ...changes.options });
  try {
    await work(session);
  } finally {
    session.close();
  }
}

async function say(session: TtsSession, ...pieces: string[]): Promise<Hearing> {
  const heard = new Hearing();
  const utterance = session.speak(heard);
  for (const piece of pieces) utterance.write(piece);
  utterance.end();
  await eventually(() => expect(heard.isOver).toBe(true));
  return heard;
}

test("tokens leave clause by clause, after a beginning with the voice's settings", () =>
  withSession(
    async (session) => {
      const heard = await say(session, "Sure", ",", " we", " can", " do", " that", ".", " When", "?");
      expect(heard.read()).toBe("Sure, we can do that. When?");
      const [{ context_id: id }, ...rest] = sent("client") as [JsonObject, ...JsonObject[]];
      expect(sent("client")[0]).toEqual({ text: " ", voice_settings: { stability: 0.4 }, context_id: id });
      expect(rest).toEqual([
        { text: "Sure, ", context_id: id },
        { text: "we can do that. ", context_id: id },
        { text: "When? ", context_id: id, flush: true },
        { context_id: id, close_context: true },
      ]);
    },
    { options: { settings: { stability: 0.4 } } },
  ));

test("a sentence that is followed by nothing is spoken without its end being told", () =>
  withSession(async (session) => {
    const heard = new Hearing();
    session.speak(heard).write("One moment.");
    await eventually(() => expect(heard.told).toContain("audio"));
    const [entry] = sent("client").slice(1);
    expect(entry).toMatchObject({ text: "One moment." });
  }));

test("word times say where the tones are", () =>
  withSession(async (session) => {
    const heard = await say(session, "Your visit is at ", "14:30", " on Monday.");
    expect(heard.spoken.map(({ text }) => text)).toEqual(["Your", "visit", "is", "at", "14:30", "on", "Monday."]);
    const read: { text: string; startMs: number }[] = [];
    const reader = new ToneReader(options.format, (event) => event.type === "word" && read.push(event));
    reader.push(heard.bytes);
    reader.flush();
    for (const [index, word] of heard.spoken.entries())
      expect(Math.abs(word.startMs - read[index]!.startMs), word.text).toBeLessThan(40);
  }));

test("a cancel closes the context; its late audio never reaches the next utterance", () =>
  withSession(async (session) => {
    await running.control.setSettings("elevenlabs", { lateChunks: 30 });
    const heard = new Hearing();
    const cut = session.speak(heard);
    cut.write(LONG.repeat(2));
    await eventually(() => expect(heard.chunks.length).toBeGreaterThan(1));
    cut.cancel();
    const told = heard.told.length;
    expect((await say(session, "Go ahead.")).read()).toBe("Go ahead.");
    expect(heard.told).toHaveLength(told);
    const closing = frames.findIndex(({ text }) => text?.includes('"close_context":true'));
    const cancelled = (JSON.parse(frames[closing]!.text!) as JsonObject)["context_id"] as string;
    const late = frames
      .slice(closing)
      .filter(({ from, text }) => from === "emulator" && text?.includes(`"${cancelled}"`));
    expect(late.length).toBeGreaterThan(5);
    const [entry] = await running.control.ledger();
    expect(entry).toMatchObject({ effect: "cancelled", facts: { cause: "asked" } });
    expect(entry?.facts["unspokenMs"]).toBeGreaterThan(1000);
  }));

test("a cancel after the end cuts the speech, too: a flushed context ends with its connection only", () =>
  withSession(async (session) => {
    const heard = new Hearing();
    const cut = session.speak(heard);
    cut.write(LONG);
    cut.end();
    await eventually(() => expect(heard.told).toContain("audio"));
    cut.cancel();
    expect((await say(session, "Go ahead.")).read()).toBe("Go ahead.");
    await eventually(async () => {
      const effects = (await running.control.ledger()).map(
        ({ effect, facts }) => `${effect} ${String(facts["cause"])}`,
      );
      expect(effects.toSorted()).toEqual(["cancelled connection lost", "said undefined"]);
    });
  }));

test("many quick interruptions never exceed the vendor's five contexts", () =>
  withSession(async (session) => {
    await running.control.setSettings("elevenlabs", { lateChunks: 1000 });
    for (let round = 0; round < 14; round += 1) {
      const heard = new Hearing();
      const cut = session.speak(heard);
      cut.write(LONG);
      await eventually(() => expect(heard.told).toContain("audio"));
      cut.cancel();
      expect(heard.failure).toBeNull();
    }
    expect((await say(session, "Still here.")).read()).toBe("Still here.");
    expect(sent("emulator").filter((message) => message["error"] !== undefined)).toEqual([]);
  }));

test.each([
  ["an unknown voice", { options: { voice: "nobody" } }, {}, "not-found"],
  ["an unknown model", { options: { model: "eleven_0" } }, {}, "not-found"],
  ["a wrong key", { apiKey: "sk_wrong_0123456789" }, {}, "unauthorized"],
  ["a used-up quota", {}, { characterLimit: 3 }, "payment"],
  ["the plan's limit", {}, { concurrency: 0 }, "throttled"],
])("%s is told in our terms", async (_, changes, settings, fault) => {
  await running.control.setSettings("elevenlabs", settings);
  await withSession(async (session) => {
    for (const text of ["Hello there.", "Hello again."]) {
      const heard = await say(session, text);
      expect(heard.told).toEqual(["failed"]);
      expect(heard.failure).toMatchObject({ fault });
      expect(heard.failure?.message).not.toContain("sk_");
    }
  }, changes);
});

test("a connection that the vendor closed for want of text is made again", () =>
  withSession(async (session) => {
    expect((await say(session, "One.")).read()).toBe("One.");
    await running.control.setSettings("elevenlabs", { inactivityMs: 100 });
    const cut = session.speak(new Hearing());
    cut.write("Short. And cut.");
    cut.cancel();
    await eventually(() => expect(sent("emulator").at(-1)).toMatchObject({ error: "input_timeout_exceeded" }));
    await running.control.setSettings("elevenlabs", { inactivityMs: null });
    await quietly(100);
    expect((await say(session, "Two.")).read()).toBe("Two.");
  }));

test("a connection that is silent is given up, and the next utterance has a new one", async () => {
  await running.control.setFault({ vendor: "elevenlabs", method: "WS", fault: { do: "stall" } });
  await withSession(
    async (session) => {
      const heard = await say(session, "Anybody there?");
      expect(heard.told).toEqual(["failed"]);
      expect(heard.failure).toMatchObject({ fault: "unavailable", message: expect.stringContaining("1000 ms") });
      expect((await say(session, "Yes.")).read()).toBe("Yes.");
    },
    { patience: { connectMs: 4000, silenceMs: 1000 } },
  );
});

test("PCM at 16 kHz is spoken, too", () =>
  withSession(
    async (session) => {
      const heard = await say(session, "Wide band.");
      expect(heard.read({ encoding: "pcm16", sampleRateHz: 16_000 })).toBe("Wide band.");
    },
    { options: { format: { encoding: "pcm16", sampleRateHz: 16_000 } } },
  ));

test("a closed session does not wait for a vendor that answers nothing, not even the goodbye", async () => {
  const server = createServer();
  const opened = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  server.on("upgrade", ({ headers }, duplex) => {
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    duplex.write(
      `HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
    );
    duplex.once("data", opened.resolve).on("error", () => {});
    duplex.once("end", () => (duplex.destroy(), left.resolve())).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = openTts(access(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).open(options);
  const heard = new Hearing();
  session.speak(heard).write("Hello there. Are you");
  await opened.promise;
  const closedAtMs = performance.now();
  session.close();
  await left.promise;
  expect(performance.now() - closedAtMs).toBeLessThan(15_000);
  expect(heard.told).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});
