import { NoiseSource, renderTones } from "@tandem/audio";
import { CARRIER_FORMAT } from "@tandem/ports/provider";
import type { SttEvent, SttOptions, SttStream } from "@tandem/ports/stt";
import { type RunningSandbox, type SocketFrame } from "@tandem/sandbox-host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  accessAt,
  fluxOptions,
  novaOptions,
  silence,
  speak,
  startDeepgram,
  WIDE_FORMAT,
} from "../test/speech-subject.ts";
import { fluxPath } from "./flux.ts";
import { novaPath } from "./nova.ts";
import { openStt } from "./stt.ts";

let running: RunningSandbox;
let frames: SocketFrame[] = [];
const streams: SttStream[] = [];
beforeEach(async () => {
  const seen: SocketFrame[] = (frames = []);
  running = await startDeepgram((frame) => seen.push(frame));
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
  return running.close();
});

function listen(options: SttOptions = novaOptions) {
  const told: SttEvent[] = [];
  const stream = openStt(accessAt(running.origins["deepgram"] ?? "")).open(options, (event) => told.push(event));
  streams.push(stream);
  return {
    stream,
    told,
    types: () => told.map(({ type }) => type),
    finals: () => told.filter((event) => event.type === "final"),
  };
}
const until = (hold: () => void) => vi.waitFor(hold, { timeout: 20_000, interval: 10 });
const clientTexts = () => frames.filter(({ from, text }) => from === "client" && text !== null).map(({ text }) => text);

test("the query of listen v1 says what the options say", () => {
  const keywords = Array.from({ length: 120 }, (_, index) => `word-${index}`);
  const path = novaPath({
    ...novaOptions,
    keywords,
    settings: { numerals: true, smartFormat: false, utteranceEndMs: 1500 },
  });
  const query = new URLSearchParams(path.split("?")[1]);
  expect(path).toMatch(/^\/v1\/listen\?/u);
  expect(query.getAll("keyterm")).toHaveLength(100);
  query.delete("keyterm");
  expect(Object.fromEntries(query)).toEqual({
    model: "nova-3",
    encoding: "mulaw",
    sample_rate: "8000",
    channels: "1",
    interim_results: "true",
    vad_events: "true",
    endpointing: "300",
    utterance_end_ms: "1500",
    smart_format: "false",
    numerals: "true",
    language: "en-US",
  });
  const older = new URLSearchParams(novaPath({ ...novaOptions, model: "nova-2", format: WIDE_FORMAT }).split("?")[1]);
  expect([older.get("keywords"), older.get("keyterm"), older.get("encoding")]).toEqual(["Tandem", null, "linear16"]);
});

test("the query of Flux keeps the vendor's bounds", () => {
  const query = (changes: Partial<SttOptions>) =>
    new URLSearchParams(fluxPath({ ...fluxOptions, ...changes }).split("?")[1]);
  expect(query({ endpointingMs: 300 }).get("eot_timeout_ms")).toBe("500");
  expect(query({ settings: { eotTimeoutMs: 4000, eagerEotThreshold: 0.4 } }).get("eot_timeout_ms")).toBe("4000");
  expect(query({ settings: { eagerEotThreshold: 0.4 } }).get("eager_eot_threshold")).toBe("0.4");
  expect(query({}).get("language_hint")).toBeNull();
  expect(query({ model: "flux-general-multi", language: "de-DE" }).get("language_hint")).toBe("de");
});

test("the endpoint comes with the silence in the audio, not before", async () => {
  const { stream, told, finals } = listen();
  stream.send(speak("one two"));
  stream.send(silence(240));
  await until(() => expect(told.filter(({ type }) => type === "partial")).toHaveLength(2));
  expect(finals()).toHaveLength(0);
  stream.send(silence(80));
  await until(() => expect(finals()).toHaveLength(1));
  expect(finals()[0]).toMatchObject({ isEndpoint: true, segment: { text: "one two" } });
});

test("an utterance has ended when no word came for the vendor's gap, once", async () => {
  const { stream, told, types } = listen();
  const { audio, durationMs } = renderTones("done", CARRIER_FORMAT);
  stream.send(audio);
  for (let count = 0; count < 30; count++) stream.send(silence(100));
  await until(() => expect(types()).toContain("utterance-end"));
  const [ended] = told.filter((event) => event.type === "utterance-end");
  expect(Math.abs((ended?.lastWordEndMs ?? 0) - durationMs)).toBeLessThan(60);
  expect(types().filter((type) => type === "utterance-end")).toHaveLength(1);
  expect(types().indexOf("final")).toBeLessThan(types().indexOf("utterance-end"));
});

test("long speech becomes final in pieces; only the last is an endpoint", async () => {
  const text = "This is a long story that I would like to tell you without any pause. ".repeat(3).trim();
  const { stream, finals } = listen();
  stream.send(silence(20));
  // More than what is kept of early audio.
  await until(() => expect(frames).toHaveLength(1));
  stream.send(speak(text));
  stream.send(silence(500));
  await until(() => expect(finals().at(-1)?.isEndpoint).toBe(true));
  expect(
    finals()
      .map(({ segment }) => segment.text)
      .join(" "),
  ).toBe(text);
  expect(finals().length).toBeGreaterThan(1);
  expect(
    finals()
      .slice(0, -1)
      .every(({ isEndpoint }) => !isEndpoint),
  ).toBe(true);
});

