import type { Clock, JsonObject } from "@tandem/kernel";
import type { AudioFormat, ProviderFailure } from "@tandem/ports/provider";
import type { TtsListener, TtsUtterance } from "@tandem/ports/tts";
import { Clauses } from "./clauses.ts";
import { Countdown } from "@tandem/ports/countdown";
import { silentSocket, toldFailure, unreadableMessage } from "./errors.ts";
import { type AudioSpan, audioSpan, frames, readMessage, type ToldMessage } from "./wire.ts";
import { WordTimes } from "./word-times.ts";

/** What an utterance needs of its session. */
export interface UtteranceLine {
  readonly clock: Clock;
  readonly format: AudioFormat;
  readonly voice: JsonObject | null;
  /** How long audio that is due may stay away, milliseconds. */
  readonly silenceMs: number;
  /** How long text that could be all waits for more, milliseconds. */
  readonly holdMs: number;
  send(frame: string): void;
  /** Gives up the connection: it is dead, or what comes from it is not wanted any more. A new one is made when it is needed. */
  abandon(): void;
  /** The id of a context that the vendor has room for. */
  beginContext(): string;
  contextClosed(contextId: string): void;
  /** Room for decoded audio: valid until the next call. */
  scratch(sizeBytes: number): Buffer;
  /** Secrets that no message may show. */
  hidden(): readonly string[];
}

/** One context at the vendor. */
interface Context {
  readonly id: string;
  /** How the id stands in a message. Ids are random: where it stands, the message is of this context. */
  readonly mark: Buffer;
}

const SPEAKABLE = /[\p{L}\p{N}]/u;

/** One utterance at ElevenLabs: text goes out clause by clause, late messages of other contexts pass by. */
export class ElevenLabsUtterance implements TtsUtterance {
  readonly #line: UtteranceLine;
  readonly #listener: TtsListener;
  readonly #clauses = new Clauses();
  readonly #words = new WordTimes();
  readonly #due: Countdown;
  readonly #hold: Countdown;
  readonly #bytesPerMs: number;
  #context: Context | null = null;
  #audioBytes = 0;
  #isEnded = false;
  #isOver = false;

  constructor(line: UtteranceLine, listener: TtsListener) {
    this.#line = line;
    this.#listener = listener;
    const { encoding, sampleRateHz } = line.format;
    this.#bytesPerMs = (sampleRateHz * (encoding === "mulaw" ? 1 : 2)) / 1000;
    this.#due = new Countdown(line.clock, () => this.giveUp(silentSocket(line.silenceMs)));
    this.#hold = new Countdown(line.clock, () => this.#say(this.#clauses.rest()));
  }

  write(text: string): void {
    if (this.#isOver || this.#isEnded || text === "") return;
    this.#say(this.#clauses.add(text));
    if (this.#clauses.couldEnd) this.#hold.set(this.#line.holdMs);
    else this.#hold.clear();
  }

  end(): void {
    if (this.#isOver || this.#isEnded) return;
    this.#isEnded = true;
    this.#hold.stop();
    const rest = this.#clauses.rest();
    if (rest === "" && this.#context === null) return queueMicrotask(() => this.#finish());
    const { id } = this.#begun();
    this.#line.send(frames.flush(id, rest === "" || rest.endsWith(" ") ? rest : `${rest} `));
    this.#line.send(frames.close(id));
    this.#due.set(this.#line.silenceMs);
  }

  /** A context that was flushed speaks on whatever it is told: only its connection's end stops it. */
  cancel(): void {
    if (this.#isOver) return;
    this.#over();
    if (this.#context === null) return;
    if (this.#isEnded) this.#line.abandon();
    else this.#line.send(frames.close(this.#context.id));
  }

  /** Ends without `done`. Does nothing when the utterance is over. */
  fail(failure: ProviderFailure): void {
    if (this.#isOver) return;
    this.#over();
    this.#listener.failed(failure);
  }

  /** Fails and leaves a connection that is of no use any more. */
  giveUp(failure: ProviderFailure): void {
    this.#line.abandon();
    this.fail(failure);
  }

  /** True when a message is of this utterance. */
  owns(bytes: Buffer): boolean {
    return !this.#isOver && this.#context !== null && bytes.includes(this.#context.mark);
  }

  /** A message that it owns; valid until this returns. */
  told(bytes: Buffer): void {
    if (this.#isEnded) this.#due.set(this.#line.silenceMs);
    else this.#due.clear();
    const baseMs = this.#audioBytes / this.#bytesPerMs;
    const audio = audioSpan(bytes);
    if (audio !== null) this.#hear(bytes, audio);
    if (this.#isOver) return;
    const message = readMessage(bytes, audio);
    if (message === null) this.giveUp(unreadableMessage());
    else this.#toldOf(message, baseMs);
  }

  #hear(bytes: Buffer, { start, end }: AudioSpan): void {
    const room = this.#line.scratch(((end - start) * 3) >> 2);
    const size = room.write(bytes.toString("latin1", start, end), "base64");
    if (size === 0) return;
    this.#audioBytes += size;
    // Not a Buffer: its `slice` would be no copy.
    this.#listener.audio(new Uint8Array(room.buffer, room.byteOffset, size));
  }

  #toldOf({ error, alignment, isFinal }: ToldMessage, baseMs: number): void {
    if (error !== null) return this.fail(toldFailure(error.code, error.message, this.#line.hidden()));
    const words = alignment === null ? [] : this.#words.add(alignment, baseMs);
    const spoken = isFinal ? [...words, ...this.#words.rest()] : words;
    if (spoken.length > 0) this.#listener.words(spoken);
    if (!isFinal || this.#isOver) return;
    if (this.#context !== null) this.#line.contextClosed(this.#context.id);
    if (this.#isEnded) this.#finish();
    else this.#context = null;
  }

  #say(text: string): void {
    if (text === "" || this.#isOver) return;
    this.#line.send(frames.text(this.#begun().id, text));
    if (SPEAKABLE.test(text)) this.#due.set(this.#line.silenceMs);
  }

  /** The context, begun at the vendor; a new one when the vendor has closed the last for its long rest. */
  #begun(): Context {
    if (this.#context !== null) return this.#context;
    const id = this.#line.beginContext();
    this.#context = { id, mark: Buffer.from(`"${id}"`) };
    this.#line.send(frames.begin(id, this.#line.voice));
    return this.#context;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#over();
    this.#listener.done();
  }

  #over(): void {
    this.#isOver = true;
    this.#due.stop();
    this.#hold.stop();
  }
}
