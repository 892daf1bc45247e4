import type { Json, JsonObject } from "@tandem/kernel";
import type { SttEvent } from "@tandem/ports/stt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fluxOptions } from "../test/speech-subject.ts";
import type { Dialect } from "./dialect.ts";
import { Flux } from "./flux.ts";
import { nova } from "./nova.ts";
import { readMessage } from "./wire.ts";

const results: JsonObject = {
  type: "Results",
  channel_index: [0, 1],
  duration: 1.5,
  start: 2,
  is_final: true,
  speech_final: true,
  channel: {
    alternatives: [
      {
        transcript: "Hello there.",
        confidence: 0.98,
        words: [
          { word: "hello", start: 2.1, end: 2.4, confidence: 0.99, punctuated_word: "Hello" },
          { word: "there", start: 2.5, end: 2.9, confidence: 0.97, punctuated_word: "there." },
        ],
      },
    ],
  },
  metadata: { request_id: "r" },
};

const turn = (event: string): JsonObject => ({
  type: "TurnInfo",
  event,
  turn_index: 0,
  audio_window_start: 0,
  audio_window_end: 1.2,
  transcript: "Hello there.",
  words: [
    { word: "Hello", confidence: 0.9 },
    { word: "there.", confidence: 0.8, start: 0.6, end: 1.1 },
  ],
  end_of_turn_confidence: 0.75,
});

const started: JsonObject = { type: "SpeechStarted", channel: [0], timestamp: 1.25 };
const ended: JsonObject = { type: "UtteranceEnd", channel: [0, 1], last_word_end: 2.9 };
const samples: readonly (readonly [Dialect, JsonObject])[] = [
  ...[results, started, ended].map((message) => [nova, message] as const),
  ...["StartOfTurn", "Update", "EagerEndOfTurn", "TurnResumed", "EndOfTurn"].map(
    (event) => [new Flux(fluxOptions), turn(event)] as const,
  ),
];

function readBy(dialect: Dialect, message: JsonObject, shiftMs = 0) {
  const told: SttEvent[] = [];
  const failure = dialect.read(message, {
    shiftMs,
    tell: (event) => told.push(event),
    text: () => {},
    audio: () => {},
    sentMs: () => 0,
  });
  return { told, failure };
}

test("a result is told in our terms, later by what the vendor never got", () => {
  expect(readBy(nova, results, 500)).toEqual({
    failure: null,
    told: [
      {
        type: "final",
        isEndpoint: true,
        segment: {
          text: "Hello there.",
          confidence: 0.98,
          startMs: 2500,
          endMs: 4000,
          words: [
            { text: "Hello", startMs: 2600, endMs: 2900, confidence: 0.99 },
            { text: "there.", startMs: 3000, endMs: 3400, confidence: 0.97 },
          ],
        },
      },
    ],
  });
  expect(readBy(nova, started, 500).told).toEqual([{ type: "speech-started", atMs: 1750 }]);
  expect(readBy(nova, ended, 500).told).toEqual([{ type: "utterance-end", lastWordEndMs: 3400 }]);
});

test("words of Flux without times have those of their turn", () => {
  const { told } = readBy(new Flux(fluxOptions), turn("EndOfTurn"));
  expect(told).toMatchObject([
    {
      type: "final",
      segment: {
        confidence: expect.closeTo(0.85),
        words: [
          { text: "Hello", startMs: 0, endMs: 1200 },
          { text: "there.", startMs: 600, endMs: 1100 },
        ],
      },
    },
    { type: "end-of-turn", isEager: false, text: "Hello there.", confidence: 0.75 },
  ]);
});

test("silence that is final without words is not told, unless it ends something", () => {
  const empty = {
    ...results,
    speech_final: false,
    channel: { alternatives: [{ transcript: "", confidence: 0, words: [] }] },
  };
  expect(readBy(nova, empty).told).toEqual([]);
  expect(readBy(nova, { ...empty, is_final: false }).told).toEqual([]);
  expect(readBy(nova, { ...empty, from_finalize: true }).told).toHaveLength(1);
  expect(readBy(nova, { ...empty, speech_final: true }).told).toHaveLength(1);
});

test("whatever a message holds instead of one member, it is read or called a breach, never thrown", () => {
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.nat(), fc.jsonValue(), ([dialect, message], which, value) => {
      const paths = pathsOf(message);
      const damaged = replaced(message, paths[which % paths.length] ?? [], value as Json) as JsonObject;
      const { told, failure } = readBy(dialect, damaged);
      if (failure !== null) expect(failure.fault).toMatch(/^(contract|unavailable)$/u);
      expect(failure === null || told.length === 0).toBe(true);
      for (const event of told) expectSound(event);
    }),
    { numRuns: 2000 },
  );
});

test("a kind of message that is not known says nothing, whatever its name", () => {
  for (const type of ["Novelty", "toString", "constructor", "__proto__"])
    for (const dialect of [nova, new Flux(fluxOptions)])
      expect(readBy(dialect, { type })).toEqual({ told: [], failure: null });
});

test("only JSON objects are messages", () => {
  expect(["", "{", "[1]", "null", '"x"', "7"].map(readMessage)).toEqual(Array.from({ length: 6 }, () => null));
  expect(readMessage('{"type":"x"}')).toEqual({ type: "x" });
});

/** Numbers are finite, texts are texts. */
function expectSound(event: SttEvent): void {
  fc.pre(event.type !== "closed");
  const segment = "segment" in event ? event.segment : undefined;
  const times = [
    segment?.startMs,
    segment?.endMs,
    ...(segment?.words ?? []).flatMap((word) => [word.startMs, word.endMs]),
  ];
  for (const time of times) expect(time === undefined || Number.isFinite(time)).toBe(true);
  for (const word of segment?.words ?? []) expect(typeof word.text).toBe("string");
}

/** Every path into a JSON value. */
function pathsOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))].filter(
    (each) => each.length > 0,
  );
}

function replaced(value: Json, [name, ...rest]: readonly string[], by: Json): Json {
  if (name === undefined) return by;
  const copy = structuredClone(value) as Record<string, Json>;
  copy[name] = replaced(copy[name] ?? null, rest, by);
  return copy;
}
