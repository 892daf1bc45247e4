import { MULAW_SILENCE, renderTones, ToneReader } from "@tandem/audio";
import { Secret, systemClock } from "@tandem/kernel";
import { type AudioFormat, CARRIER_FORMAT, type ProviderAccess } from "@tandem/ports/provider";
import type { SttOptions } from "@tandem/ports/stt";
import type { TtsOptions } from "@tandem/ports/tts";
import { type RunningSandbox, type SocketTap, startSandbox } from "@tandem/sandbox-host";
import { demoAccount, sandbox } from "../src/sandbox.ts";

export const startDeepgram = (socketTap?: SocketTap): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox], dataDir: null, ...(socketTap === undefined ? {} : { socketTap }) });

/** An account at an origin, as the audio thread opens it. */
export const accessAt = (origin: string, credential: string = demoAccount.apiKey): ProviderAccess => ({
  config: {},
  secrets: { apiKey: new Secret(credential) },
  baseUrl: origin,
  clock: systemClock,
});

export const WIDE_FORMAT: AudioFormat = { encoding: "pcm16", sampleRateHz: 16_000 };

export const novaOptions: SttOptions = {
  model: "nova-3",
  voice: "",
  language: "en-US",
  settings: {},
  format: CARRIER_FORMAT,
  endpointingMs: 300,
  keywords: ["Tandem"],
};

export const fluxOptions: SttOptions = { ...novaOptions, model: "flux-general-en", endpointingMs: 800 };

export const auraOptions: TtsOptions = {
  model: "aura-2-thalia-en",
  voice: "",
  language: "en-US",
  settings: {},
  format: CARRIER_FORMAT,
};

/** Text as the tones that the emulator reads. */
export const speak = (text: string, format: AudioFormat = CARRIER_FORMAT): Uint8Array =>
  renderTones(text, format).audio;

export const silence = (durationMs: number, { encoding, sampleRateHz }: AudioFormat = CARRIER_FORMAT): Uint8Array =>
  encoding === "mulaw"
    ? new Uint8Array((durationMs * sampleRateHz) / 1000).fill(MULAW_SILENCE)
    : new Uint8Array((durationMs * sampleRateHz * 2) / 1000);

/** The words that audio holds. */
export function read(audio: Uint8Array, format: AudioFormat = CARRIER_FORMAT): string {
  const words: string[] = [];
  const reader = new ToneReader(format, (event) => {
    if (event.type === "word") words.push(event.text);
  });
  reader.push(audio);
  reader.flush();
  return words.join(" ");
}