test("confidence falls with noise", async () => {
  const heardAt = async (levelDb: number | null) => {
    const { stream, finals } = listen({ ...novaOptions, format: WIDE_FORMAT });
    const audio = new Uint8Array(Buffer.concat([speak("Tomorrow at noon", WIDE_FORMAT), silence(800, WIDE_FORMAT)]));
    if (levelDb !== null) new NoiseSource(7).addTo(new Int16Array(audio.buffer), levelDb);
    stream.send(audio);
    stream.finalize();
    await until(() => expect(finals().length).toBeGreaterThan(0));
    return finals()[0]?.segment.confidence ?? 0;
  };
  const clean = await heardAt(null);
  expect(clean).toBeGreaterThan(0.9);
  expect(await heardAt(-26)).toBeLessThan(clean);
});

test("a stream without audio is kept alive; one that sends nothing at all is ended by the vendor", async () => {
  await running.control.setSettings("deepgram", { idleMs: 7000 });
  const { stream, types } = listen();
  stream.send(silence(20));
  await until(() => expect(clientTexts().filter((text) => text?.includes("KeepAlive"))).toHaveLength(2));
  expect(types()).not.toContain("closed");

  await running.control.setSettings("deepgram", { idleMs: 300 });
  const idle = listen();
  await until(() => expect(idle.told).toHaveLength(1));
  expect(idle.told[0]).toMatchObject({ type: "closed", failure: { fault: "unavailable" } });
});

test("what the vendor says again and again in silence is told once", async () => {
  const { stream, types, told } = listen({ ...fluxOptions, settings: { eotTimeoutMs: 4000, eotThreshold: 0.9 } });
  stream.send(speak("well"));
  for (let count = 0; count < 12; count++) stream.send(silence(100));
  await until(() => expect(frames.filter(({ text }) => text?.includes('"event":"Update"')).length).toBeGreaterThan(3));
  expect(types()).toEqual(["speech-started", "partial"]);
  expect(told.at(-1)).toMatchObject({ segment: { text: "well" } });
});

test("Flux ends a complete sentence soon, takes an eager end back, and ends an unclear one later", async () => {
  const { stream, types, told } = listen({ ...fluxOptions, settings: { eagerEotThreshold: 0.3, eotThreshold: 0.7 } });
  stream.send(speak("I would like"));
  stream.send(silence(500));
  await until(() => expect(types()).toContain("end-of-turn"));
  stream.send(speak("a table."));
  stream.send(silence(320));
  await until(() => expect(told.filter(({ type }) => type === "final")).toHaveLength(1));
  await until(() => expect(types().at(-1)).toBe("end-of-turn"));
  const turns = told.filter((event) => event.type === "end-of-turn" || event.type === "turn-resumed");
  expect(turns.map((event) => (event.type === "end-of-turn" ? [event.isEager, event.text] : event.type))).toEqual([
    [true, "I would like"],
    "turn-resumed",
    [true, "I would like a table."],
    [false, "I would like a table."],
  ]);
  stream.send(speak("and then"));
  stream.send(silence(700));
  await until(() => expect(told.at(-1)).toMatchObject({ type: "end-of-turn", isEager: true, text: "and then" }));
  stream.send(silence(200));
  await until(() => expect(told.at(-1)).toMatchObject({ type: "end-of-turn", isEager: false, text: "and then" }));
});

test("times of words after a finalize of Flux count the caller's audio only", async () => {
  const { stream, told } = listen(fluxOptions);
  const finals = () => told.filter((event) => event.type === "final");
  const first = renderTones("first", CARRIER_FORMAT);
  stream.send(first.audio);
  await until(() => expect(told.some(({ type }) => type === "partial")).toBe(true));
  stream.finalize();
  await until(() => expect(finals()).toHaveLength(1));
  stream.send(silence(1000));
  stream.send(speak("second"));
  stream.send(silence(900));
  await until(() => expect(finals()).toHaveLength(2));
  const startMs = finals()[1]?.segment.words[0]?.startMs ?? 0;
  expect(Math.abs(startMs - (first.durationMs + 1000))).toBeLessThan(80);
});

test("the ledger tells what was heard", async () => {
  const { stream, finals } = listen();
  stream.send(speak("Two people, please."));
  stream.send(silence(400));
  await until(() => expect(finals()).toHaveLength(1));
  expect(await running.control.ledger({ vendor: "deepgram" })).toMatchObject([
    { effect: "heard", kind: "stt.segment", facts: { text: "Two people, please.", words: 3 } },
  ]);
});

test("latency is drawn for each segment and kept in order", async () => {
  await running.control.setSettings("deepgram", { latency: 250, sttMs: 0 });
  const { stream, told } = listen();
  const askedMs = performance.now();
  stream.send(speak("now"));
  stream.send(silence(400));
  await until(() => expect(told.some(({ type }) => type === "final")).toBe(true));
  expect(performance.now() - askedMs).toBeGreaterThan(245);
  expect(told.map(({ type }) => type)).toEqual(["speech-started", "partial", "final"]);
});
