import { soundBytes, soundMs, type SoundFormat, type ToneAudio, type ToneWord, ToneWriter } from "@tandem/audio";

/** Audio of one chunk, at most; produced faster than it is spoken, so that a cancel cuts real work. */
const CHUNK_MS = 100;

/** How a voice speaks: when its first audio comes, and how much faster than real time the rest. */
export interface Pace {
  /** Asked once, when there is something to speak. */
  firstMs(): number;
  /** Asked before each chunk; true ends all output without a word. */
  isStalled(): boolean;
  readonly timesRealTime: number;
  /** 60 or 30: how fast the tones themselves are. */
  readonly msPerCharacter: number;
}

export interface SpeechListener {
  /** Audio from `fromMs` of the speech on, and the words that begin in it. */
  chunk(audio: Uint8Array, words: readonly ToneWord[], fromMs: number): void;
  /** Everything written so far has been spoken. */
  caughtUp(): void;
  /** It was stopped, and what was under way has come out. */
  silenced(): void;
}

/** How much of a speech was produced. */
export interface Produced {
  readonly audioMs: number;
  readonly unspokenMs: number;
  /** The words that were not begun. */
  readonly unspoken: string;
}

/** One voice speaking one text as readable tones, chunk by chunk. */
export class Speech {
  readonly #format: SoundFormat;
  readonly #pace: Pace;
  readonly #listener: SpeechListener;
  readonly #writer: ToneWriter;
  #audio = Buffer.alloc(0);
  #words: ToneWord[] = [];
  #spokenBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #hasBegun = false;
  #chunksLeft = Number.POSITIVE_INFINITY;

  constructor(format: SoundFormat, pace: Pace, listener: SpeechListener) {
    this.#format = format;
    this.#pace = pace;
    this.#listener = listener;
    this.#writer = new ToneWriter(format, { msPerCharacter: pace.msPerCharacter });
  }

  get isCaughtUp(): boolean {
    return this.#audio.length === 0;
  }

  /** Adds text: whole words are spoken, the beginning of one waits for its rest. */
  write(text: string): void {
    this.#add(this.#writer.write(text));
  }

  /** Speaks the word that waits. */
  flush(): void {
    this.#add(this.#writer.end());
  }

  /** Ends it after some more chunks, as a vendor whose work is under way does. Says how things stood. */
  stop(lateChunks: number): Produced {
    const produced = {
      audioMs: Math.round(soundMs(this.#format, this.#spokenBytes)),
      unspokenMs: Math.round(soundMs(this.#format, this.#audio.length)),
      unspoken: this.#words.map(({ text }) => text).join(" "),
    };
    this.#chunksLeft = this.#timer === null ? 0 : lateChunks;
    if (this.#chunksLeft > 0) return produced;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#listener.silenced();
    return produced;
  }

  #add({ audio, words }: ToneAudio): void {
    if (audio.length === 0) return;
    this.#audio = Buffer.concat([this.#audio, audio]);
    this.#words.push(...words);
    if (this.#timer !== null) return;
    this.#speakAfter(this.#hasBegun ? 0 : this.#pace.firstMs());
    this.#hasBegun = true;
  }

  #speakAfter(delayMs: number): void {
    this.#timer = setTimeout(() => this.#speak(), delayMs);
  }

  #speak(): void {
    this.#timer = null;
    if (this.#pace.isStalled()) return;
    this.#chunksLeft -= 1;
    const size = Math.min(this.#audio.length, soundBytes(this.#format, CHUNK_MS));
    const fromMs = soundMs(this.#format, this.#spokenBytes);
    const chunk = this.#audio.subarray(0, size);
    this.#audio = this.#audio.subarray(size);
    this.#spokenBytes += size;
    const untilMs = soundMs(this.#format, this.#spokenBytes);
    const begun = this.#words.findIndex(({ startMs }) => startMs >= untilMs);
    this.#listener.chunk(chunk, this.#words.splice(0, begun < 0 ? this.#words.length : begun), fromMs);
    const isStopped = Number.isFinite(this.#chunksLeft);
    if (isStopped && (this.#chunksLeft === 0 || this.#audio.length === 0)) this.#listener.silenced();
    else if (this.#audio.length > 0) this.#speakAfter(CHUNK_MS / this.#pace.timesRealTime);
    else this.#listener.caughtUp();
  }
}
