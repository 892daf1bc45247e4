import { FRAME_MS, MULAW_SAMPLES, MULAW_SILENCE, NoiseSource } from "@tandem/audio";

const FRAME_BYTES = FRAME_MS * 8;
const SILENCE = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);
/** Samples louder than this are speech: −50 dBFS. */
export const AUDIBLE_SAMPLE = 104;

/** What the caller sends: speech when it has any, noise when it was asked for, else silence. */
export class Mouth {
  readonly #send: (frame: Uint8Array) => void;
  readonly #noise: NoiseSource;
  #speech: Uint8Array | null = null;
  #offset = 0;
  #voicedBytes = 0;
  #onDone: (endMs: number) => void = () => {};
  /** Level of the noise, dBFS; null for none. */
  noiseDb: number | null = null;

  constructor(send: (frame: Uint8Array) => void, noiseSeed: number) {
    this.#send = send;
    this.#noise = new NoiseSource(noiseSeed);
  }

  /** Begins to say this at the next frame. `onDone` gets the moment at which its last sound was sent. */
  say(speech: Uint8Array, onDone: (endMs: number) => void): void {
    this.#speech = speech;
    this.#offset = 0;
    this.#voicedBytes = voicedBytes(speech);
    this.#onDone = onDone;
  }

  /** Sends the next frame: what was said in the 20 ms before `nowMs`. */
  beat(nowMs: number): void {
    const speech = this.#next();
    const hasNoise = this.noiseDb !== null;
    const frame = speech === null && !hasNoise ? SILENCE : SILENCE.slice();
    if (speech !== null) frame.set(speech);
    if (this.noiseDb !== null) this.#noise.addToMulaw(frame, this.noiseDb);
    this.#send(frame);
    if (speech === null || this.#offset < this.#voicedBytes) return;
    this.#speech = null;
    this.#onDone(nowMs - (this.#offset - this.#voicedBytes) / 8);
  }

  #next(): Uint8Array | null {
    if (this.#speech === null) return null;
    const piece = this.#speech.subarray(this.#offset, this.#offset + FRAME_BYTES);
    this.#offset += FRAME_BYTES;
    return piece;
  }
}

/** Bytes up to the last sound. */
function voicedBytes(speech: Uint8Array): number {
  let length = speech.length;
  while (length > 0 && Math.abs(MULAW_SAMPLES[speech[length - 1] ?? 0] ?? 0) < AUDIBLE_SAMPLE) length -= 1;
  return length;
}
