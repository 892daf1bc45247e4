import { MULAW_SAMPLES } from "@tandem/audio";

/** Samples of one block: 20 ms at 8 kHz. */
export const BLOCK_SAMPLES = 160;
/** Half the rate is enough for a voice's pitch, and a quarter of the work. */
const HALVED = BLOCK_SAMPLES / 2;
/** Pitch periods at 4 kHz: 400 Hz down to 60 Hz. */
const SHORTEST_LAG = 10;
const LONGEST_LAG = 66;
/** Above it nothing is gained by looking on. */
const CERTAIN = 0.8;

/** How much sound repeats itself from one pitch period to the next: near 1 for voices and tones, below 0.4 for noise. Allocates nothing per block. */
export class Periodicity {
  readonly #samples = new Float32Array(LONGEST_LAG + HALVED);

  /** Takes the next block; `block` has `BLOCK_SAMPLES` µ-law bytes from `start`. */
  push(mulaw: Uint8Array, start: number): void {
    const samples = this.#samples;
    samples.copyWithin(0, HALVED);
    for (let index = 0; index < HALVED; index += 1) {
      const at = start + 2 * index;
      const pair = (MULAW_SAMPLES[mulaw[at] ?? 0] ?? 0) + (MULAW_SAMPLES[mulaw[at + 1] ?? 0] ?? 0);
      samples[LONGEST_LAG + index] = pair / 2;
    }
  }

  /** Highest normalised autocorrelation of the latest block, 0–1. */
  measure(): number {
    let highest = 0;
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG && highest < CERTAIN; lag += 1)
      highest = Math.max(highest, this.#correlation(lag));
    return highest;
  }

  #correlation(lag: number): number {
    const samples = this.#samples;
    let product = 0;
    let here = 0;
    let before = 0;
    for (let index = LONGEST_LAG; index < LONGEST_LAG + HALVED; index += 1) {
      const one = samples[index] ?? 0;
      const other = samples[index - lag] ?? 0;
      product += one * other;
      here += one * one;
      before += other * other;
    }
    return product <= 0 ? 0 : product / Math.sqrt(here * before);
  }
}
