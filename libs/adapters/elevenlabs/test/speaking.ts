import { type SoundFormat, ToneReader } from "@tandem/audio";
import { Secret, systemClock } from "@tandem/kernel";
import type { ProviderAccess, ProviderFailure } from "@tandem/ports/provider";
import type { SpokenWord, TtsListener, TtsOptions } from "@tandem/ports/tts";
import { type RunningSandbox, type SocketTap, startSandbox } from "@tandem/sandbox-host";
import { demoAccount, sandbox } from "../src/sandbox.ts";

export const startElevenLabs = (socketTap?: SocketTap): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox], dataDir: null, ...(socketTap === undefined ? {} : { socketTap }) });

export const access = (origin: string | undefined, apiKey: string = demoAccount.apiKey): ProviderAccess => ({
  config: {},
  secrets: { apiKey: new Secret(apiKey) },
  baseUrl: origin ?? null,
  clock: systemClock,
});

export const options: TtsOptions = {
  model: demoAccount.model,
  voice: demoAccount.voice,
  language: "en-US",
  settings: {},
  format: { encoding: "mulaw", sampleRateHz: 8000 },
};

/** The words that tones say. */
export function readTones(audio: Uint8Array, format: SoundFormat): string {
  const words: string[] = [];
  const reader = new ToneReader(format, (event) => event.type === "word" && words.push(event.text));
  reader.push(audio);
  reader.flush();
  return words.join(" ");
}

/** What one utterance told. */
export class Hearing implements TtsListener {
  readonly told: string[] = [];
  readonly chunks: Uint8Array[] = [];
  readonly spoken: SpokenWord[] = [];
  failure: ProviderFailure | null = null;

  audio(chunk: Uint8Array): void {
    this.told.push("audio");
    this.chunks.push(chunk.slice());
  }
  words(words: readonly SpokenWord[]): void {
    this.told.push("words");
    this.spoken.push(...words);
  }
  done(): void {
    this.told.push("done");
  }
  failed(failure: ProviderFailure): void {
    this.told.push("failed");
    this.failure = failure;
  }

  get isOver(): boolean {
    return this.told.includes("done") || this.failure !== null;
  }
  get bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }
  read(format: SoundFormat = options.format): string {
    return readTones(this.bytes, format);
  }
}
