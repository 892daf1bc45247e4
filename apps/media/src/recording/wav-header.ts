/** What a WAV file of a call holds: µ-law, 8 kHz, two channels (left the caller, right the agent). */
const CHANNELS = 2;
const SAMPLE_RATE_HZ = 8000;
const MULAW_FORMAT = 7;
/** µ-law is one byte a sample. */
const BITS_PER_SAMPLE = 8;
/** Format chunk with an empty extension, and the fact chunk that formats other than PCM must have. */
export const WAV_HEADER_BYTES = 58;

/** The header of a recording of so many bytes of audio. */
export function wavHeader(audioBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write("RIFF", 0, "ascii");
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + audioBytes, 4);
  header.write("WAVEfmt ", 8, "ascii");
  header.writeUInt32LE(18, 16);
  header.writeUInt16LE(MULAW_FORMAT, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HZ * CHANNELS, 28);
  header.writeUInt16LE(CHANNELS, 32);
  header.writeUInt16LE(BITS_PER_SAMPLE, 34);
  header.writeUInt16LE(0, 36);
  header.write("fact", 38, "ascii");
  header.writeUInt32LE(4, 42);
  header.writeUInt32LE(audioBytes / CHANNELS, 46);
  header.write("data", 50, "ascii");
  header.writeUInt32LE(audioBytes, 54);
  return header;
}
