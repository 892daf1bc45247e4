import type { JsonObject } from "@tandem/kernel";
import type { AudioFormat, ProviderFailure } from "@tandem/ports/provider";
import type { Segment, SttOptions } from "@tandem/ports/stt";
import { commonQuery, type Dialect, MOST_KEYWORDS, type Reading, type Sending } from "./dialect.ts";
import { bytesPerMs } from "./early-audio.ts";
import { breach, toldError } from "./errors.ts";
import { readMs, readRatio, readTurn } from "./wire.ts";

/** Bounds of `eot_timeout_ms`. */
const SHORTEST_TIMEOUT_MS = 500;
const LONGEST_TIMEOUT_MS = 10_000;
/** How much more silence than the timeout ends a turn for certain. */
const MARGIN_MS = 100;

const SETTINGS = {
  eotThreshold: "eot_threshold",
  eagerEotThreshold: "eager_eot_threshold",
  numerals: "numerals",
  profanityFilter: "profanity_filter",
  mipOptOut: "mip_opt_out",
  tag: "tag",
};

/** Flux models are the turn-aware ones. */
export const isFlux = (model: string): boolean => model.startsWith("flux");

/** Silence that ends a turn whatever was said, milliseconds: the playbook's, within Deepgram's bounds. */
function timeoutMs({ settings, endpointingMs }: SttOptions): number {
  const wanted = typeof settings["eotTimeoutMs"] === "number" ? settings["eotTimeoutMs"] : endpointingMs;
  return Math.round(Math.min(LONGEST_TIMEOUT_MS, Math.max(SHORTEST_TIMEOUT_MS, wanted)));
}

/** Path and query of `/v2/listen` for a stream. */
export function fluxPath(options: SttOptions): string {
  const query = commonQuery(options, SETTINGS);
  query.set("eot_timeout_ms", String(timeoutMs(options)));
  if (options.model.endsWith("-multi") && options.language !== "")
    query.set("language_hint", options.language.slice(0, 2));
  for (const word of options.keywords.slice(0, MOST_KEYWORDS)) query.append("keyterm", word);
  return `/v2/listen?${query}`;
}

const configure = (eotTimeoutMs: number): string =>
  JSON.stringify({ type: "Configure", thresholds: { eot_timeout_ms: eotTimeoutMs } });

/**
 * `/v2/listen`: turns, whose end is told with how sure Flux is. There is no message that asks for what is open: `finalize` lowers the
 * timeout and sends as much silence of our own; later times are told without it.
 */
export class Flux implements Dialect {
  readonly keepAlive = null;
  readonly #timeoutMs: number;
  readonly #format: AudioFormat;
  #isTurnOpen = false;
  #isFinalizing = false;
  /** `finalize` was asked when so much audio had been sent: a turn that begins within it was meant, milliseconds of the vendor's count. */
  #finalizeUntilMs = 0;
  /** Silence of ours that was sent before the current turn, milliseconds. */
  #insertedMs = 0;

  constructor(options: SttOptions) {
    this.#timeoutMs = timeoutMs(options);
    this.#format = options.format;
  }

  finalize({ text, audio, sentMs }: Sending): void {
    if (this.#isFinalizing) return;
    this.#finalizeUntilMs = sentMs();
    if (!this.#isTurnOpen) return;
    this.#isFinalizing = true;
    if (this.#timeoutMs > SHORTEST_TIMEOUT_MS) text(configure(SHORTEST_TIMEOUT_MS));
    const silence = new Uint8Array((SHORTEST_TIMEOUT_MS + MARGIN_MS) * bytesPerMs(this.#format));
    if (this.#format.encoding === "mulaw") silence.fill(0xff);
    audio(silence);
  }

  read(message: JsonObject, reading: Reading & Sending): ProviderFailure | null {
    const { type } = message;
    if (typeof type !== "string") return breach("a message without a type");
    if (type === "Error") return toldError(message);
    return type === "TurnInfo" ? this.#readTurn(message, reading) : null;
  }

  #readTurn(message: JsonObject, reading: Reading & Sending): ProviderFailure | null {
    const segment = readTurn(message, reading.shiftMs - this.#insertedMs);
    const confidence = readRatio(message["end_of_turn_confidence"]);
    if (segment === null || confidence === null) return breach("a turn without expected members");
    switch (message["event"]) {
      case "StartOfTurn":
        this.#isTurnOpen = true;
        this.#finalizeIfAsked(message, reading);
        reading.tell({ type: "speech-started", atMs: segment.words[0]?.startMs ?? segment.startMs });
        partial(segment, reading);
        return null;
      case "Update":
        partial(segment, reading);
        return null;
      case "EagerEndOfTurn":
        reading.tell({ type: "end-of-turn", isEager: true, text: segment.text, confidence });
        return null;
      case "TurnResumed":
        reading.tell({ type: "turn-resumed" });
        return null;
      case "EndOfTurn":
        this.#endTurn(reading);
        reading.tell({ type: "final", segment, isEndpoint: true });
        reading.tell({ type: "end-of-turn", isEager: false, text: segment.text, confidence });
        return null;
      default:
        return null;
    }
  }

  /** What was asked before the vendor had come so far. */
  #finalizeIfAsked(message: JsonObject, sending: Sending): void {
    const readToMs = readMs(message["audio_window_end"]);
    if (readToMs !== null && readToMs <= this.#finalizeUntilMs) this.finalize(sending);
  }

  #endTurn({ text }: Sending): void {
    this.#isTurnOpen = false;
    if (!this.#isFinalizing) return;
    this.#isFinalizing = false;
    this.#insertedMs += SHORTEST_TIMEOUT_MS + MARGIN_MS;
    if (this.#timeoutMs > SHORTEST_TIMEOUT_MS) text(configure(this.#timeoutMs));
  }
}

function partial(segment: Segment, { tell }: Reading): void {
  if (segment.text !== "") tell({ type: "partial", segment });
}
