import { LEVEL_FLOOR_DB, mulawLevelDb } from "@tandem/audio";
import type { Vad } from "../pipeline/vad.ts";
import { BLOCK_SAMPLES, Periodicity } from "./periodicity.ts";
import { SpeechGate } from "./speech-gate.ts";

/** A voice is at least this much louder than the line's own noise … */
const ABOVE_NOISE_DB = 6;
/** … and no whisper from another room. */
const QUIETEST_VOICE_DB = -52;
/** Noise stays below: it repeats itself by chance only. */
const VOICED = 0.45;
/** Hisses of a voice (s, f, sh) do not repeat; they last no longer than this, in blocks of 20 ms. */
const LONGEST_HISS_BLOCKS = 8;
const BLOCK_MS = 20;
const QUIETEST_NOISE_DB = -70;
/** How fast the noise floor follows, share of the difference per block. */
const FOLLOW = { down: 0.3, up: 0.05 } as const;
/** A voice without pauses must not pass for noise, nor a hum for a voice for ever: dB per block. */
const CREEP_DB = 0.02;

/**
 * Detects voice by its level above the noise of the line, which it follows, and by its pitch. Times are of the audio pushed, in blocks
 * of 20 ms. A block costs a few microseconds and no allocation.
 */
export class EnergyVad implements Vad {
  readonly #block = new Uint8Array(BLOCK_SAMPLES);
  readonly #pitch = new Periodicity();
  readonly #gate = new SpeechGate(BLOCK_MS);
  #filled = 0;
  #noiseDb = -60;
  #hissBlocks = LONGEST_HISS_BLOCKS;
  levelDb: number = LEVEL_FLOOR_DB;

  get isSpeech(): boolean {
    return this.#gate.isSpeech;
  }

  get changedAtMs(): number {
    return this.#gate.changedAtMs;
  }

  /** Level that is taken for the line's own noise, dBFS. */
  get noiseDb(): number {
    return this.#noiseDb;
  }

  push(mulaw: Uint8Array): void {
    if (this.#filled === 0 && mulaw.length === BLOCK_SAMPLES) return this.#measure(mulaw);
    for (let index = 0; index < mulaw.length; index += 1) {
      this.#block[this.#filled] = mulaw[index] ?? 0;
      this.#filled += 1;
      if (this.#filled === BLOCK_SAMPLES) this.#measure(this.#block);
    }
  }

  #measure(block: Uint8Array): void {
    this.#filled = 0;
    this.levelDb = mulawLevelDb(block);
    this.#pitch.push(block);
    const isLoud = this.levelDb > QUIETEST_VOICE_DB && this.levelDb > this.#noiseDb + ABOVE_NOISE_DB;
    const isPitched = isLoud && this.#pitch.isAtLeast(VOICED);
    this.#hissBlocks = isPitched ? 0 : this.#hissBlocks + 1;
    const isVoice = isPitched || (isLoud && this.#gate.isSpeech && this.#hissBlocks <= LONGEST_HISS_BLOCKS);
    this.#follow(isVoice);
    this.#gate.push(isVoice);
  }

  #follow(isVoice: boolean): void {
    const differenceDb = this.levelDb - this.#noiseDb;
    const stepDb = isVoice ? CREEP_DB : differenceDb * (differenceDb < 0 ? FOLLOW.down : FOLLOW.up);
    this.#noiseDb = Math.max(QUIETEST_NOISE_DB, this.#noiseDb + stepDb);
  }
}
