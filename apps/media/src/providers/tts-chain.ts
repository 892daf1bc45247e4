import { CARRIER_FORMAT, type ProviderFailure } from "@tandem/ports/provider";
import type { SpokenWord, TtsSession, TtsUtterance } from "@tandem/ports/tts";
import { Deadline, type Timers } from "../pipeline/timers.ts";
import { type ChainLink, type ChainListener, countFailure, missed } from "./chain.ts";
import { SpokenText } from "./spoken-text.ts";

const BYTES_PER_MS = 8;
/** A provider may hold back this much text for prosody: only from here on is silence its fault. */
const SPEAKABLE_CHARACTERS = 40;

/** Told what one utterance sounds like, whoever speaks it. */
export interface SpeechListener {
  audio(chunk: Uint8Array): void;
  /** Times from the first sample of the utterance. */
  words(words: readonly SpokenWord[]): void;
  done(): void;
  /** No provider is left; what was told so far stands. */
  failed(failure: ProviderFailure): void;
  /**
   * The provider broke off. Audio after the position is thrown away, unless it has been sent; returns where the audio ends now,
   * milliseconds. Null keeps only what has been sent.
   */
  cutAt(positionMs: number | null): number;
}

export interface TtsChainOptions {
  readonly timers: Timers;
  readonly listener: ChainListener;
  /** Longest wait for the first audio of a text, and for more of it, milliseconds. */
  readonly deadlineMs: number;
  readonly onFailover: () => void;
  readonly onServed: (provider: string, model: string) => void;
}

/** The voices of a release behind one call: one connection is warm, the next one speaks on where the former broke off. */
export class TtsChain {
  readonly options: TtsChainOptions;
  readonly #sessions = new Map<ChainLink<"tts">, TtsSession>();
  readonly #waiting = new Set<ChainedUtterance>();
  #links: readonly ChainLink<"tts">[] | null = null;
  #isClosed = false;

  constructor(options: TtsChainOptions) {
    this.options = options;
  }

