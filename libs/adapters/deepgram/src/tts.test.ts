import type { ProviderFailure } from "@tandem/ports/provider";
import type { TtsOptions, TtsSession } from "@tandem/ports/tts";
import { type RunningSandbox, type SocketFrame } from "@tandem/sandbox-host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { accessAt, auraOptions, read, startDeepgram, WIDE_FORMAT } from "../test/speech-subject.ts";
import { openTts, speakPath } from "./tts.ts";

let running: RunningSandbox;
let frames: SocketFrame[] = [];
const sessions: TtsSession[] = [];
beforeEach(async () => {
  const seen: SocketFrame[] = (frames = []);
  running = await startDeepgram((frame) => seen.push(frame));
});
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  return running.close();
});

const open = (options: TtsOptions = auraOptions): TtsSession => {
  const session = openTts(accessAt(running.origins["deepgram"] ?? "")).open(options);
  sessions.push(session);
  return session;
};
const until = (hold: () => void | Promise<void>) => vi.waitFor(hold, { timeout: 20_000, interval: 10 });
const hearing = () => {
  const chunks: Uint8Array[] = [];
  const heard = { isDone: false, failure: null as ProviderFailure | null, bytes: () => Buffer.concat(chunks) };
  const listener = {
    audio: (chunk: Uint8Array) => void chunks.push(new Uint8Array(chunk)),
    words: () => expect.fail("Aura tells no word times"),
    done: () => void (heard.isDone = true),
    failed: (failure: ProviderFailure) => void (heard.failure = failure),
  };
  return { heard, listener };
};
const say = async (session: TtsSession, text: string) => {
  const { heard, listener } = hearing();
  const utterance = session.speak(listener);
  utterance.write(text);
  utterance.end();
  await until(() => expect(heard.isDone).toBe(true));
  return heard;
};
const sent = (type: string) =>
  frames.filter(({ from, text }) => from === "client" && text?.includes(`"type":"${type}"`) === true);
const effects = async () =>
  (await running.control.ledger({ vendor: "deepgram" })).map(({ effect, facts }) => [effect, facts["text"]]);

test("the model is the voice; settings reach the query", () => {
  const query = (options: TtsOptions) => Object.fromEntries(new URLSearchParams(speakPath(options).split("?")[1]));
  expect(query(auraOptions)).toEqual({ model: "aura-2-thalia-en", encoding: "mulaw", sample_rate: "8000" });
  expect(query({ ...auraOptions, voice: "aura-2-zeus-en", format: WIDE_FORMAT, settings: { speed: 1.1 } })).toEqual({
    model: "aura-2-zeus-en",
    encoding: "linear16",
    sample_rate: "16000",
    speed: "1.1",
  });
});

test("wide audio says the same", async () => {
  const heard = await say(open({ ...auraOptions, format: WIDE_FORMAT }), "Wide and clear, 24/7.");
  expect(read(heard.bytes(), WIDE_FORMAT)).toBe("Wide and clear, 24/7.");
});

test("each token goes to the vendor at once, and audio comes before the text is whole", async () => {
  const { heard, listener } = hearing();
  const utterance = open().speak(listener);
  utterance.write("Good ");
  utterance.write("morning ");
  await until(() => expect(heard.bytes().length).toBeGreaterThan(0));
  expect(sent("Speak").map(({ text }) => JSON.parse(text ?? "").text)).toEqual(["Good ", "morning "]);
  expect(sent("Flush")).toHaveLength(0);
  utterance.write("to you.");
  utterance.end();
  await until(() => expect(heard.isDone).toBe(true));
  expect(read(heard.bytes())).toBe("Good morning to you.");
  expect(await effects()).toEqual([["said", "Good morning to you."]]);
});

