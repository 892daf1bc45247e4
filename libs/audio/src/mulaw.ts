/** The µ-law byte of a sample of zero: what a silent line carries. */
export const MULAW_SILENCE = 0xff;

const BIAS = 0x84;
const CLIP = 32_635;

function decodeByte(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7);
  return bits & 0x80 ? BIAS - magnitude : magnitude - BIAS;
}

function encodeSample(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

/** Sample of each µ-law byte (ITU-T G.711), −32124 to 32124. */
export const MULAW_SAMPLES: Int16Array = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));

/** µ-law byte of each sample, indexed by the sample as an unsigned 16-bit number. */
const MULAW_BYTES: Uint8Array = Uint8Array.from({ length: 65_536 }, (_, bits) =>
  encodeSample(bits < 32_768 ? bits : bits - 65_536),
);

/** Fills `pcm[0 .. mulaw.length)`; `pcm` must be at least that long. */
export function mulawToPcm(mulaw: Uint8Array, pcm: Int16Array): void {
  for (let index = 0; index < mulaw.length; index += 1) pcm[index] = MULAW_SAMPLES[mulaw[index] ?? 0] ?? 0;
}

/** Fills `mulaw[0 .. pcm.length)`; `mulaw` must be at least that long. */
export function pcmToMulaw(pcm: Int16Array, mulaw: Uint8Array): void {
  for (let index = 0; index < pcm.length; index += 1) mulaw[index] = MULAW_BYTES[(pcm[index] ?? 0) & 0xffff] ?? 0;
}
