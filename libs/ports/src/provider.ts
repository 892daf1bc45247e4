import type { Clock, JsonObject, VendorFault } from "@tandem/kernel";
import type { CredentialSecrets } from "./inbound.ts";
import type { Llm } from "./llm.ts";
import type { Stt } from "./stt.ts";
import type { Tts } from "./tts.ts";

/** Audio without a container, one channel. `mulaw`: one byte a sample, always 8 kHz. `pcm16`: two bytes, little-endian. */
export interface AudioFormat {
  readonly encoding: "mulaw" | "pcm16";
  readonly sampleRateHz: 8000 | 16_000;
}

/** What carriers and most of the chain speak: passed through without conversion. */
export const CARRIER_FORMAT: AudioFormat = { encoding: "mulaw", sampleRateHz: 8000 };

/** The account behind a provider. */
export interface ProviderAccess {
  readonly config: JsonObject;
  readonly secrets: CredentialSecrets;
  /** Origin (`http://…`) of the emulator; null is the vendor's own hosts. WebSockets use the same origin with `ws:` or `wss:`. */
  readonly baseUrl: string | null;
  readonly clock: Clock;
}

/** Settings of one provider in a chain, as the release bundle holds them. */
export interface ProviderChoice {
  readonly model: string;
  /** Voice id of a TTS provider; empty elsewhere and where the provider's model is the voice. */
  readonly voice: string;
  /** BCP 47, e.g. `en-US`. */
  readonly language: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** Why a provider gave up: a fault in our terms and a sentence without secrets or personal data. Never thrown, always told. */
export interface ProviderFailure {
  readonly fault: VendorFault;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** What one vendor brings to the audio thread. Each opens in memory only; nothing connects before it is used. */
export interface Providers {
  readonly vendor: string;
  readonly stt?: (access: ProviderAccess) => Stt;
  readonly llm?: (access: ProviderAccess) => Llm;
  readonly tts?: (access: ProviderAccess) => Tts;
}
