import { renderTones, ToneReader } from "@tandem/audio";
import { CARRIER_FORMAT, type ProviderChoice } from "@tandem/ports/provider";
import type { HeardWord, Stt, SttEvent } from "@tandem/ports/stt";
import type { Tts } from "@tandem/ports/tts";
import { expect, test } from "vitest";
import { providerVoice } from "./provider-voice.ts";

const choice: ProviderChoice = { model: "m", voice: "v", language: "en-US", settings: {} };

/** Speaks tones in pieces that it uses again, as a socket's buffer would be. */
const tts = (failure: string | null = null): Tts => ({
  open: () => ({
    speak(listener) {
      let text = "";
      return {
        write: (more) => void (text += more),
        end() {
          if (failure !== null)
            return listener.failed({ fault: "unavailable", message: failure, retryAfterMs: null } as never);
          const { audio } = renderTones(text, CARRIER_FORMAT);
          const piece = new Uint8Array(500);
          for (let at = 0; at < audio.length; at += piece.length) {
            const part = audio.subarray(at, at + piece.length);
            piece.set(part);
            listener.audio(piece.subarray(0, part.length));
          }
          listener.done();
        },
        cancel: () => {},
      };
    },
    close: () => {},
  }),
});

/** Tells a partial per word, and the segment as final when asked. */
const stt: Stt = {
  open(_options, onEvent: (event: SttEvent) => void) {
    const words: HeardWord[] = [];
    const segment = () => ({ text: "", words: [...words], confidence: 1, startMs: 0, endMs: 0 });
    const reader = new ToneReader(CARRIER_FORMAT, (event) => {
      if (event.type !== "word") return;
      words.push(event);
      onEvent({ type: "partial", segment: segment() });
    });
    return {
      send: (audio) => reader.push(audio),
      finalize() {
        onEvent({ type: "final", segment: segment(), isEndpoint: true });
        words.length = 0;
      },
      close: () => {},
    };
  },
};

test("speech goes through TTS and STT; every word is told once, the last of a partial only when it is final", async () => {
  const told: string[] = [];
  const voice = providerVoice({ tts: { account: tts(), choice }, stt: { account: stt, choice } });
  const session = voice.open({ word: ({ text }) => told.push(text), failed: () => {} });
  for (const sentence of ["is anybody there", "good bye"]) {
    session.hear(await session.render(sentence));
    session.hear(new Uint8Array(4000).fill(0xff));
    expect(told.at(-1)).not.toBe(sentence.split(" ").at(-1));
    session.flush();
    expect(told.at(-1)).toBe(sentence.split(" ").at(-1));
  }
  expect(told).toEqual(["is", "anybody", "there", "good", "bye"]);
});

test("a voice that fails is an error of the step that wanted to speak", async () => {
  const voice = providerVoice({ tts: { account: tts("no credit"), choice }, stt: { account: stt, choice } });
  await expect(voice.open({ word: () => {}, failed: () => {} }).render("hello")).rejects.toThrow("no credit");
});
