import type { ToneWord } from "@tandem/audio";
import type { JsonObject } from "@tandem/kernel";
import type { Generation } from "./request.ts";
import { type Pace, type Produced, Speech } from "./speech.ts";

/** What a context tells its connection. */
export interface ContextListener {
  send(message: JsonObject): void;
  /** All was spoken and no more text will come. */
  ended(context: Context): void;
  /** Nothing was spoken or asked for so long that the context is gone. */
  expired(context: Context): void;
}

export interface ContextTimes {
  readonly pace: Pace;
  /** From the last audio to the end of a context that was not ended. */
  readonly expiryMs: number;
}

const COMPLETE_SENTENCE = /[.!?…]["')\]]*\s*$/u;

/** One context: text is buffered until it is worth speaking, and spoken in order. */
export class Context {
  readonly id: string;
  readonly first: Generation;
  /** Everything asked for. */
  text = "";
  readonly #speech: Speech;
  readonly #listener: ContextListener;
  readonly #expiryMs: number;
  #buffered = "";
  #bufferTimer: NodeJS.Timeout | null = null;
  #expiryTimer: NodeJS.Timeout | null = null;
  #flushes = 0;
  #isEnded = false;
  #isFlushing = false;
  #isStopped = false;

  constructor(id: string, first: Generation, times: ContextTimes, listener: ContextListener) {
    this.id = id;
    this.first = first;
    this.#expiryMs = times.expiryMs;
    this.#listener = listener;
    this.#speech = new Speech(first.format, times.pace, {
      chunk: (audio, words) => this.#tell(audio, words),
      caughtUp: () => this.#caughtUp(),
    });
  }

  add({ transcript, isContinued, isFlush, bufferDelayMs }: Generation): void {
    if (this.#expiryTimer !== null) clearTimeout(this.#expiryTimer);
    this.text += transcript;
    this.#buffered += transcript;
    this.#isEnded ||= !isContinued;
    if (this.#isEnded || isFlush || bufferDelayMs === 0 || COMPLETE_SENTENCE.test(this.#buffered)) this.#speak();
    else this.#bufferTimer ??= setTimeout(() => this.#speak(), bufferDelayMs);
    if (!this.#isEnded && !isFlush) return;
    this.#speech.flush();
    this.#isFlushing = isFlush;
    if (this.#speech.isCaughtUp) this.#caughtUp();
  }

  /** Ends it; audio that is under way still comes out, as far as `lateChunks`. */
  stop(lateChunks: number): Produced {
    this.#isStopped = true;
    this.#clearTimers();
    const produced = this.#speech.stop(lateChunks);
    return { ...produced, unspoken: `${produced.unspoken} ${this.#buffered}`.trim() };
  }

  #speak(): void {
    if (this.#bufferTimer !== null) clearTimeout(this.#bufferTimer);
    this.#bufferTimer = null;
    const text = this.#buffered;
    this.#buffered = "";
    this.#speech.write(text);
  }

  #tell(audio: Uint8Array, words: readonly ToneWord[]): void {
    const shared = { context_id: this.id, done: false, status_code: 206 };
    const flush = this.#flushes > 0 ? { flush_id: this.#flushes } : {};
    const data = Buffer.from(audio).toString("base64");
    this.#listener.send({ type: "chunk", ...shared, step_time: 1.5, ...flush, data });
    if (!this.first.hasTimestamps || words.length === 0) return;
    this.#listener.send({
      type: "timestamps",
      ...shared,
      word_timestamps: {
        words: words.map(({ text }) => text),
        start: words.map(({ startMs }) => startMs / 1000),
        end: words.map(({ endMs }) => endMs / 1000),
      },
    });
  }

  #caughtUp(): void {
    if (this.#isStopped) return;
    if (this.#isFlushing) this.#tellFlushed();
    if (this.#isEnded) {
      this.#clearTimers();
      this.#listener.send({ type: "done", context_id: this.id, done: true, status_code: 200 });
      return this.#listener.ended(this);
    }
    this.#expiryTimer = setTimeout(() => this.#listener.expired(this), this.#expiryMs);
  }

  #tellFlushed(): void {
    this.#isFlushing = false;
    this.#flushes += 1;
    this.#listener.send({
      type: "flush_done",
      context_id: this.id,
      done: false,
      flush_done: true,
      flush_id: this.#flushes,
      status_code: 206,
    });
  }

  #clearTimers(): void {
    if (this.#bufferTimer !== null) clearTimeout(this.#bufferTimer);
    if (this.#expiryTimer !== null) clearTimeout(this.#expiryTimer);
    this.#bufferTimer = this.#expiryTimer = null;
  }
}