test("a text too long for one message goes in several, no character cut in two", async () => {
  const text = `${"a".repeat(1999)}😀${"b".repeat(10)}`;
  const { listener } = hearing();
  open().speak(listener).write(text);
  await until(() => expect(sent("Speak")).toHaveLength(2));
  const parts = sent("Speak").map((frame) => JSON.parse(frame.text ?? "").text as string);
  expect(parts).toEqual(["a".repeat(1999), `😀${"b".repeat(10)}`]);
});

test("a cancel cuts the work: the vendor is told at once and most of the audio is never made", async () => {
  const text = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen.";
  const { heard, listener } = hearing();
  const utterance = open().speak(listener);
  utterance.write(text);
  utterance.end();
  await until(() => expect(heard.bytes().length).toBeGreaterThan(0));
  utterance.cancel();
  await until(async () => expect(await effects()).toEqual([["cancelled", text]]));
  const [{ facts } = { facts: {} as Record<string, unknown> }] = await running.control.ledger({ vendor: "deepgram" });
  expect(Number(facts["unsentMs"])).toBeGreaterThan(Number(facts["sentMs"]));
  expect(sent("Clear")).toHaveLength(1);
});

test("an utterance cancelled before any of its text was sent asks nothing of the vendor", async () => {
  const session = open();
  session.speak(hearing().listener).cancel();
  expect(read((await say(session, "Only this.")).bytes())).toBe("Only this.");
  expect(sent("Clear")).toHaveLength(0);
});

test("a cancel that the vendor does not confirm ends the socket; the next utterance is told, the one after it speaks", async () => {
  const session = open();
  const first = hearing();
  const utterance = session.speak(first.listener);
  utterance.write("Something long that is cut off in the middle of it. ");
  await until(() => expect(first.heard.bytes().length).toBeGreaterThan(0));
  await running.control.setSettings("deepgram", { stall: true });
  utterance.cancel();
  const second = hearing();
  session.speak(second.listener).write("Hello? ");
  await until(() => expect(second.heard.failure?.fault).toBe("unavailable"));
  await running.control.setSettings("deepgram", { stall: false });
  expect(read((await say(session, "Here again.")).bytes())).toBe("Here again.");
  expect(first.heard.failure).toBeNull();
});

test("one connection serves the utterances of a session", async () => {
  const session = open();
  for (const text of ["One.", "Two.", "Three."]) expect(read((await say(session, text)).bytes())).toBe(text);
  const opened = frames.filter(({ text }) => text?.includes('"type":"Metadata"') === true);
  expect(opened).toHaveLength(1);
});

test("a session takes another socket before the vendor's limit on flushes is reached", async () => {
  await running.control.setSettings("deepgram", { ttsMs: 0 });
  const session = open();
  for (let count = 0; count < 23; count++) expect(read((await say(session, "Hi")).bytes())).toBe("Hi");
  expect(frames.filter(({ text }) => text?.includes("too many Flush") === true)).toHaveLength(0);
  expect(frames.filter(({ text }) => text?.includes('"type":"Metadata"') === true)).toHaveLength(2);
});

test("a session closed in mid-utterance cancels it at the vendor", async () => {
  const session = open();
  const { heard, listener } = hearing();
  session.speak(listener).write("This will not be heard to its end, not at all. ");
  await until(() => expect(heard.bytes().length).toBeGreaterThan(0));
  session.close();
  await until(async () => expect((await effects()).map(([effect]) => effect)).toEqual(["cancelled"]));
  expect([...sent("Clear"), ...sent("Close")]).toHaveLength(2);
});

test("the first audio comes after the time that is set", async () => {
  await running.control.setSettings("deepgram", { ttsMs: 200, latency: 100 });
  const session = open();
  await until(() => expect(frames.length).toBe(1));
  const { heard, listener } = hearing();
  const askedMs = performance.now();
  session.speak(listener).write("Soon ");
  await until(() => expect(heard.bytes().length).toBeGreaterThan(0));
  expect(performance.now() - askedMs).toBeGreaterThan(295);
});
