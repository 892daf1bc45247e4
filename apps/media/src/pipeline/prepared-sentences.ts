import type { ReleaseBundle } from "@tandem/domain/release";
import type { TtsChain } from "../providers/tts-chain.ts";
import { failureLine, timeLimitLine } from "./fixed-lines.ts";
import type { PhraseBook } from "./phrase-book.ts";
import type { Playout } from "./playout.ts";
import { Speech } from "./speech.ts";
import { Track } from "./track.ts";
import type { TurnDriver } from "./turn-driver.ts";

export interface PreparedSentencesParts {
  readonly bundle: ReleaseBundle;
  readonly phrases: PhraseBook;
  readonly voice: TtsChain;
  readonly playout: Playout;
  readonly turns: TurnDriver;
  readonly onEncodingMismatch: () => void;
}

/** Plays what is said beside the conversation: acknowledgements, fillers, the last sentence. One at a time. */
export class PreparedSentences {
  readonly #parts: PreparedSentencesParts;
  /** What is being played, and the answer that it bridges; null for a last sentence. */
  #playing: { readonly track: Track; readonly answer: number | null } | null = null;
  #count = 0;

  constructor(parts: PreparedSentencesParts) {
    this.#parts = parts;
  }

  /** Audio of a line of the release; null when it is not rendered yet. */
  readonly rendered = (text: string): Uint8Array | null => this.#parts.phrases.audioOf(this.#parts.bundle, text);

  /** Says the last sentence of a call. */
  say(phrase: "failure" | "time-limit"): void {
    const { bundle } = this.#parts;
    this.#play(phrase === "failure" ? failureLine(bundle) : timeLimitLine(bundle), null);
  }

  /** Bridges the time to an answer; `sayLive` has the voice say it where it is not rendered, if nothing else waits for the voice. */
  bridge(answer: number, text: string, sayLive: (text: string) => boolean): void {
    if (this.rendered(text) !== null) this.#play(text, answer);
    else if (!sayLive(text)) this.#told(answer);
  }

  /** The caller took the floor: what was played is gone. */
  drop(): void {
    this.#playing = null;
  }

  /** A track was heard whole; false when it was none of ours. */
  finished(track: Track): boolean {
    const playing = this.#playing;
    if (track !== playing?.track) return false;
    this.#playing = null;
    this.#told(playing.answer);
    return true;
  }

  /** Plays a sentence: rendered before, or by whichever voice is left; without any it counts as heard. */
  #play(text: string, answer: number | null): void {
    const { voice, playout, onEncodingMismatch } = this.#parts;
    this.#count += 1;
    const track = new Track(`p${this.#count}`);
    this.#playing = { track, answer };
    const speech = new Speech({
      track,
      voice,
      rendered: this.rendered,
      onAudio: () => playout.pump(),
      onFailed: () => {
        this.#playing = null;
        this.#told(answer);
      },
      onEncodingMismatch,
    });
    playout.playBefore(track);
    speech.line(text, true);
    speech.end();
  }

  #told(answer: number | null): void {
    const { turns } = this.#parts;
    if (answer === null) turns.tell({ type: "phrase-heard" });
    else turns.tell({ type: "filler-heard", id: answer });
  }
}
