import { dataTone, HIGH_TONE, LAST_TONE, LOW_TONE, PERIOD_SAMPLES } from "./alphabet.ts";

const RING = 2048;
const MASK = RING - 1;

/** Tones by number: sixteen nibbles, then those that frame a word. */
const TONES: readonly number[] = [
  ...Array.from({ length: 16 }, (_, nibble) => dataTone(nibble)),
  LOW_TONE,
  HIGH_TONE,
  LAST_TONE,
];
export const LOW = 16;
export const HIGH = 17;
export const LAST = 18;

const table = (wave: (angle: number) => number): readonly Float64Array[] =>
  TONES.map((tone) =>
    Float64Array.from({ length: PERIOD_SAMPLES }, (_, index) => wave((2 * Math.PI * tone * index) / PERIOD_SAMPLES)),
  );
export const COSINES: readonly Float64Array[] = table(Math.cos);
export const SINES: readonly Float64Array[] = table(Math.sin);

/** Mean square below which nothing is heard: −62 dBFS. */
export const AUDIBLE_POWER = 32_768 * 32_768 * 10 ** -6.2;

/** The last quarter second of samples at 8 kHz, and what tones are in a stretch of them. */
export class Listening {
  readonly #ring = new Float64Array(RING);
  readonly #folded = new Float64Array(PERIOD_SAMPLES);
  /** Samples heard so far. */
  count = 0;
  /** Found by `strongest`: which tone and its share of all energy in the stretch, 0–1. */
  tone = 0;
  share = 0;

  put(sample: number): void {
    this.#ring[this.count & MASK] = sample;
    this.count += 1;
  }

  /** Sample by its index; zero for what has not come yet. */
  at(index: number): number {
    return index < 0 || index >= this.count ? 0 : (this.#ring[index & MASK] ?? 0);
  }

  /** Magnitude of one tone over `length` samples (a multiple of the period) from `start`. */
  magnitude(tone: number, start: number, length: number): number {
    this.#fold(start, length);
    return Math.sqrt(this.#power(tone));
  }

  /** Finds the strongest tone of a stretch; `share` is 0 when nothing is audible. */
  strongest(start: number, length: number): void {
    const energy = this.#fold(start, length);
    let most = 0;
    this.tone = 0;
    for (let tone = 0; tone < TONES.length; tone += 1) {
      const power = this.#power(tone);
      if (power <= most) continue;
      most = power;
      this.tone = tone;
    }
    this.share = energy < AUDIBLE_POWER * length * 0.25 ? 0 : Math.min(1, (2 * most) / (length * energy));
  }

  /** Lays the periods of a stretch over each other (all tones repeat after one); returns the stretch's energy. */
  #fold(start: number, length: number): number {
    const folded = this.#folded;
    folded.fill(0);
    let energy = 0;
    for (let index = 0; index < length; index += 1) {
      const sample = this.at(start + index);
      const slot = index % PERIOD_SAMPLES;
      folded[slot] = (folded[slot] ?? 0) + sample;
      energy += sample * sample;
    }
    return energy;
  }

  #power(tone: number): number {
    const cosine = COSINES[tone] ?? this.#folded;
    const sine = SINES[tone] ?? this.#folded;
    let re = 0;
    let im = 0;
    for (let index = 0; index < PERIOD_SAMPLES; index += 1) {
      const sample = this.#folded[index] ?? 0;
      re += sample * (cosine[index] ?? 0);
      im += sample * (sine[index] ?? 0);
    }
    return re * re + im * im;
  }
}
