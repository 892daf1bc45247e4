import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ToneReader } from "@tandem/audio";
import type { JsonObject } from "@tandem/kernel";
import type { TtsOptions, TtsSession } from "@tandem/ports/tts";
import type { RunningSandbox, SocketFrame } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { access, Hearing, options, startCartesia } from "../test/speaking.ts";
import { openTts, type Patience } from "./tts.ts";

let running: RunningSandbox;
const frames: SocketFrame[] = [];
beforeAll(async () => {
  running = await startCartesia((frame) => frames.push(frame));
});
afterAll(() => running.close());
beforeEach(async () => {
  await running.control.reset();
  frames.length = 0;
});

const eventually = <Result>(hold: () => Result): Promise<Result> => vi.waitFor(hold, { timeout: 20_000, interval: 10 });
const quietly = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const sent = (from: SocketFrame["from"]): JsonObject[] =>
  frames.filter((frame) => frame.from === from).map(({ text }) => JSON.parse(text!) as JsonObject);

async function withSession(
  work: (session: TtsSession) => Promise<void>,
  changes: { patience?: Patience; options?: Partial<TtsOptions>; apiKey?: string } = {},
): Promise<void> {
  const tts = openTts(access(running.origins["cartesia"], changes.apiKey), changes.patience);
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

test("each token leaves as it comes, in one context whose other members stay equal", () =>
  withSession(async (session) => {
    const heard = await say(session, "Sure", ",", " we", " can", " do", " that", ".");
    expect(heard.read()).toBe("Sure, we can do that.");
    const requests = sent("client");
    expect(requests.map((request) => [request["transcript"], request["continue"]])).toEqual([
      ["Sure", true],
      [",", true],
      [" we", true],
      [" can", true],
      [" do", true],
      [" that", true],
      [".", true],
      ["", false],
    ]);
    const fixed = requests.map((request) => JSON.stringify({ ...request, transcript: "", continue: true }));
    expect(new Set(fixed).size).toBe(1);
  }));

test("two utterances use one connection and two contexts", () =>
  withSession(async (session) => {
    await say(session, "One.");
    await say(session, "Two.");
    const contexts = new Set(sent("client").map((request) => request["context_id"]));
    expect(contexts.size).toBe(2);
    const ledger = await running.control.ledger({ vendor: "cartesia" });
    expect(ledger.map(({ effect, facts }) => [effect, facts["text"], facts["characters"], facts["model"]])).toEqual([
      ["said", "One.", 4, "sonic-3"],
      ["said", "Two.", 4, "sonic-3"],
    ]);
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

test("late audio of a cancelled context never reaches the next utterance", () =>
  withSession(async (session) => {
    await running.control.setSettings("cartesia", { lateChunks: 30 });
    const heard = new Hearing();
    const cut = session.speak(heard);
    cut.write("This sentence is long enough to be under way for quite a while when somebody cuts it short. ".repeat(2));
    await eventually(() => expect(heard.chunks.length).toBeGreaterThan(1));
    cut.cancel();
    const told = heard.told.length;
    expect((await say(session, "Go ahead.")).read()).toBe("Go ahead.");
    expect(heard.told).toHaveLength(told);
    const cancelled = sent("client").find((request) => request["cancel"] === true)?.["context_id"];
    const after = frames.findIndex(({ text }) => text?.includes('"cancel":true'));
    const late = frames
      .slice(after)
      .filter(({ from, text }) => from === "emulator" && text?.includes(`"${String(cancelled)}"`));
    expect(late.length).toBeGreaterThan(5);
    const [entry] = (await running.control.ledger()).filter(({ effect }) => effect === "cancelled");
    expect(entry?.facts).toMatchObject({
      cause: "asked",
      unspoken: expect.stringMatching(/somebody cuts it short\./u),
    });
    expect(entry?.facts["unspokenMs"]).toBeGreaterThan(1000);
  }));

test("an utterance goes on after a rest that its context did not survive", () =>
  withSession(async (session) => {
    const heard = new Hearing();
    const utterance = session.speak(heard);
    utterance.write("One moment, please. ");
    await eventually(async () =>
      expect((await running.control.ledger()).map(({ facts }) => facts["isExpired"])).toEqual([true]),
    );
    utterance.write("Here it is.");
    utterance.end();
    await eventually(() => expect(heard.isOver).toBe(true));
    expect(heard.failure).toBeNull();
    expect(heard.read()).toBe("One moment, please. Here it is.");
    const starts = heard.spoken.map(({ startMs }) => startMs);
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(heard.spoken.map(({ text }) => text).join(" ")).toBe("One moment, please. Here it is.");
  }));

test("an end that comes after such a rest is an end", () =>
  withSession(async (session) => {
    const heard = new Hearing();
    const utterance = session.speak(heard);
    utterance.write("That is all. ");
    await eventually(async () => expect(await running.control.ledger()).toHaveLength(1));
    utterance.end();
    await eventually(() => expect(heard.isOver).toBe(true));
    expect(heard.told.at(-1)).toBe("done");
  }));

test.each([
  ["an unknown voice", { voice: "nobody" }, "not-found"],
  ["an unknown model", { model: "sonic-0" }, "not-found"],
  ["a setting that the vendor refuses", { format: { encoding: "mulaw", sampleRateHz: 16_000 } as const }, "invalid"],
])("%s is told, and the connection lives on", async (_, changes, fault) => {
  await withSession(
    async (session) => {
      expect((await say(session, "Hello there.")).failure).toMatchObject({ fault });
      expect((await say(session, "Hello there.")).failure).toMatchObject({ fault });
    },
    { options: changes },
  );
});

test("the plan's limit of contexts is told as throttled", () =>
  withSession(async (session) => {
    await running.control.setSettings("cartesia", { concurrency: 1 });
    await withSession(async (other) => {
      const first = new Hearing();
      other.speak(first).write("I am still speaking, and will be for a while longer, so that nobody else can. ");
      await eventually(() => expect(first.told).toContain("audio"));
      expect((await say(session, "Me too.")).failure).toMatchObject({ fault: "throttled" });
    });
    await eventually(async () => expect((await running.control.ledger()).at(-1)?.effect).toBe("cancelled"));
    expect((await say(session, "Now me.")).read()).toBe("Now me.");
  }));

test("a connection that is silent is given up, and the next utterance has a new one", async () => {
  await running.control.setFault({ vendor: "cartesia", method: "WS", fault: { do: "stall" } });
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

test("a language model that pauses is no silence of the vendor", () =>
  withSession(
    async (session) => {
      const heard = new Hearing();
      const utterance = session.speak(heard);
      utterance.write("Let me see. ");
      await eventually(() => expect(heard.spoken).toHaveLength(3));
      await quietly(2500);
      utterance.write("Yes.");
      utterance.end();
      await eventually(() => expect(heard.isOver).toBe(true));
      expect(heard.failure).toBeNull();
      expect(heard.read()).toBe("Let me see. Yes.");
    },
    { patience: { connectMs: 4000, silenceMs: 2000 } },
  ));

test("a connection that the vendor closed for its idleness is made again", () =>
  withSession(async (session) => {
    await running.control.setSettings("cartesia", { idleMs: 400 });
    expect((await say(session, "One.")).read()).toBe("One.");
    await running.control.setSettings("cartesia", { idleMs: null });
    await quietly(1200);
    expect((await say(session, "Two.")).read()).toBe("Two.");
  }));

test("PCM at 16 kHz is spoken, too", () =>
  withSession(
    async (session) => {
      const heard = await say(session, "Wide band.");
      expect(heard.read({ encoding: "pcm16", sampleRateHz: 16_000 })).toBe("Wide band.");
    },
    { options: { format: { encoding: "pcm16", sampleRateHz: 16_000 } } },
  ));

test("a key that no header can carry fails like any other and is not shown", () =>
  withSession(
    async (session) => {
      const { failure } = await say(session, "Hello.");
      expect(failure?.fault).toBe("unavailable");
      expect(JSON.stringify(failure)).not.toContain("line");
    },
    { apiKey: "two\nlines" },
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
