import type { Clock, JsonObject } from "@tandem/kernel";
import type { AudioFormat, ProviderFailure } from "@tandem/ports/provider";
import type { TtsListener, TtsUtterance } from "@tandem/ports/tts";
import { Countdown } from "@tandem/ports/countdown";
import { silentSocket, toldFailure, unreadableMessage } from "./errors.ts";
import { HeldText } from "./held-text.ts";
import { audioSpan, ContextFrames, readMessage, type ToldMessage } from "./wire.ts";

/** What an utterance needs of its session. */
export interface UtteranceLine {
  readonly clock: Clock;
  readonly format: AudioFormat;
  /** The members of a request that stay equal. */
  readonly fixed: JsonObject;
  /** How long audio that is due may stay away, milliseconds. */
  readonly silenceMs: number;
  send(frame: string): void;
  /** Gives up the connection: it is dead, or nothing that comes from it can be trusted. */
  abandon(): void;
  newContextId(): string;
  /** Room for decoded audio: valid until the next call. */
  scratch(sizeBytes: number): Buffer;
  /** Secrets that no message may show. */
  hidden(): readonly string[];
}

/** A context expires one second after its last audio; from here on no text is trusted to it any more. */
const CONTEXT_REST_MS = 700;
const SPEAKABLE = /[\p{L}\p{N}]/u;

/** One context at the vendor; an utterance has a second one when the first has rested too long. */
interface Context {
  readonly frames: ContextFrames;
  /** How its id stands in a message. Ids are random: where it stands, the message is of this context. */
  readonly mark: Buffer;
  /** Audio of the utterance before this context, milliseconds: what its word times count from. */
  readonly baseMs: number;
  isDone: boolean;
}

/** One utterance at Cartesia: text goes out as it comes, late messages of other contexts pass by unread. */
export class CartesiaUtterance implements TtsUtterance {
  readonly #line: UtteranceLine;
  readonly #listener: TtsListener;
  readonly #held = new HeldText();
  readonly #due: Countdown;
  #context: Context | null = null;
  #audioBytes = 0;
  #heardMs = 0;
  #isEnded = false;
  #isOver = false;
  /** True when the end was told to a context that may have expired: an error about it is no failure. */
  #hasEndedLate = false;

  constructor(line: UtteranceLine, listener: TtsListener) {
    this.#line = line;
    this.#listener = listener;
    this.#due = new Countdown(line.clock, () => this.#giveUp(silentSocket(line.silenceMs)));
  }

  write(text: string): void {
    if (this.#isOver || this.#isEnded) return;
    this.#say(this.#held.add(text));
  }

  end(): void {
    if (this.#isOver || this.#isEnded) return;
    this.#say(this.#held.rest());
    this.#isEnded = true;
    const context = this.#context;
    if (context === null || context.isDone) return queueMicrotask(() => this.#finish());
    this.#hasEndedLate = this.#hasRested();
    this.#line.send(context.frames.end());
    this.#due.set(this.#line.silenceMs);
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#over();
    if (this.#context !== null && !this.#context.isDone) this.#line.send(this.#context.frames.cancel());
  }

  /** Ends without `done`. Does nothing when the utterance is over. */
  fail(failure: ProviderFailure): void {
    if (this.#isOver) return;
    this.#over();
    this.#listener.failed(failure);
  }

  /** A message of the connection; valid until this returns. */
  told(bytes: Buffer): void {
    const context = this.#context;
    if (context === null || !bytes.includes(context.mark)) return this.#toldApart(bytes);
    this.#heardMs = this.#line.clock.monotonicMs();
    if (this.#isEnded) this.#due.set(this.#line.silenceMs);
    else this.#due.clear();
    const span = audioSpan(bytes);
    if (span === null) this.#toldOf(context, readMessage(bytes));
    else this.#hear(bytes, span.start, span.end);
  }

  #hear(bytes: Buffer, start: number, end: number): void {
    const room = this.#line.scratch(((end - start) * 3) >> 2);
    const size = room.write(bytes.toString("latin1", start, end), "base64");
    if (size === 0) return;
    this.#audioBytes += size;
    // Not a Buffer: its `slice` would be no copy.
    this.#listener.audio(new Uint8Array(room.buffer, room.byteOffset, size));
  }

  /** A message that is not of the current context: another's, the connection's, or none that can be read. */
  #toldApart(bytes: Buffer): void {
    if (audioSpan(bytes) !== null) return;
    const message = readMessage(bytes);
    if (message === null) return this.#giveUp(unreadableMessage());
    if (message.type === "error" && message.contextId === null) this.#failAsTold(message);
  }

  #toldOf(context: Context, message: ToldMessage | null): void {
    if (message === null) return this.#giveUp(unreadableMessage());
    if (message.type === "error") return this.#hasEndedLate ? this.#finish() : this.#failAsTold(message);
    if (message.type === "done") {
      context.isDone = true;
      if (this.#isEnded) this.#finish();
    } else if (message.words.length > 0) this.#listener.words(shifted(message.words, context.baseMs));
  }

  #giveUp(failure: ProviderFailure): void {
    this.#line.abandon();
    this.fail(failure);
  }

  #failAsTold({ status, text }: ToldMessage): void {
    this.fail(toldFailure(status, text, this.#line.hidden()));
  }

  #say(text: string): void {
    if (text === "") return;
    if (this.#context === null || this.#context.isDone || this.#hasRested()) this.#context = this.#newContext();
    this.#line.send(this.#context.frames.text(text));
    if (SPEAKABLE.test(text)) this.#due.set(this.#line.silenceMs);
  }

  #newContext(): Context {
    const id = this.#line.newContextId();
    const { encoding, sampleRateHz } = this.#line.format;
    const bytesPerMs = (sampleRateHz * (encoding === "mulaw" ? 1 : 2)) / 1000;
    return {
      frames: new ContextFrames(this.#line.fixed, id),
      mark: Buffer.from(`"${id}"`),
      baseMs: this.#audioBytes / bytesPerMs,
      isDone: false,
    };
  }

  /** True when all text was spoken so long ago that the context may be gone. */
  #hasRested(): boolean {
    return (
      this.#heardMs > 0 && !this.#due.isRunning && this.#line.clock.monotonicMs() - this.#heardMs > CONTEXT_REST_MS
    );
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#over();
    this.#listener.done();
  }

  #over(): void {
    this.#isOver = true;
    this.#due.stop();
  }
}

const shifted = (words: ToldMessage["words"], byMs: number): ToldMessage["words"] =>
  byMs === 0
    ? words
    : words.map(({ text, startMs, endMs }) => ({ text, startMs: startMs + byMs, endMs: endMs + byMs }));
