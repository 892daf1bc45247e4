import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MULAW_SILENCE, renderTones, ToneReader } from "@tandem/audio";
import { systemClock } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bundleOf } from "../../test-support/fixtures.ts";
import type { CallLine } from "../pipeline/call-line.ts";
import { type LiveSession, NO_FACTS } from "../session/live-session.ts";
import { RecordedCall } from "./recorded-call.ts";
import { Recordings, type RemovedRecording } from "./recordings.ts";
import { WAV_HEADER_BYTES } from "./wav-header.ts";

const FORMAT = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const FRAME_BYTES = 160;
const DAY_MS = 86_400_000;
const log = makeLogger({ app: "media", level: "silent", isPretty: false });

let dataDir: string;
let nowMs = 1_800_000_000_000;
let isAway = false;
const objects = new Map<string, Uint8Array>();
const removed: RemovedRecording[] = [];
const store: ObjectStore = {
  put: (key, body) => (isAway ? Promise.reject(new Error("away")) : Promise.resolve(void objects.set(key, body))),
  get: (key) => Promise.resolve(objects.get(key) ?? null),
  remove: (key) => Promise.resolve(void objects.delete(key)),
};
const open = () =>
  new Recordings({
    dataDir,
    store,
    clock: { ...systemClock, now: () => nowMs },
    log,
    onRemoved: (each) => removed.push(each),
  });
const session = {
  tenantId: "t1",
  deploymentId: "d1",
  sessionId: "s1",
  kind: "live",
  facts: { ...NO_FACTS, streamAttempt: 1 },
} as LiveSession;
const KEY = "recordings/t1/s1-1.wav";

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tandem-recording-"));
  objects.clear();
  removed.length = 0;
  isAway = false;
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** What one side of a recording says, read out of the file. */
function wordsOf(wav: Uint8Array, channel: 0 | 1): string[] {
  const words: string[] = [];
  const reader = new ToneReader(FORMAT, (event) => {
    if (event.type === "word") words.push(event.text);
  });
  reader.push(wav.subarray(WAV_HEADER_BYTES).filter((_, index) => index % 2 === channel));
  reader.flush();
  return words;
}

/** A caller who says the text in 20 ms frames from `atMs` on. */
function* framesOf(text: string, atMs: number): Generator<[Uint8Array, number]> {
  const { audio } = renderTones(text, FORMAT);
  for (let at = 0; at < audio.length; at += FRAME_BYTES) yield [audio.subarray(at, at + FRAME_BYTES), atMs + at / 8];
}
const silence = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);

const callOf = (recording: "none" | "announce" | "ask", recordingDays = 7, kind: "live" | "trial" = "live") => {
  const policies = {
    ...bundleOf("x").policies,
    consent: { recording, text: "t" },
    retention: { recordingDays, transcriptDays: 0 },
  };
  const recordings = open();
  const begun: string[] = [];
  const bundle = bundleOf("x", { policies });
  const call = new RecordedCall({
    recordings,
    session: { ...session, kind },
    bundle,
    onBegun: (key) => begun.push(key),
  });
  const line: CallLine = { send: () => {}, mark: () => {}, clear: () => {}, close: () => {} };
  return { recordings, call, line: call.tapped(line), begun };
};

