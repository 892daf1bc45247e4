import { MULAW_SAMPLES } from "@tandem/audio";

/** Samples of one block: 20 ms at 8 kHz. */
export const BLOCK_SAMPLES = 160;
/** Half the rate is enough for a voice's pitch, and a quarter of the work. */
const HALVED = BLOCK_SAMPLES / 2;
/** Pitch periods at 4 kHz: 400 Hz down to 60 Hz. */
const SHORTEST_LAG = 10;
const LONGEST_LAG = 66;

/** How much sound repeats itself from one pitch period to the next: near 1 for voices and tones, below 0.4 for noise. Allocates nothing per block. */
export class Periodicity {
  readonly #samples = new Float64Array(LONGEST_LAG + HALVED);

  /** Takes the next block: `BLOCK_SAMPLES` µ-law bytes. */
  push(block: Uint8Array): void {
    const samples = this.#samples;
    samples.copyWithin(0, HALVED);
    for (let index = 0; index < HALVED; index += 1) {
      const at = 2 * index;
      const pair = (MULAW_SAMPLES[block[at] ?? 0] ?? 0) + (MULAW_SAMPLES[block[at + 1] ?? 0] ?? 0);
      samples[LONGEST_LAG + index] = pair / 2;
    }
  }

  /** True when the latest block repeats itself at some pitch with a normalised autocorrelation of at least `least`, 0–1. */
  isAtLeast(least: number): boolean {
    const samples = this.#samples;
    const hereEnergy = energyOf(samples, LONGEST_LAG);
    let beforeEnergy = energyOf(samples, LONGEST_LAG - SHORTEST_LAG);
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag += 1) {
      const needed = least * Math.sqrt(hereEnergy * beforeEnergy);
      if (needed > 0 && this.#product(lag) >= needed) return true;
      const entering = samples[LONGEST_LAG - lag - 1] ?? 0;
      const leaving = samples[LONGEST_LAG + HALVED - lag - 1] ?? 0;
      beforeEnergy += entering * entering - leaving * leaving;
    }
    return false;
  }

  #product(lag: number): number {
    const samples = this.#samples;
    let product = 0;
    for (let index = LONGEST_LAG; index < LONGEST_LAG + HALVED; index += 1)
      product += (samples[index] ?? 0) * (samples[index - lag] ?? 0);
    return product;
  }
}

function energyOf(samples: Float64Array, start: number): number {
  let energy = 0;
  for (let index = start; index < start + HALVED; index += 1) energy += (samples[index] ?? 0) ** 2;
  return energy;
}
