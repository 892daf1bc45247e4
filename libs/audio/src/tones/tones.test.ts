import { array, assert, constantFrom, double, integer, property, string, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { levelDb } from "../level.ts";
import { MULAW_SILENCE, mulawToPcm } from "../mulaw.ts";
import { NoiseSource } from "../noise.ts";
import { sampleBytes, type SoundFormat, soundBytes, soundMs } from "../sound-format.ts";
import { DAMAGED } from "./alphabet.ts";
import { ToneReader, type ToneEvent } from "./reader.ts";
import { renderTones, ToneWriter } from "./writer.ts";

const MULAW: SoundFormat = { encoding: "mulaw", sampleRateHz: 8000 };
const PCM16: SoundFormat = { encoding: "pcm16", sampleRateHz: 16_000 };
const FORMATS = [MULAW, PCM16, { encoding: "pcm16", sampleRateHz: 8000 } as const];

type Word = Extract<ToneEvent, { type: "word" }>;

const silence = (format: SoundFormat, durationMs: number): Uint8Array =>
  new Uint8Array(soundBytes(format, durationMs)).fill(format.encoding === "mulaw" ? MULAW_SILENCE : 0);

/** Reads pieces as they come, with silence after them. */
function read(format: SoundFormat, ...pieces: readonly Uint8Array[]): readonly ToneEvent[] {
  const events: ToneEvent[] = [];
  const reader = new ToneReader(format, (event) => events.push(event));
  for (const piece of pieces) reader.push(piece);
  reader.push(silence(format, 400));
  return events;
}

const wordsOf = (events: readonly ToneEvent[]): readonly Word[] => events.filter((event) => event.type === "word");
const textsOf = (events: readonly ToneEvent[]): readonly string[] => wordsOf(events).map(({ text }) => text);

/** Cuts into pieces of these sizes, over and over. */
function cut(audio: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < audio.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(audio.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const words = array(string({ unit: "grapheme", minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }).map(
  (each) => each.map((word) => word.replaceAll(/[ \t\r\n]/g, "_")),
);
const format = constantFrom(...FORMATS);
const pace = constantFrom(60, 30);

test("any text comes through exactly, in every format and pace, in pieces of any size, from any offset", () => {
  assert(
    property(
      words,
      format,
      pace,
      array(integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
      integer({ min: 0, max: 400 }),
      (texts, spokenAs, msPerCharacter, sizes, offset) => {
        const { audio } = renderTones(texts.join(" "), spokenAs, { msPerCharacter });
        const before = new Uint8Array(offset * sampleBytes(spokenAs)).fill(spokenAs.encoding === "mulaw" ? 0xff : 0);
        const events = read(spokenAs, before, ...cut(audio, sizes));
        expect(textsOf(events)).toEqual(texts);
        expect(wordsOf(events).every(({ confidence }) => confidence > 0.9)).toBe(true);
      },
    ),
    { numRuns: 120 },
  );
});

test("what is exact stays exact", () => {
  const text = 'Call +15550100199 at 2026-11-30T14:00, "Zoë"! 東京 (x=1/2) a I';
  for (const each of FORMATS) expect(textsOf(read(each, renderTones(text, each).audio)).join(" ")).toBe(text);
});

test("words are told with the times at which they sound, speech with its begin and end", () => {
  const rendered = renderTones("good morning to you", PCM16);
  const events = read(PCM16, silence(PCM16, 1000), rendered.audio);
  expect(events[0]).toMatchObject({ type: "speech-started" });
  for (const [index, word] of wordsOf(events).entries()) {
    expect(Math.abs(word.startMs - 1000 - (rendered.words[index]?.startMs ?? Number.NaN))).toBeLessThan(1);
    expect(Math.abs(word.endMs - 1000 - (rendered.words[index]?.endMs ?? Number.NaN))).toBeLessThan(1);
  }
  const last = rendered.words.at(-1)?.endMs ?? 0;
  expect(events.at(-1)).toMatchObject({ type: "speech-ended" });
  expect(Math.abs((events.at(-1) as { atMs: number }).atMs - 1000 - last)).toBeLessThan(1);
  expect(Math.abs((events[0] as { atMs: number }).atMs - 1000)).toBeLessThan(5);
});

test("ordinary text takes about sixty milliseconds a character, at half pace thirty", () => {
  const text = "I would like to book an appointment for next Tuesday at half past two please";
  const paces = [60, 30].map(
    (msPerCharacter) => renderTones(text, MULAW, { msPerCharacter }).durationMs / text.length / msPerCharacter,
  );
  for (const ratio of paces) expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
  expect(() => renderTones(text, MULAW, { msPerCharacter: 45 })).toThrow(RangeError);
});

test("a writer speaks whole words as text comes, the same sound as all at once", () => {
  assert(
    property(string({ maxLength: 40 }), array(integer({ min: 0, max: 40 }), { maxLength: 4 }), (text, cuts) => {
      const places = [0, ...cuts.map((each) => Math.min(each, text.length)).toSorted((a, b) => a - b), text.length];
      const writer = new ToneWriter(MULAW);
      const parts = places.slice(1).map((end, index) => writer.write(text.slice(places[index], end)));
      const all = [...parts, writer.end()];
      const whole = renderTones(text, MULAW);
      expect(Buffer.concat(all.map(({ audio }) => audio)).equals(whole.audio)).toBe(true);
      expect(all.flatMap((part) => part.words)).toEqual(whole.words);
    }),
  );
});

test("tones have the level that was asked for, and gaps between words are silent", () => {
  const { audio, words: times } = renderTones("one two", MULAW, { levelDb: -24 });
  const pcm = new Int16Array(audio.length);
  mulawToPcm(audio, pcm);
  const [first, second] = times;
  const spoken = pcm.subarray(0, (first?.endMs ?? 0) * 8);
  expect(levelDb(spoken)).toBeGreaterThan(-27);
  expect(levelDb(spoken)).toBeLessThan(-23);
  expect(levelDb(pcm.subarray((first?.endMs ?? 0) * 8, (second?.startMs ?? 0) * 8))).toBe(-96);
});

describe("on a bad line", () => {
  const spoken = uniqueArray(
    string({ unit: constantFrom(...Array.from("abcdefghijklmnopqrstuvwxyz")), minLength: 2, maxLength: 8 }),
    {
      minLength: 3,
      maxLength: 5,
    },
  );

  test("a lost frame damages or drops the words it hits, invents none, and later words are read", () => {
    assert(
      property(
        spoken,
        pace,
        double({ min: 0, max: 0.999, noNaN: true }),
        constantFrom("silence", "gone"),
        (texts, msPerCharacter, where, kind) => {
          const { audio, words: times } = renderTones(texts.join(" "), MULAW, { msPerCharacter });
          const at = Math.floor(where * audio.length);
          const lost = kind === "silence" ? audio.slice().fill(MULAW_SILENCE, at, at + 160) : audio.slice(0, at);
          const pieces = kind === "silence" ? [lost] : [lost, audio.subarray(at + 160)];
          const heard = wordsOf(read(MULAW, ...pieces));
          const certain = heard.filter(({ confidence }) => confidence > 0.3).map(({ text }) => text);
          const untouched = times.filter(({ startMs, endMs }) => endMs * 8 <= at || startMs * 8 >= at + 160);
          for (const { text } of untouched) expect(certain).toContain(text);
          for (const text of certain) expect(texts).toContain(text);
          for (const word of heard) if (!texts.includes(word.text)) expect(word.text).toContain(DAMAGED);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("a cut at any sample leaves the words before it, marks the one it hits, and what is said next is read", () => {
    assert(
      property(spoken, pace, double({ min: 0, max: 0.999, noNaN: true }), (texts, msPerCharacter, where) => {
        const { audio, words: times } = renderTones(texts.join(" "), MULAW, { msPerCharacter });
        const at = Math.floor(where * audio.length);
        const next = renderTones("afterwards", MULAW, { msPerCharacter });
        const heard = wordsOf(read(MULAW, audio.subarray(0, at), next.audio));
        const certain = heard.filter(({ confidence }) => confidence > 0.3).map(({ text }) => text);
        const whole = times.filter(({ endMs }) => endMs * 8 <= at - 8).map(({ text }) => text);
        const touched = times.find(({ startMs, endMs }) => startMs * 8 < at && endMs * 8 > at - 8)?.text;
        expect([whole, [...whole, touched]]).toContainEqual(certain.slice(0, -1));
        expect(certain.at(-1)).toBe("afterwards");
        const spokenMs = at / 8 - (times.find(({ text }) => text === touched)?.startMs ?? Number.POSITIVE_INFINITY);
        if (spokenMs > msPerCharacter * 1.5 && !certain.includes(touched ?? ""))
          expect(heard.length).toBe(certain.length + 1);
        expect(heard.filter(({ confidence }) => confidence <= 0.3).every(({ text }) => text.includes(DAMAGED))).toBe(
          true,
        );
      }),
      { numRuns: 150 },
    );
  });

  test("noise ten decibels below the voice lowers confidence only; louder noise loses words and never invents one", () => {
    assert(
      property(spoken, pace, integer(), integer({ min: -30, max: 6 }), (texts, msPerCharacter, seed, relativeDb) => {
        const audio = renderTones(texts.join(" "), MULAW, { msPerCharacter, levelDb: -18 }).audio.slice();
        new NoiseSource(seed).addToMulaw(audio, -18 + relativeDb);
        const heard = wordsOf(read(MULAW, audio));
        if (relativeDb <= -10) expect(heard.map(({ text }) => text)).toEqual(texts);
        const certain = heard.filter(({ confidence }) => confidence > 0.3);
        for (const { text } of certain) expect(texts).toContain(text);
        if (relativeDb >= -10) expect(heard.every(({ confidence }) => confidence < 0.95)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("tones that are clear but do not belong together are no word", () => {
    // Twelve symbols of 24 ms: two of framing, three characters, two of checksum, one at the end.
    const symbol = (text: string, index: number) =>
      renderTones(text, MULAW).audio.subarray(index * 192, (index + 1) * 192);
    const mixed = Array.from({ length: 12 }, (_, index) => symbol(index === 7 ? "abd" : "abc", index));
    expect(textsOf(read(MULAW, ...Array.from({ length: 12 }, (_, index) => symbol("abc", index))))).toEqual(["abc"]);
    expect(wordsOf(read(MULAW, ...mixed))).toMatchObject([{ text: `abd${DAMAGED}` }]);
    expect(wordsOf(read(MULAW, ...mixed))[0]?.confidence).toBeLessThanOrEqual(0.3);
  });

  test("noise and silence alone say nothing", () => {
    const noise = silence(MULAW, 60_000);
    new NoiseSource(3).addToMulaw(noise, -20);
    expect(read(MULAW, noise)).toEqual([]);
    expect(read(PCM16, silence(PCM16, 1000))).toEqual([]);
  });

  test("a wrong encoding does not pass: µ-law bytes read as PCM say no word with confidence", () => {
    const { audio } = renderTones("this is not linear", MULAW);
    expect(
      wordsOf(read({ encoding: "pcm16", sampleRateHz: 8000 }, audio)).filter(({ confidence }) => confidence > 0.3),
    ).toEqual([]);
  });
});

test("flush tells what is open; listening goes on after it with the same times", () => {
  const events: ToneEvent[] = [];
  const reader = new ToneReader(MULAW, (event) => events.push(event));
  const { audio } = renderTones("unfinished", MULAW);
  reader.push(audio.subarray(0, Math.round(audio.length * 0.6)));
  reader.flush();
  expect(events.map(({ type }) => type)).toEqual(["speech-started", "word", "speech-ended"]);
  expect(textsOf(events)[0]).toMatch(/^unf.*·$/);
  reader.push(silence(MULAW, 100));
  reader.push(renderTones("again", MULAW).audio);
  reader.push(silence(MULAW, 300));
  expect(textsOf(events)[1]).toBe("again");
  expect(Math.abs((wordsOf(events)[1]?.startMs ?? 0) - Math.round(audio.length * 0.6) / 8 - 100)).toBeLessThan(2);
});

test("speech ends after the gap that was asked for", () => {
  const said = renderTones("one", MULAW);
  const pause = silence(MULAW, 300);
  const speeches = (gapMs: number) => {
    const events: ToneEvent[] = [];
    const reader = new ToneReader(MULAW, (event) => events.push(event), { gapMs });
    for (const piece of [said.audio, pause, said.audio, silence(MULAW, 800)]) reader.push(piece);
    return events.filter(({ type }) => type === "speech-ended").length;
  };
  expect([speeches(200), speeches(500)]).toEqual([2, 1]);
});

test("reading costs a small part of a core", () => {
  const { audio, durationMs } = renderTones("please book Tuesday at three for Maria ".repeat(30), MULAW);
  const reader = new ToneReader(MULAW, () => {});
  for (const piece of cut(audio, [160])) reader.push(piece);
  const before = process.cpuUsage();
  for (const piece of cut(audio, [160])) reader.push(piece);
  const used = process.cpuUsage(before);
  expect((used.user + used.system) / 1000).toBeLessThan(durationMs * 0.01);
  expect(soundMs(MULAW, audio.length)).toBe(durationMs);
});
