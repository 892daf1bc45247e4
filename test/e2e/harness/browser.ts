import { writeFileSync } from "node:fs";
import { renderTones } from "@tandem/audio";
import { chromium, type Browser } from "playwright-core";
import { chromiumPath } from "./chromium.ts";

export { chromiumPath };

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
];

/** Starts a headless browser that reaches nothing by itself. `microphone`: the sound that its microphone hears once, a WAV file. */
export function openBrowser(microphone: string | null = null): Promise<Browser> {
  const captured = microphone === null ? [] : [`--use-file-for-fake-audio-capture=${microphone}%noloop`];
  return chromium.launch({ executablePath: chromiumPath() ?? "", headless: true, args: [...FLAGS, ...captured] });
}

/** What somebody at the microphone says, and how long they are silent before it. */
export interface SpokenLine {
  readonly afterMs: number;
  readonly text: string;
}

const FORMAT = { encoding: "pcm16", sampleRateHz: 16_000 } as const;
const BYTES_A_MS = 32;

/** Writes what a microphone shall hear, 16 kHz PCM, with a minute of silence at its end. */
export function writeMicrophone(path: string, lines: readonly SpokenLine[]): void {
  const sounds = lines.flatMap(({ afterMs, text }) => [
    Buffer.alloc(afterMs * BYTES_A_MS),
    renderTones(`${text} `, FORMAT).audio,
  ]);
  const audio = Buffer.concat([...sounds, Buffer.alloc(60_000 * BYTES_A_MS)]);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "ascii");
  header.writeUInt32LE(36 + audio.length, 4);
  header.write("WAVEfmt ", 8, "ascii");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(FORMAT.sampleRateHz, 24);
  header.writeUInt32LE(FORMAT.sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "ascii");
  header.writeUInt32LE(audio.length, 40);
  writeFileSync(path, Buffer.concat([header, audio]));
}
