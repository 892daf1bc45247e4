import type { AudioFormat } from "@tandem/ports/provider";

const KEPT_MS = 10_000;

/** Bytes of one millisecond of audio. */
export const bytesPerMs = ({ encoding, sampleRateHz }: AudioFormat): number =>
  (sampleRateHz / 1000) * (encoding === "pcm16" ? 2 : 1);

/** Audio that waits for its connection: copies, the last ten seconds of it. */
export class EarlyAudio {
  readonly #bytesPerMs: number;
  #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #droppedBytes = 0;

  constructor(format: AudioFormat) {
    this.#bytesPerMs = bytesPerMs(format);
  }

  push(audio: Uint8Array): void {
    const most = KEPT_MS * this.#bytesPerMs;
    const kept = new Uint8Array(audio.subarray(Math.max(0, audio.length - most)));
    this.#droppedBytes += audio.length - kept.length;
    this.#chunks.push(kept);
    this.#keptBytes += kept.length;
    this.#dropBeyond(most);
  }

  #dropBeyond(most: number): void {
    while (this.#keptBytes > most) {
      const [oldest] = this.#chunks;
      if (oldest === undefined) return;
      const excess = Math.min(oldest.length, this.#keptBytes - most);
      if (excess === oldest.length) this.#chunks.shift();
      else this.#chunks[0] = oldest.subarray(excess);
      this.#keptBytes -= excess;
      this.#droppedBytes += excess;
    }
  }

  /** How much was dropped so far: what the vendor counts begins so much later than the stream. */
  get droppedMs(): number {
    return this.#droppedBytes / this.#bytesPerMs;
  }

  /** Hands over what was kept, oldest first, and keeps nothing. */
  drain(send: (audio: Uint8Array) => void): void {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#keptBytes = 0;
    for (const chunk of chunks) send(chunk);
  }
}
