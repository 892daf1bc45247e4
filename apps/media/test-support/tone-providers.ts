import { mulawLevelDb, ToneReader, ToneWriter } from "@tandem/audio";
import type { Llm, LlmListener, LlmRequest } from "@tandem/ports/llm";
import { CARRIER_FORMAT, type ProviderFailure } from "@tandem/ports/provider";
import type { HeardWord, Segment, Stt } from "@tandem/ports/stt";
import type { Tts } from "@tandem/ports/tts";
import type { Vad } from "../src/pipeline/vad.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const DOWN: ProviderFailure = { fault: "unavailable", message: "down", retryAfterMs: null };

/** How a provider of a test behaves; changed while the test runs. */
export interface ProviderMood {
  /** Fails as soon as it is used. */
  isDown: boolean;
  /** Connected but silent. */
  isSilent: boolean;
  /** Fails after so much useful output (words, deltas, chunks); null never. */
  failsAfter: number | null;
  /** Recognisers: tells nothing more after so many results; null never. */
  stallsAfter: number | null;
  latencyMs: number;
  /** Uses begun, and those that were cancelled or closed by us. */
  used: number;
  cancelled: number;
}

export const goodMood = (latencyMs: number): ProviderMood => ({
  isDown: false,
  isSilent: false,
  failsAfter: null,
  stallsAfter: null,
  latencyMs,
  used: 0,
  cancelled: 0,
});

/** Long speech is told in several final segments, as recognisers do. */
const LONGEST_SEGMENT_WORDS = 4;

/** Reads tones as a recogniser: a partial for each word, a final after four words and after the endpointing silence. */
export const toneStt = (time: VirtualTime, mood: ProviderMood): Stt => ({
  open(options, onEvent) {
    mood.used += 1;
    let isOver = false;
    let told = 0;
    let words: HeardWord[] = [];
    let endMs = 0;
    const end = (failure: ProviderFailure | null): void => {
      if (isOver) return;
      isOver = true;
      onEvent({ type: "closed", failure });
    };
    const tell = (event: () => void): void => {
      if (mood.isSilent) return;
      time.set(mood.latencyMs, () => {
        if (isOver || mood.isSilent) return;
        told += 1;
        if (mood.stallsAfter !== null && told > mood.stallsAfter) return;
        if (mood.failsAfter !== null && told > mood.failsAfter) end(DOWN);
        else event();
      });
    };
    const segment = (): Segment => ({
      text: words.map(({ text }) => text).join(" "),
      words: [...words],
      confidence: Math.min(1, ...words.map(({ confidence }) => confidence)),
      startMs: words[0]?.startMs ?? endMs,
      endMs,
    });
    const final = (isEndpoint: boolean): void => {
      if (words.length === 0) return;
      const last = segment();
      words = [];
      tell(() => onEvent({ type: "final", segment: last, isEndpoint }));
    };
    const reader = new ToneReader(
      CARRIER_FORMAT,
      (event) => {
        if (event.type === "word") {
          words.push(event);
          endMs = event.endMs;
          const grown = segment();
          tell(() => onEvent({ type: "partial", segment: grown }));
          if (words.length === LONGEST_SEGMENT_WORDS) final(false);
        } else if (event.type === "speech-ended") final(true);
      },
      { gapMs: options.endpointingMs },
    );
    if (mood.isDown) time.set(1, () => end(DOWN));
    return {
      send: (audio) => {
        if (!isOver) reader.push(audio);
      },
      finalize: () => final(false),
      close: () => {
        mood.cancelled += 1;
        time.set(0, () => end(null));
      },
    };
  },
});

