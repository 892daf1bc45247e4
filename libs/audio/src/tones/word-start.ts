import { LOW_TONE, PERIOD_SAMPLES, TONE_SPEEDS, type ToneSpeed } from "./alphabet.ts";
import { AUDIBLE_POWER, COSINES, HIGH, LOW, SINES, type Listening } from "./listening.ts";

/** Samples between two looks for a word's start: 3 ms. */
export const HOP_SAMPLES = 24;

const KEPT_HOPS = 32;
const MEASURES = 5;
/** Share of the energy that each framing tone must have. White noise reaches it once in many hours. */
const ENOUGH_SHARE = 0.3;
/** A peak stands when it has not been topped for this many hops. */
const STANDS_AFTER_HOPS = 2;

/** Finds where words start: two framing tones, one after the other. Sums per hop make each look a few additions. */
export class WordStart {
  readonly #listening: Listening;
  readonly #sums = new Float64Array(KEPT_HOPS * MEASURES);
  #hops = 0;
  #bestScore = 0;
  #bestHop = 0;
  /** The slopes of a peak that was taken are no starts of their own. */
  #notBeforeHop = 0;
  #share = 0;
  /** Found by `look`: the word's speed and its first sample. */
  speed: ToneSpeed = TONE_SPEEDS[0] as ToneSpeed;
  startSample = 0;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  /** Looks once `HOP_SAMPLES` more samples were heard. True when a word's start now stands. */
  look(energy: number): boolean {
    this.#measure(energy);
    for (const speed of TONE_SPEEDS) {
      const score = this.#score(speed);
      if (score <= this.#bestScore || this.#share < ENOUGH_SHARE || this.#hops < this.#notBeforeHop) continue;
      this.#bestScore = score;
      this.#bestHop = this.#hops;
      this.speed = speed;
    }
    if (this.#bestScore === 0 || this.#hops - this.#bestHop < STANDS_AFTER_HOPS) return false;
    this.settle();
    return true;
  }

  /** Takes the best candidate so far, aligned to the sample. True when there was one. */
  settle(): boolean {
    if (this.#bestScore === 0) return false;
    this.#bestScore = 0;
    this.#notBeforeHop = this.#bestHop + this.speed.symbolSamples / HOP_SAMPLES;
    this.startSample = this.#align(this.#bestHop * HOP_SAMPLES - 2 * this.speed.symbolSamples);
    return true;
  }

  #measure(energy: number): void {
    const start = this.#hops * HOP_SAMPLES;
    const phase = start % PERIOD_SAMPLES;
    const at = (this.#hops % KEPT_HOPS) * MEASURES;
    this.#correlate(LOW, start, phase, at);
    this.#correlate(HIGH, start, phase, at + 2);
    this.#sums[at + 4] = energy;
    this.#hops += 1;
  }

  #correlate(tone: number, start: number, phase: number, at: number): void {
    const cosine = COSINES[tone] ?? this.#sums;
    const sine = SINES[tone] ?? this.#sums;
    let re = 0;
    let im = 0;
    for (let index = 0; index < HOP_SAMPLES; index += 1) {
      const sample = this.#listening.at(start + index);
      re += sample * (cosine[phase + index] ?? 0);
      im += sample * (sine[phase + index] ?? 0);
    }
    this.#sums[at] = re;
    this.#sums[at + 1] = im;
  }

  /** Loudness of the two framing tones in the two symbols before now; their smaller share of the energy goes to `#share`. */
  #score(speed: ToneSpeed): number {
    const hops = speed.symbolSamples / HOP_SAMPLES;
    this.#share = 0;
    if (this.#hops < 2 * hops) return 0;
    const first = this.#tone(speed.firstTone, this.#hops - 2 * hops, hops);
    const firstShare = this.#share;
    const second = this.#tone(speed.secondTone, this.#hops - hops, hops);
    this.#share = Math.min(this.#share, firstShare);
    return first + second;
  }

  #tone(tone: number, firstHop: number, hops: number): number {
    const offset = tone === LOW_TONE ? 0 : 2;
    let re = 0;
    let im = 0;
    let energy = 0;
    for (let hop = firstHop; hop < firstHop + hops; hop += 1) {
      const at = (hop % KEPT_HOPS) * MEASURES;
      re += this.#sums[at + offset] ?? 0;
      im += this.#sums[at + offset + 1] ?? 0;
      energy += this.#sums[at + 4] ?? 0;
    }
    const power = re * re + im * im;
    const length = hops * HOP_SAMPLES;
    this.#share = energy < (AUDIBLE_POWER * length) / 4 ? 0 : (2 * power) / (length * energy);
    return Math.sqrt(power);
  }

  /** The start around `roughly` at which both framing tones are loudest. */
  #align(roughly: number): number {
    const { firstTone, symbolSamples } = this.speed;
    const first = firstTone === LOW_TONE ? LOW : HIGH;
    const second = first === LOW ? HIGH : LOW;
    let best = roughly;
    let loudest = 0;
    for (let start = roughly - HOP_SAMPLES; start <= roughly + HOP_SAMPLES; start += 3) {
      const loudness =
        this.#listening.magnitude(first, start, symbolSamples) +
        this.#listening.magnitude(second, start + symbolSamples, symbolSamples);
      if (loudness <= loudest) continue;
      loudest = loudness;
      best = start;
    }
    return best;
  }
}
