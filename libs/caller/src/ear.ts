import { FRAME_MS, MULAW_SAMPLES } from "@tandem/audio";
import type { HeardWord } from "@tandem/ports/stt";
import { AUDIBLE_SAMPLE } from "./mouth.ts";
import type { Voice, VoiceSession } from "./voice.ts";

/** Frames that come later than this begin a new stretch of hearing: the line was elsewhere meanwhile. Less is jitter. */
const STRETCH_GAP_MS = 400;
/** Sound after a pause of this length is a new beginning, milliseconds. */
export const PAUSE_MS = 60;

/** What the caller hears: words, and by the audio itself when there was sound. Times in milliseconds of the call. */
export class Ear {
  readonly #session: VoiceSession;
  readonly #onSound: (beginMs: number) => void;
  /** Moment of the call at which the first audio of this stretch was heard, and how much has been heard since. */
  #originMs = Number.NEGATIVE_INFINITY;
  #heardMs = -1;
  /** Words in order, with moments of the call. */
  readonly words: HeardWord[] = [];
  /** End of the last sound; −Infinity before the first. */
  lastSoundMs = Number.NEGATIVE_INFINITY;
  /** Why listening ended early; null while it goes on. */
  failure: string | null = null;

  /** `onSound` is told where each sound after a pause begins. */
  constructor(voice: Voice, onSound: (beginMs: number) => void) {
    this.#onSound = onSound;
    this.#session = voice.open({
      word: (word) =>
        this.words.push({ ...word, startMs: word.startMs + this.#originMs, endMs: word.endMs + this.#originMs }),
      failed: (message) => {
        this.failure = message;
      },
    });
  }

  render(text: string): Promise<Uint8Array> {
    return this.#session.render(text);
  }

  /** One frame, arriving at this moment of the call. */
  hear(frame: Uint8Array, nowMs: number): void {
    if (this.#heardMs < 0) this.#heardMs = 0;
    // Nothing is heard before it arrives: the frame with the shortest way tells when the others were due.
    const lateMs = nowMs - this.#originMs - this.#heardMs;
    if (lateMs < 0 || lateMs > STRETCH_GAP_MS) this.#originMs = nowMs - this.#heardMs;
    this.#session.hear(frame);
    this.#measure(frame, this.#originMs + this.#heardMs);
    this.#heardMs += FRAME_MS;
  }

  flush(): void {
    this.#session.flush();
  }

  close(): void {
    this.#session.close();
  }

  #measure(frame: Uint8Array, frameMs: number): void {
    let first = -1;
    let last = -1;
    for (let index = 0; index < frame.length; index += 1) {
      if (Math.abs(MULAW_SAMPLES[frame[index] ?? 0] ?? 0) < AUDIBLE_SAMPLE) continue;
      if (first < 0) first = index;
      last = index;
    }
    if (first < 0) return;
    const beginMs = frameMs + first / 8;
    if (beginMs - this.lastSoundMs >= PAUSE_MS) this.#onSound(beginMs);
    this.lastSoundMs = frameMs + last / 8;
  }
}