describe("a recorded call", () => {
  test("holds both directions on one time line, in a file that says how long it is", async () => {
    const { recordings, call, line, begun } = callOf("announce");
    expect(begun).toEqual([KEY]);
    for (const [frame, atMs] of framesOf("caller speaks", 0)) call.caller(frame, atMs);
    line.send(renderTones("agent answers", FORMAT).audio);
    for (let atMs = 3000; atMs < 6000; atMs += 20) call.caller(silence, atMs);
    call.end();
    await recordings.flush();
    const wav = Buffer.from(objects.get(KEY) ?? []);
    expect(wav.subarray(0, 4).toString()).toBe("RIFF");
    expect(wav.readUInt16LE(20)).toBe(7);
    expect(wav.readUInt32LE(54)).toBe(wav.length - WAV_HEADER_BYTES);
    expect((wav.length - WAV_HEADER_BYTES) / 2 / 8).toBe(6000);
    expect(wordsOf(wav, 0)).toEqual(["caller", "speaks"]);
    expect(wordsOf(wav, 1)).toEqual(["agent", "answers"]);
    expect(await readdir(join(dataDir, "recordings", "spool"))).toEqual([]);
  });

  test("what was cleared before it was played is not in it, and lost frames leave silence", async () => {
    const { recordings, call, line } = callOf("announce");
    call.caller(silence, 0);
    line.send(renderTones("never heard at all", FORMAT).audio);
    line.clear();
    for (const [frame, atMs] of framesOf("later", 2000)) call.caller(frame, atMs);
    call.end();
    await recordings.flush();
    const wav = objects.get(KEY) ?? new Uint8Array();
    expect(wordsOf(wav, 1)).toEqual([]);
    expect(wordsOf(wav, 0)).toEqual(["later"]);
    expect(wav.length).toBeGreaterThan(2 * 2000 * 8);
  });

  test.each([
    ["without consent policy", callOf.bind(null, "none")],
    ["kept for no day", callOf.bind(null, "announce", 0)],
    ["on a trial call", callOf.bind(null, "announce", 7, "trial")],
    ["before a yes", callOf.bind(null, "ask")],
  ])("is none %s", async (_name, openCall) => {
    const { recordings, call, begun } = openCall();
    for (const [frame, atMs] of framesOf("caller speaks", 0)) call.caller(frame, atMs);
    call.consent(false);
    call.end();
    await recordings.flush();
    expect([objects.size, begun]).toEqual([0, []]);
  });

  test("begins with the yes where it is asked for", async () => {
    const { recordings, call, begun } = callOf("ask");
    for (const [frame, atMs] of framesOf("before", 0)) call.caller(frame, atMs);
    call.consent(true);
    for (const [frame, atMs] of framesOf("after it", 60_000)) call.caller(frame, atMs);
    call.end();
    await recordings.flush();
    expect(begun).toEqual([KEY]);
    expect(wordsOf(objects.get(KEY) ?? new Uint8Array(), 0)).toEqual(["after", "it"]);
  });
});

describe("after the call", () => {
  test("a store that is away loses nothing: the next sweep stores it, also after a restart in mid-call", async () => {
    const { recordings, call } = callOf("announce");
    isAway = true;
    for (const [frame, atMs] of framesOf("caller speaks", 0)) call.caller(frame, atMs);
    call.end();
    await recordings.flush();
    expect(objects.size).toBe(0);
    isAway = false;
    await open().sweep();
    expect(wordsOf(objects.get(KEY) ?? new Uint8Array(), 0)).toEqual(["caller", "speaks"]);
  });

  test("a recording in progress is left alone, and removed when its days are over", async () => {
    const { recordings, call } = callOf("announce", 7);
    for (const [frame, atMs] of framesOf("one two three four", 0)) call.caller(frame, atMs);
    await recordings.sweep();
    expect(objects.size).toBe(0);
    call.end();
    await recordings.flush();
    nowMs += 7 * DAY_MS;
    await recordings.sweep();
    expect([...objects.keys()]).toEqual([KEY]);
    const bytes = objects.get(KEY)?.length;
    expect(removed).toEqual([]);
    nowMs += DAY_MS;
    await open().sweep();
    expect(objects.size).toBe(0);
    expect(removed).toEqual([{ tenantId: "t1", deploymentId: "d1", sessionId: "s1", key: KEY, bytes }]);
    await open().sweep();
    expect(removed).toHaveLength(1);
    expect(await readdir(join(dataDir, "recordings", "kept"))).toEqual([]);
  });

  test("a note that a crash cut off hinders nothing: the recording goes, and who it was of is not told", async () => {
    const { recordings, call } = callOf("announce", 7);
    for (const [frame, atMs] of framesOf("one two", 0)) call.caller(frame, atMs);
    call.end();
    await recordings.flush();
    const kept = join(dataDir, "recordings", "kept");
    for (const name of await readdir(kept)) await writeFile(join(kept, name), '{"tenantId":"t');
    nowMs += 9 * DAY_MS;
    await open().sweep();
    expect([objects.size, removed, await readdir(kept)]).toEqual([0, [], []]);
  });

  test("a gap longer than what is handed out at a time moves nothing: before and after it lies silence", async () => {
    const { recordings, call } = callOf("announce");
    const loud = new Uint8Array(FRAME_BYTES).fill(0x80);
    for (const atMs of [0, 4700, 9400]) call.caller(loud, atMs);
    call.end();
    await recordings.flush();
    const heard = Buffer.from(objects.get(KEY) ?? [])
      .subarray(WAV_HEADER_BYTES)
      .filter((_, index) => index % 2 === 0);
    const loudAtMs = [...heard.keys()].filter((at) => heard[at] === 0x80).map((at) => at / 8);
    expect(heard.length / 8).toBe(9420);
    expect(loudAtMs.filter((atMs) => atMs % 20 === 0)).toEqual([0, 4700, 9400]);
    expect(loudAtMs).toHaveLength(3 * FRAME_BYTES);
  });
});
