/** Samples after which every tone repeats at 8 kHz: each is a whole multiple of 83⅓ Hz. */
export const PERIOD_SAMPLES = 96;

/**
 * Tones in multiples of 83⅓ Hz: 416⅔ and 3166⅔ Hz begin a word, sixteen between 500 and 3000 Hz carry four bits each, 3333⅓ Hz ends it.
 * The end has a tone of its own, so that a word cut off by the beginning of another never seems complete.
 */
export const LOW_TONE = 5;
export const HIGH_TONE = 38;
export const LAST_TONE = 40;
export const dataTone = (nibble: number): number => 6 + 2 * nibble;

/**
 * One way to speak a word: two tones that begin it, two symbols a byte, two symbols of checksum, the tone that ends it, one symbol of
 * silence. The order of the first two tones tells the reader the speed.
 */
export interface ToneSpeed {
  readonly msPerCharacter: number;
  /** Samples of one symbol at 8 kHz. */
  readonly symbolSamples: number;
  readonly firstTone: number;
  readonly secondTone: number;
}

const SLOW: ToneSpeed = {
  msPerCharacter: 60,
  symbolSamples: 192,
  firstTone: LOW_TONE,
  secondTone: HIGH_TONE,
};
const FAST: ToneSpeed = {
  msPerCharacter: 30,
  symbolSamples: 96,
  firstTone: HIGH_TONE,
  secondTone: LOW_TONE,
};

export const TONE_SPEEDS: readonly ToneSpeed[] = [SLOW, FAST];

/** The speed for a pace in milliseconds a character, framing and word gaps of ordinary text included. Throws a RangeError for another than 60 or 30. */
export function toneSpeed(msPerCharacter: number): ToneSpeed {
  const speed = TONE_SPEEDS.find((known) => known.msPerCharacter === msPerCharacter);
  if (speed === undefined) throw new RangeError("tones are spoken at 60 or 30 ms a character");
  return speed;
}

/** CRC-8 (polynomial 7, start 0xff) of the first `length` bytes. */
export function checksum(bytes: Uint8Array, length: number): number {
  let crc = 0xff;
  for (let index = 0; index < length; index += 1) {
    crc ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? ((crc << 1) ^ 7) & 0xff : crc << 1;
  }
  return crc;
}

/** Stands for a character that could not be read. */
export const DAMAGED = "\u00b7";
