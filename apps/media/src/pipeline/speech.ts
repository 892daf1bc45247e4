import type { TtsUtterance } from "@tandem/ports/tts";
import { SpokenText } from "../providers/spoken-text.ts";
import type { TtsChain } from "../providers/tts-chain.ts";
import type { Track } from "./track.ts";

/** A stretch of one answer: a line of ours, or text as the model makes it. */
interface Span {
  readonly spoken: SpokenText;
  readonly isLine: boolean;
  readonly isUninterruptible: boolean;
  /** No more text will come. */
  isClosed: boolean;
  /** Where it begins and ends in the track, milliseconds; null before. */
  fromMs: number | null;
  toMs: number | null;
}

export interface SpeechParts {
  readonly track: Track;
  readonly voice: TtsChain;
  /** Pre-rendered audio of a line; null when there is none. */
  readonly rendered: (text: string) => Uint8Array | null;
  /** More audio is in the track, or it is whole. */
  readonly onAudio: () => void;
  /** No voice is left. */
  readonly onFailed: () => void;
  readonly onEncodingMismatch: () => void;
}

/** What one answer says: text and lines one after the other, each spoken as soon as the one before it is. */
export class Speech {
  readonly #parts: SpeechParts;
  readonly #spans: Span[] = [];
  #speaking = -1;
  #utterance: TtsUtterance | null = null;
  #isEnded = false;
  #isOver = false;
  #characters = 0;

  constructor(parts: SpeechParts) {
    this.#parts = parts;
  }

  /** Characters given to voices. */
  get characters(): number {
    return this.#characters;
  }

  /** Some of what may not be interrupted was not heard yet. */
  get isProtected(): boolean {
    const { heardMs } = this.#parts.track;
    return this.#spans.some((span) => span.isUninterruptible && (span.toMs === null || heardMs < span.toMs));
  }

  /** Nothing waits to be spoken: what is said now comes at once. */
  get isIdle(): boolean {
    return !this.#isOver && !this.#isEnded && this.#spans.every(({ toMs }) => toMs !== null);
  }

  write(delta: string): void {
    if (this.#isOver || delta === "") return;
    let span = this.#spans.at(-1);
    if (span === undefined || span.isClosed) {
      if (delta.trim() === "") return;
      span = this.#open({ isLine: false, isUninterruptible: false });
    }
    span.spoken.write(delta);
    if (this.#spans.indexOf(span) === this.#speaking) this.#say(delta);
    else this.#next();
  }

  line(text: string, isUninterruptible: boolean): void {
    if (this.#isOver || text.trim() === "") return;
    this.flush();
    const span = this.#open({ isLine: true, isUninterruptible });
    span.spoken.write(text);
    span.isClosed = true;
    this.#next();
  }

  /** What was written so far is spoken whole, whatever follows and whenever. */
  flush(): void {
    const span = this.#spans.at(-1);
    if (span === undefined || span.isClosed) return;
    span.isClosed = true;
    this.#utterance?.end();
  }

  /** Nothing follows. */
  end(): void {
    if (this.#isEnded || this.#isOver) return;
    this.flush();
    this.#isEnded = true;
    this.#finishWhenSpoken();
  }

  /** Stops at once, at the provider too; the track gets nothing more. */
  cancel(): void {
    this.#isOver = true;
    this.#utterance?.cancel();
    this.#utterance = null;
  }

  /** The words that end within what the caller has heard. */
  heard(): string {
    const { track } = this.#parts;
    if (track.isWhole && track.isAllHeard) return this.#spans.map((span) => span.spoken.text.trim()).join(" ");
    const parts = this.#spans.map((span) => {
      if (span.fromMs === null || track.heardMs <= span.fromMs) return "";
      if (span.toMs !== null && track.heardMs >= span.toMs) return span.spoken.text;
      return span.spoken.until(track.heardMs - span.fromMs);
    });
    return parts
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .join(" ");
  }

  #open(kind: { isLine: boolean; isUninterruptible: boolean }): Span {
    const span: Span = { ...kind, spoken: new SpokenText(), isClosed: false, fromMs: null, toMs: null };
    this.#spans.push(span);
    return span;
  }

  /** Begins the next span once the one before it is spoken. */
  #next(): void {
    if (this.#utterance !== null || this.#isOver) return;
    const current = this.#spans[this.#speaking];
    if (current !== undefined && current.toMs === null) return;
    const span = this.#spans[this.#speaking + 1];
    if (span === undefined) return this.#finishWhenSpoken();
    this.#speaking += 1;
    span.fromMs = this.#parts.track.lengthMs;
    const rendered = span.isLine ? this.#parts.rendered(span.spoken.text) : null;
    if (rendered !== null) return this.#playRendered(span, rendered);
    this.#speak(span);
  }

  #playRendered(span: Span, audio: Uint8Array): void {
    this.#parts.track.append(audio);
    this.#spoken(span);
  }

  #speak(span: Span): void {
    const { track, voice } = this.#parts;
    const fromMs = track.lengthMs;
    this.#utterance = voice.speak({
      audio: (chunk) => {
        if (this.#isOver) return;
        if (track.lengthMs === fromMs && isContainer(chunk)) this.#parts.onEncodingMismatch();
        track.append(chunk);
        this.#parts.onAudio();
      },
      words: (words) => span.spoken.timed(words),
      done: () => this.#spoken(span),
      failed: () => this.#failed(),
      cutAt: (positionMs) => {
        const endMs = track.cutAt(positionMs === null ? null : fromMs + positionMs) - fromMs;
        span.spoken.keepUntil(endMs);
        return endMs;
      },
    });
    this.#say(span.spoken.text);
    if (span.isClosed) this.#utterance?.end();
  }

  #say(text: string): void {
    this.#characters += text.length;
    this.#utterance?.write(text);
  }

  #spoken(span: Span): void {
    if (this.#isOver) return;
    const { track, onAudio } = this.#parts;
    span.toMs = track.lengthMs;
    span.isClosed = true;
    span.spoken.lasted(span.toMs - (span.fromMs ?? 0));
    this.#utterance = null;
    onAudio();
    this.#next();
  }

  #finishWhenSpoken(): void {
    const isSpoken = this.#speaking === this.#spans.length - 1 && this.#spans.every(({ toMs }) => toMs !== null);
    if (!this.#isEnded || !isSpoken || this.#isOver) return;
    this.#parts.track.isWhole = true;
    this.#parts.onAudio();
  }

  #failed(): void {
    if (this.#isOver) return;
    this.#utterance = null;
    this.#isOver = true;
    this.#parts.onFailed();
  }
}

/** Headerless audio was asked for: a container's first bytes are a wrong encoding. */
function isContainer(chunk: Uint8Array): boolean {
  const head = String.fromCodePoint(...chunk.subarray(0, 4));
  return head === "RIFF" || head === "OggS" || head.startsWith("ID3") || head === "fLaC";
}
