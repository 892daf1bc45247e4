/** Sound without a container, one channel. `mulaw`: one byte a sample, 8 kHz. `pcm16`: two bytes a sample, little-endian. */
export interface SoundFormat {
  readonly encoding: "mulaw" | "pcm16";
  readonly sampleRateHz: 8000 | 16_000;
}

/** Bytes of one sample. */
export const sampleBytes = (format: SoundFormat): 1 | 2 => (format.encoding === "mulaw" ? 1 : 2);

/** Bytes of a stretch of sound, whole samples. */
export const soundBytes = (format: SoundFormat, durationMs: number): number =>
  Math.round((durationMs * format.sampleRateHz) / 1000) * sampleBytes(format);

/** Milliseconds that this many bytes last. */
export const soundMs = (format: SoundFormat, sizeBytes: number): number =>
  (sizeBytes * 1000) / (format.sampleRateHz * sampleBytes(format));
