import fc from "fast-check";
import { expect, test } from "vitest";
import { audioSpan, ContextFrames, readMessage, voicing } from "./wire.ts";

const mulaw = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const choice = { model: "sonic-3", voice: "v", language: "en-US", settings: {} };

const audioOf = (text: string): string | null => {
  const bytes = Buffer.from(text);
  const span = audioSpan(bytes);
  return span === null ? null : bytes.toString("latin1", span.start, span.end);
};

test("audio is found as a parser finds it, in whatever order and spacing", () => {
  const message = fc.record({ audio: fc.uint8Array({ maxLength: 60 }), id: fc.string(), spaces: fc.boolean() });
  fc.assert(
    fc.property(message, fc.boolean(), ({ audio, id, spaces }, isFirst) => {
      const data = Buffer.from(audio).toString("base64");
      const body = isFirst ? { data, context_id: id } : { type: "chunk", context_id: id, data, done: false };
      expect(audioOf(JSON.stringify(body, null, spaces ? 1 : undefined))).toBe(data);
    }),
  );
});

test.each([
  ['{"type":"timestamps","word_timestamps":{"words":["data","is"],"start":[0,1],"end":[1,2]}}'],
  ['{"type":"chunk","data":null}'],
  ['{"type":"chunk","data":"AAAA'],
  [String.raw`{"message":"a \"data\": \"x\" b"}`],
  ['{"data"'],
])("no audio in %s", (text) => {
  expect(audioOf(text)).toBeNull();
});

test("words come in milliseconds; lists that do not match lose what has no time", () => {
  const word_timestamps = { words: ["One", "two", "three"], start: [0, 0.5, "x"], end: [0.4, 0.9] };
  const message = readMessage(Buffer.from(JSON.stringify({ type: "timestamps", context_id: "c", word_timestamps })));
  expect(message?.words).toEqual([
    { text: "One", startMs: 0, endMs: 400 },
    { text: "two", startMs: 500, endMs: 900 },
  ]);
});

test.each(["", "[1]", "null", '{"type":', "7"])("%j is no message", (text) => {
  expect(readMessage(Buffer.from(text))).toBeNull();
});

test("settings become members that stay equal", () => {
  expect(voicing(choice, mulaw)).toMatchObject({
    model_id: "sonic-3",
    voice: { mode: "id", id: "v" },
    output_format: { container: "raw", encoding: "pcm_mulaw", sample_rate: 8000 },
    language: "en",
    add_timestamps: true,
    max_buffer_delay_ms: 40,
  });
  const settings = { speed: 1.2, volume: 0.8, emotion: "calm", maxBufferDelayMs: 90_000 };
  const pcm = { encoding: "pcm16", sampleRateHz: 16_000 } as const;
  expect(voicing({ ...choice, voice: "", language: "", settings }, pcm)).toMatchObject({
    voice: { id: expect.stringMatching(/^[0-9a-f-]{36}$/u) },
    output_format: { encoding: "pcm_s16le", sample_rate: 16_000 },
    max_buffer_delay_ms: 5000,
    generation_config: { speed: 1.2, volume: 0.8, emotion: "calm" },
  });
  expect(voicing({ ...choice, settings: { speed: "slow" } }, mulaw)).toMatchObject({ speed: "slow" });
});

test("a frame is JSON whatever its text holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const frames = new ContextFrames({ model_id: "m" }, "c-1");
      expect(JSON.parse(frames.text(text))).toEqual({
        model_id: "m",
        context_id: "c-1",
        transcript: text,
        continue: true,
      });
    }),
  );
  const frames = new ContextFrames({ model_id: "m" }, "c-1");
  expect(JSON.parse(frames.end())).toEqual({ model_id: "m", context_id: "c-1", transcript: "", continue: false });
  expect(JSON.parse(frames.cancel())).toEqual({ context_id: "c-1", cancel: true });
});
