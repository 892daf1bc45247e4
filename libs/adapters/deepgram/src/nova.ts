import type { JsonObject } from "@tandem/kernel";
import type { ProviderFailure } from "@tandem/ports/provider";
import type { SttOptions } from "@tandem/ports/stt";
import { commonQuery, type Dialect, MOST_KEYWORDS, type Reading, type Sending } from "./dialect.ts";
import { breach, toldError } from "./errors.ts";
import { readMs, readResults } from "./wire.ts";

/** The vendor accepts no shorter gap. */
const UTTERANCE_END_MS = 1000;

/** Settings of a chain → query parameters. */
const SETTINGS = {
  numerals: "numerals",
  punctuate: "punctuate",
  profanityFilter: "profanity_filter",
  dictation: "dictation",
  mipOptOut: "mip_opt_out",
  tag: "tag",
  version: "version",
};

/** Path and query of `/v1/listen` for a stream. */
export function novaPath(options: SttOptions): string {
  const query = commonQuery(options, SETTINGS);
  const { settings, language, model, keywords } = options;
  query.set("channels", "1");
  query.set("interim_results", "true");
  query.set("vad_events", "true");
  query.set("endpointing", String(Math.round(options.endpointingMs)));
  query.set("utterance_end_ms", String(settings["utteranceEndMs"] ?? UTTERANCE_END_MS));
  query.set("smart_format", String(settings["smartFormat"] ?? true));
  if (language !== "") query.set("language", language);
  const parameter = model.startsWith("nova-3") ? "keyterm" : "keywords";
  for (const word of keywords.slice(0, MOST_KEYWORDS)) query.append(parameter, word);
  return `/v1/listen?${query}`;
}

/** `/v1/listen`: segments that grow and become final. */
export const nova: Dialect = {
  keepAlive: '{"type":"KeepAlive"}',
  finalize: ({ text }: Sending) => text('{"type":"Finalize"}'),
  read(message, reading) {
    const { type } = message;
    if (typeof type !== "string") return breach("a message without a type");
    return Object.hasOwn(readers, type) ? (readers[type]?.(message, reading) ?? null) : null;
  },
};

type Read = (message: JsonObject, reading: Reading) => ProviderFailure | null;

const readers: Readonly<Record<string, Read>> = {
  Results(message, { shiftMs, tell }) {
    const segment = readResults(message, shiftMs);
    if (segment === null) return breach("a result without expected members");
    const isEndpoint = message["speech_final"] === true;
    if (message["is_final"] !== true) {
      if (segment.text !== "") tell({ type: "partial", segment });
    } else if (segment.text !== "" || isEndpoint || message["from_finalize"] === true) {
      tell({ type: "final", segment, isEndpoint });
    }
    return null;
  },
  SpeechStarted(message, { shiftMs, tell }) {
    const atMs = readMs(message["timestamp"]);
    if (atMs === null) return breach("a start of speech without its time");
    tell({ type: "speech-started", atMs: atMs + shiftMs });
    return null;
  },
  UtteranceEnd(message, { shiftMs, tell }) {
    const lastWordEndMs = readMs(message["last_word_end"]);
    if (lastWordEndMs === null) return breach("an end of utterance without its time");
    tell({ type: "utterance-end", lastWordEndMs: lastWordEndMs + shiftMs });
    return null;
  },
  Error: toldError,
};