/** Speaks tones: first audio after the latency, then at four times real time, word times with it (unless it tells none). */
export const toneTts = (time: VirtualTime, mood: ProviderMood, tellsWords = true): Tts => ({
  open: () => {
    let current: { cancel(): void } | null = null;
    return {
      speak(listener) {
        mood.used += 1;
        current?.cancel();
        const writer = new ToneWriter(CARRIER_FORMAT);
        let freeAtMs = time.monotonicMs() + mood.latencyMs;
        let isOver = false;
        let chunks = 0;
        const fail = (): void => {
          if (isOver) return;
          isOver = true;
          listener.failed(DOWN);
        };
        const speak = ({ audio, words }: ReturnType<ToneWriter["write"]>): void => {
          if (tellsWords && words.length > 0 && !mood.isSilent)
            time.set(mood.latencyMs, () => isOver || listener.words(words));
          for (let at = 0; at < audio.length; at += 800) {
            const chunk = audio.slice(at, at + 800);
            freeAtMs = Math.max(freeAtMs, time.monotonicMs() + mood.latencyMs);
            time.set(freeAtMs - time.monotonicMs(), () => {
              if (isOver || mood.isSilent) return;
              chunks += 1;
              if (mood.failsAfter !== null && chunks > mood.failsAfter) fail();
              else listener.audio(chunk);
            });
            freeAtMs += chunk.length / 32;
          }
        };
        if (mood.isDown) time.set(1, fail);
        const utterance = {
          write: (text: string) => speak(writer.write(text)),
          end: () => {
            speak(writer.end());
            time.set(Math.max(0, freeAtMs - time.monotonicMs()), () => {
              if (isOver || mood.isSilent) return;
              isOver = true;
              listener.done();
            });
          },
          cancel: () => {
            if (isOver) return;
            isOver = true;
            mood.cancelled += 1;
          },
        };
        current = utterance;
        return utterance;
      },
      close: () => current?.cancel(),
    };
  },
});

/** Streams a scripted answer word by word, 20 ms apart. */
export const scriptedLlm = (time: VirtualTime, mood: ProviderMood, answer: (request: LlmRequest) => string): Llm => ({
  stream(request, listener) {
    mood.used += 1;
    let isOver = false;
    const at = (afterMs: number, act: (told: LlmListener) => void): void =>
      void time.set(afterMs, () => {
        if (!isOver) act(listener);
      });
    const end = (act: (told: LlmListener) => void) => (told: LlmListener) => {
      isOver = true;
      act(told);
    };
    if (mood.isDown)
      at(
        1,
        end((told) => told.failed(DOWN)),
      );
    else if (!mood.isSilent) {
      const deltas = answer(request).match(/\S+\s*/g) ?? [];
      deltas.forEach((delta, index) =>
        at(mood.latencyMs + index * 20, (told) => {
          if (mood.failsAfter !== null && index >= mood.failsAfter) end(() => told.failed(DOWN))(told);
          else told.text(delta);
        }),
      );
      const usage = { inputTokens: 10, outputTokens: deltas.length };
      at(
        mood.latencyMs + deltas.length * 20,
        end((told) => told.done({ finishReason: "stop", usage })),
      );
    }
    return {
      cancel: () => {
        if (isOver) return;
        isOver = true;
        mood.cancelled += 1;
      },
    };
  },
});

/** Voice by level, with 100 ms of hangover. */
export class LevelVad implements Vad {
  isSpeech = false;
  levelDb = -96;
  changedAtMs = 0;
  #nowMs = 0;
  #lastVoiceMs = 0;
  #voicedMs = 0;

  push(mulaw: Uint8Array): void {
    this.#nowMs += mulaw.length / 8;
    this.levelDb = mulawLevelDb(mulaw);
    const isVoiced = this.levelDb > -40;
    this.#voicedMs = isVoiced ? this.#voicedMs + mulaw.length / 8 : 0;
    if (isVoiced) this.#lastVoiceMs = this.#nowMs;
    if (!this.isSpeech && this.#voicedMs >= 40) {
      this.isSpeech = true;
      this.changedAtMs = this.#nowMs - this.#voicedMs;
    } else if (this.isSpeech && this.#nowMs - this.#lastVoiceMs >= 100) {
      this.isSpeech = false;
      this.changedAtMs = this.#lastVoiceMs;
    }
  }
}
