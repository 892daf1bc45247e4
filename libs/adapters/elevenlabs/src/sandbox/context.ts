import { soundMs, type ToneWord } from "@tandem/audio";
import type { JsonObject } from "@tandem/kernel";
import { CharacterTimes } from "./alignment.ts";
import type { LineOptions } from "./line-options.ts";
import { type Pace, type Produced, Speech } from "./speech.ts";

/** What a context tells its connection. */
export interface ContextListener {
  send(message: JsonObject): void;
  /** It was flushed and closed, and everything was spoken. */
  spoken(context: Context): void;
  /** It was told to be over: its place is free. */
  ended(context: Context): void;
}

/** Without automatic mode the vendor waits for this much text, or for a flush. */
const FIRST_GENERATION_CHARACTERS = 120;

/** One context: text is spoken in order, until it is closed. */
export class Context {
  readonly id: string;
  /** Everything asked for, without the blank that begins a context. */
  text = "";
  readonly #options: LineOptions;
  readonly #listener: ContextListener;
  readonly #speech: Speech;
  readonly #times = new CharacterTimes();
  #buffered = "";
  #isFlushed = false;
  #isClosing = false;
  #isStopped = false;

  constructor(id: string, options: LineOptions, pace: Pace, listener: ContextListener) {
    this.id = id;
    this.#options = options;
    this.#listener = listener;
    this.#speech = new Speech(options.format, pace, {
      chunk: (audio, words, fromMs) => this.#tell(audio, words, fromMs),
      caughtUp: () => this.#caughtUp(),
      silenced: () => this.#tellEnd(),
    });
  }

  /** Flushed text that is not spoken yet: it goes on whatever else the context is told. */
  get isFlushing(): boolean {
    return this.#isFlushed && !this.#speech.isCaughtUp;
  }

  add(text: string, isFlush: boolean): void {
    if (text.trim() !== "" || this.text !== "") this.text += text;
    this.#buffered += text;
    this.#isFlushed = isFlush;
    if (!isFlush && !this.#options.isAutomatic && this.#buffered.length < FIRST_GENERATION_CHARACTERS) return;
    this.#speech.write(this.#buffered);
    this.#buffered = "";
    if (isFlush) this.#speech.flush();
  }

  /** Closes after a flush: ends when all is spoken. */
  closeWhenSpoken(): void {
    this.#isClosing = true;
    if (this.#speech.isCaughtUp) this.#caughtUp();
  }

  get wasFlushed(): boolean {
    return this.#isFlushed;
  }

  /** Told to end, though audio may still come out. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Ends it now; audio that is under way still comes out, as far as `lateChunks`. */
  stop(lateChunks: number): Produced {
    this.#isStopped = true;
    const produced = this.#speech.stop(lateChunks);
    return { ...produced, unspoken: `${produced.unspoken} ${this.#buffered}`.trim() };
  }

  #tell(audio: Uint8Array, words: readonly ToneWord[], fromMs: number): void {
    const untilMs = fromMs + soundMs(this.#options.format, audio.length);
    const alignment = this.#options.hasAlignment ? this.#times.take(words, fromMs, untilMs) : null;
    this.#listener.send({
      audio: Buffer.from(audio).toString("base64"),
      normalizedAlignment: alignment,
      alignment,
      contextId: this.id,
    });
  }

  #caughtUp(): void {
    if (!this.#isClosing || this.#isStopped) return;
    this.#listener.spoken(this);
    this.#tellEnd();
  }

  #tellEnd(): void {
    this.#listener.send({ isFinal: true, contextId: this.id });
    this.#listener.ended(this);
  }
}
