import { AUDIBLE_POWER, type Listening } from "./listening.ts";

/** Half a period: after it every tone repeats, upright or inverted. */
const LAG_SAMPLES = 48;
/** How alike two stretches must be, 0–1. */
const ALIKE = 0.7;
const WINDOW_HOPS = 16;
/** Hops of the last `WINDOW_HOPS` that must be alike their past: white noise never is so often. */
const ENOUGH_HOPS = 7;

/** Whether tones sound at all, whatever they say: hop by hop, by likeness to half a period before. */
export class Tonality {
  readonly #listening: Listening;
  /** The last hops as bits, newest lowest. */
  #history = 0;
  /** Energy of the hop just measured. */
  energy = 0;
  isTonal = false;
  /** Where the tones of the window began, sample. */
  startSample = 0;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  measure(start: number, length: number): void {
    let product = 0;
    let energy = 0;
    let earlier = 0;
    for (let index = start; index < start + length; index += 1) {
      const sample = this.#listening.at(index);
      const before = this.#listening.at(index - LAG_SAMPLES);
      product += sample * before;
      energy += sample * sample;
      earlier += before * before;
    }
    this.energy = energy;
    const isAlike = energy > AUDIBLE_POWER * length && Math.abs(product) > ALIKE * Math.sqrt(energy * earlier);
    this.#history = ((this.#history << 1) | (isAlike ? 1 : 0)) & ((1 << WINDOW_HOPS) - 1);
    this.isTonal = isAlike && bits(this.#history) >= ENOUGH_HOPS;
    if (this.isTonal) this.startSample = start - (31 - Math.clz32(this.#history)) * length - LAG_SAMPLES;
  }
}

function bits(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
