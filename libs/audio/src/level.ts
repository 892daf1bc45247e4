import { MULAW_SAMPLES } from "./mulaw.ts";

/** The lowest level that is told: 16-bit silence. */
export const LEVEL_FLOOR_DB = -96;

const FULL_SCALE_POWER = 32_768 * 32_768;

/** Level of a mean square of 16-bit samples, dBFS, never below −96. */
export const powerDb = (meanSquare: number): number =>
  meanSquare <= 0 ? LEVEL_FLOOR_DB : Math.max(LEVEL_FLOOR_DB, 10 * Math.log10(meanSquare / FULL_SCALE_POWER));

/** RMS of samples of the given level, in 16-bit units. */
export const rmsOfLevel = (levelDb: number): number => 32_768 * 10 ** (levelDb / 20);

/** Level of the RMS, dBFS: −96 (also for no samples) to 0. */
export function levelDb(pcm: Int16Array): number {
  let squares = 0;
  for (let index = 0; index < pcm.length; index += 1) {
    const sample = pcm[index] ?? 0;
    squares += sample * sample;
  }
  return powerDb(squares / Math.max(1, pcm.length));
}

/** As `levelDb`, of µ-law bytes, without a copy. */
export function mulawLevelDb(mulaw: Uint8Array): number {
  let squares = 0;
  for (let index = 0; index < mulaw.length; index += 1) {
    const sample = MULAW_SAMPLES[mulaw[index] ?? 0] ?? 0;
    squares += sample * sample;
  }
  return powerDb(squares / Math.max(1, mulaw.length));
}
