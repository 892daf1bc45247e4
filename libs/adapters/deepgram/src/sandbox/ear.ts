import { type SoundFormat, ToneReader } from "@tandem/audio";

/** One word that was read out of the audio. Milliseconds from the first sample of the stream. */
export interface ReadWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

/** Told as audio is read, in the order and the time of the audio itself. */
export interface EarListener {
  started(atMs: number): void;
  word(word: ReadWord): void;
  /** Nothing was spoken from `sinceMs` to `nowMs`; told again and again while it lasts. */
  silence(sinceMs: number, nowMs: number): void;
}

/** Gaps between the words of one sentence are shorter than this. */
const SHORTEST_GAP_MS = 100;
const LONGEST_GAP_MS = 200;

/** Listens to a stream. Works only when audio comes, and in the audio's own time: pieces of any size give the same. */
export class Ear {
  readonly #reader: ToneReader;
  readonly #listener: EarListener;
  readonly #bytesPerMs: number;
  #heardBytes = 0;
  #silentSinceMs: number | null = null;

  /** `endpointingMs` is the shortest silence that matters to the listener. */
  constructor(format: SoundFormat, endpointingMs: number, listener: EarListener) {
    this.#listener = listener;
    this.#bytesPerMs = (format.sampleRateHz / 1000) * (format.encoding === "pcm16" ? 2 : 1);
    const gapMs = Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_GAP_MS, endpointingMs));
    this.#reader = new ToneReader(
      format,
      (event) => {
        if (event.type === "speech-started") this.#start(event.atMs);
        else if (event.type === "word") listener.word(event);
        else this.#silentSinceMs = event.atMs;
      },
      { gapMs },
    );
  }

  /** How much audio has come, milliseconds. */
  get heardMs(): number {
    return this.#heardBytes / this.#bytesPerMs;
  }

  hear(audio: Uint8Array): void {
    this.#heardBytes += audio.length;
    this.#reader.push(audio);
    this.#weigh(this.heardMs);
  }

  /** Reads what is still open as if silence followed. */
  flush(): void {
    this.#reader.flush();
  }

  #start(atMs: number): void {
    this.#weigh(atMs);
    this.#silentSinceMs = null;
    this.#listener.started(atMs);
  }

  #weigh(nowMs: number): void {
    if (this.#silentSinceMs !== null) this.#listener.silence(this.#silentSinceMs, nowMs);
  }
}

export const meanConfidence = (words: readonly ReadWord[]): number =>
  words.length === 0 ? 0 : words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length;

/** Text of words as it was spoken. */
export const textOf = (words: readonly ReadWord[]): string => words.map(({ text }) => text).join(" ");

/** A word without capitals and punctuation, as Deepgram writes it without formatting; what is nothing else stays. */
export function plainWord(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^\p{L}\p{N}'’·+-]/gu, "");
  return plain === "" ? text : plain;
}
