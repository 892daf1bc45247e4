import fc from "fast-check";
import { expect, test } from "vitest";
import { audioSpan, frames, readError, readMessage, socketPath, voiceSettings } from "./wire.ts";

const mulaw = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const choice = { model: "eleven_flash_v2_5", voice: "v/1", language: "de-DE", settings: {} };

test("audio is left out of what is parsed, and found as a parser finds it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.string(), fc.boolean(), (bytes, contextId, isSpaced) => {
      const audio = Buffer.from(bytes).toString("base64");
      const alignment = { chars: ['"', "a"], charStartTimesMs: [0, 1], charDurationsMs: [1, 2] };
      const body = { contextId, alignment, audio, isFinal: null };
      const message = Buffer.from(JSON.stringify(body, null, isSpaced ? 1 : undefined));
      const span = audioSpan(message);
      expect(message.toString("latin1", span!.start, span!.end)).toBe(audio);
      expect(readMessage(message, span)).toEqual({
        contextId,
        isFinal: false,
        alignment: { characters: ['"', "a"], startsMs: [0, 1], durationsMs: [1, 2] },
        error: null,
      });
    }),
  );
});

test("both spellings of the durations, and of the end, are read", () => {
  const alignment = { chars: ["a"], charStartTimesMs: [0], charsDurationsMs: [7] };
  const old = readMessage(Buffer.from(JSON.stringify({ audio: "", normalizedAlignment: alignment })), null);
  expect(old?.alignment).toEqual({ characters: ["a"], startsMs: [0], durationsMs: [7] });
  expect(readMessage(Buffer.from('{"is_final":true,"contextId":"c"}'), null)).toMatchObject({ isFinal: true });
});

test.each(["", "[1]", "null", '{"audio":"AA', "7"])("%j is no message", (text) => {
  const bytes = Buffer.from(text);
  expect(readMessage(bytes, audioSpan(bytes))).toBeNull();
});

test("no audio is no audio", () => {
  for (const text of ['{"audio":null,"isFinal":true}', '{"chars":["audio"]}', '{"audio"'])
    expect(audioSpan(Buffer.from(text))).toBeNull();
});

test("voice, model, format and language stand in the address", () => {
  const path = new URL(socketPath(choice, mulaw), "wss://host");
  expect(path.pathname).toBe("/v1/text-to-speech/v%2F1/multi-stream-input");
  expect(Object.fromEntries(path.searchParams)).toEqual({
    model_id: "eleven_flash_v2_5",
    output_format: "ulaw_8000",
    auto_mode: "true",
    sync_alignment: "true",
    inactivity_timeout: "180",
    language_code: "de",
  });
  const settings = { textNormalization: "on", parseSsml: true };
  const other = { ...choice, model: "eleven_multilingual_v2", voice: "", settings };
  const wide = new URL(socketPath(other, { encoding: "pcm16", sampleRateHz: 16_000 }), "wss://host");
  expect(wide.pathname).toMatch(/text-to-speech\/\w{20}\/multi/u);
  expect(Object.fromEntries(wide.searchParams)).toMatchObject({
    output_format: "pcm_16000",
    apply_text_normalization: "on",
    enable_ssml_parsing: "true",
  });
  expect(wide.searchParams.has("language_code")).toBe(false);
});

test("voice settings are what the chain sets, and nothing when it sets none", () => {
  expect(voiceSettings(choice)).toBeNull();
  const settings = { stability: 0.5, similarityBoost: 0.7, useSpeakerBoost: false, speed: 1.1, style: "x" };
  expect(voiceSettings({ ...choice, settings })).toEqual({
    stability: 0.5,
    similarity_boost: 0.7,
    use_speaker_boost: false,
    speed: 1.1,
  });
});

test("frames are JSON whatever the text holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(JSON.parse(frames.text("c", text))).toEqual({ text, context_id: "c" });
    }),
  );
  expect(JSON.parse(frames.flush("c", ""))).toEqual({ context_id: "c", flush: true });
});

test.each([
  ['{"detail":{"status":"quota_exceeded","message":"No more"}}', { code: "quota_exceeded", message: "No more" }],
  ['{"detail":"Not here"}', { code: "", message: "Not here" }],
  ["<html>", { code: "", message: "" }],
])("the vendor's words in %s", (text, expected) => {
  expect(readError(text)).toEqual(expected);
});
