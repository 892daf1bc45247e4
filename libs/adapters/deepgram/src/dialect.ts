import type { JsonObject } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import type { SttEvent, SttOptions } from "@tandem/ports/stt";

/** What a dialect reads a message with. */
export interface Reading {
  /** How much later the stream began than the vendor's count of its audio, milliseconds. */
  readonly shiftMs: number;
  tell(event: SttEvent): void;
}

/** What a dialect may send besides the caller's audio. */
export interface Sending {
  /** Audio sent so far, as the vendor counts it, milliseconds. */
  sentMs(): number;
  text(frame: string): void;
  audio(bytes: Uint8Array): void;
}

/** One of Deepgram's two ways to recognise speech, for one stream. */
export interface Dialect {
  /** Sent when there is no audio, so that the stream is kept; null where the protocol has no such message. */
  readonly keepAlive: string | null;
  /** Tells what a message says. Returns why the stream must end, or null. Kinds of messages that it does not know say nothing. */
  read(message: JsonObject, reading: Reading & Sending): ProviderFailure | null;
  /** Asks for everything that is open. */
  finalize(sending: Sending): void;
}

/** A boolean, a number or a short text of the chain's settings; undefined when it is not set. */
export const setting = (options: Pick<SttOptions, "settings">, name: string): string | undefined =>
  options.settings[name] === undefined ? undefined : String(options.settings[name]);

/** The part of a query that both dialects share: format, words to expect, and settings by their name at the vendor. */
export function commonQuery(options: SttOptions, renamed: Readonly<Record<string, string>>): URLSearchParams {
  const { encoding, sampleRateHz } = options.format;
  const query = new URLSearchParams({
    model: options.model,
    encoding: encoding === "pcm16" ? "linear16" : "mulaw",
    sample_rate: String(sampleRateHz),
  });
  for (const [name, parameter] of Object.entries(renamed)) {
    const value = setting(options, name);
    if (value !== undefined) query.set(parameter, value);
  }
  return query;
}

/** Deepgram takes at most a hundred words to expect. */
export const MOST_KEYWORDS = 100;
