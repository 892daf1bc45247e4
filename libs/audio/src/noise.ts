import { rmsOfLevel } from "./level.ts";
import { mulawToPcm, pcmToMulaw } from "./mulaw.ts";

/** Seeded white noise: the same seed gives the same noise. */
export class NoiseSource {
  #state: number;
  #scratch = new Int16Array(160);

  constructor(seed: number) {
    this.#state = (Math.imul(seed | 0, 0x9e37_79b1) ^ 0x5bd1_e995) | 0 || 1;
  }

  /** Mixes noise of this level (dBFS of its RMS) into the samples in place, clipping at full scale. */
  addTo(pcm: Int16Array, levelDb: number): void {
    const peak = rmsOfLevel(levelDb) * Math.sqrt(3);
    for (let index = 0; index < pcm.length; index += 1) {
      const mixed = Math.round((pcm[index] ?? 0) + peak * this.#draw());
      pcm[index] = mixed > 32_767 ? 32_767 : mixed < -32_768 ? -32_768 : mixed;
    }
  }

  /** As `addTo`, on µ-law bytes. */
  addToMulaw(mulaw: Uint8Array, levelDb: number): void {
    if (this.#scratch.length < mulaw.length) this.#scratch = new Int16Array(mulaw.length);
    const pcm = this.#scratch.subarray(0, mulaw.length);
    mulawToPcm(mulaw, pcm);
    this.addTo(pcm, levelDb);
    pcmToMulaw(pcm, mulaw);
  }

  /** Uniform in −1 to 1. */
  #draw(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state / 0x8000_0000;
  }
}