  /** The accounts are open: the first voice connects, and what was written meanwhile is spoken. */
  attach(links: readonly ChainLink<"tts">[]): void {
    if (this.#isClosed) return;
    this.#links = links;
    const [first] = this.candidates();
    if (first !== undefined) this.session(first);
    for (const utterance of this.#waiting) utterance.begin();
    this.#waiting.clear();
  }

  /** Begins an utterance. One that is not finished is cancelled by the voice itself. */
  speak(listener: SpeechListener): TtsUtterance {
    const utterance = new ChainedUtterance(this, listener);
    if (this.#links === null) this.#waiting.add(utterance);
    else utterance.begin();
    return utterance;
  }

  close(): void {
    this.#isClosed = true;
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  candidates(): ChainLink<"tts">[] {
    return (this.#links ?? []).filter(({ breaker }) => !breaker.isOpen);
  }

  session(link: ChainLink<"tts">): TtsSession {
    let session = this.#sessions.get(link);
    if (session === undefined) {
      session = link.port.open({ ...link.choice, format: CARRIER_FORMAT });
      this.#sessions.set(link, session);
    }
    return session;
  }
}

/** One utterance, whoever speaks it. */
class ChainedUtterance implements TtsUtterance {
  readonly #chain: TtsChain;
  readonly #listener: SpeechListener;
  readonly #text = new SpokenText();
  readonly #deadline: Deadline;
  #untried: ChainLink<"tts">[] | null = null;
  #link: ChainLink<"tts"> | null = null;
  #utterance: TtsUtterance | null = null;
  /** Audio of the utterance before the voice that speaks now, milliseconds. */
  #offsetMs = 0;
  #audioMs = 0;
  #isServed = false;
  #isEnded = false;
  #isOver = false;

  constructor(chain: TtsChain, listener: SpeechListener) {
    this.#chain = chain;
    this.#listener = listener;
    const { timers, deadlineMs } = chain.options;
    this.#deadline = new Deadline(timers, () => this.#failed(missed(`No audio within ${deadlineMs} ms.`)));
  }

  begin(): void {
    if (this.#isOver) return;
    this.#untried = this.#chain.candidates();
    this.#speakNext(missed("No voice of the chain is available."));
  }

  write(text: string): void {
    if (this.#isOver || this.#isEnded) return;
    this.#text.write(text);
    this.#utterance?.write(text);
    if (!this.#isServed && !this.#deadline.isSet && this.#isDue) this.#expect();
  }

  end(): void {
    if (this.#isOver || this.#isEnded) return;
    this.#isEnded = true;
    this.#utterance?.end();
    if (this.#utterance !== null) this.#expect();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.cancel();
    this.#utterance?.cancel();
  }

  get #isDue(): boolean {
    return this.#utterance !== null && (this.#isEnded || this.#text.rest.length >= SPEAKABLE_CHARACTERS);
  }

  #expect(): void {
    this.#deadline.set(this.#chain.options.deadlineMs);
  }

  #speakNext(because: ProviderFailure): void {
    const link = this.#untried?.shift() ?? null;
    this.#link = link;
    this.#utterance = null;
    if (link === null) {
      this.#isOver = true;
      return this.#listener.failed(because);
    }
    this.#isServed = false;
    const utterance = this.#chain.session(link).speak({
      audio: (chunk) => this.#audio(link, chunk),
      words: (words) => this.#words(link, words),
      done: () => this.#done(link),
      failed: (failure) => {
        if (this.#link === link) this.#failed(failure);
      },
    });
    if (this.#link !== link) return; // failed while it began: another one is in place
    this.#utterance = utterance;
    const { rest } = this.#text;
    if (rest !== "") utterance.write(rest);
    if (this.#isEnded) utterance.end();
    if (this.#isDue) this.#expect();
  }

  #audio(link: ChainLink<"tts">, chunk: Uint8Array): void {
    if (this.#isOver || this.#link !== link || chunk.length === 0) return;
    if (!this.#isServed) {
      this.#isServed = true;
      link.breaker.succeeded();
      this.#chain.options.onServed(link.provider, link.choice.model);
    }
    this.#audioMs += chunk.length / BYTES_PER_MS;
    if (this.#isEnded) this.#expect();
    else this.#deadline.cancel();
    this.#listener.audio(chunk);
  }

  #words(link: ChainLink<"tts">, words: readonly SpokenWord[]): void {
    if (this.#isOver || this.#link !== link) return;
    const offsetMs = this.#offsetMs;
    const shifted =
      offsetMs === 0
        ? words
        : words.map((word) => ({ ...word, startMs: word.startMs + offsetMs, endMs: word.endMs + offsetMs }));
    this.#text.timed(shifted);
    this.#listener.words(shifted);
  }

  #done(link: ChainLink<"tts">): void {
    if (this.#isOver || this.#link !== link) return;
    if (!this.#isServed && this.#text.isSpeakable) return this.#failed(missed("The voice ended without audio."));
    this.#isOver = true;
    this.#deadline.cancel();
    this.#listener.done();
  }

  /** Whole words stay; the next voice begins with the first word that was not told whole. */
  #failed(failure: ProviderFailure): void {
    const link = this.#link;
    if (link === null || this.#isOver) return;
    this.#deadline.cancel();
    this.#link = null;
    this.#utterance?.cancel();
    const { listener, onFailover } = this.#chain.options;
    countFailure(link, failure, listener);
    this.#audioMs = this.#listener.cutAt(this.#text.wholeWordsEndMs(this.#audioMs));
    this.#text.keepUntil(this.#audioMs);
    this.#offsetMs = this.#audioMs;
    if ((this.#untried?.length ?? 0) > 0) onFailover();
    this.#speakNext(failure);
  }
}
