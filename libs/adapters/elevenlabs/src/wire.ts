import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { AudioFormat, ProviderChoice } from "@tandem/ports/provider";
import { z } from "zod";
import type { Alignment } from "./word-times.ts";

/** What is read of `GET /v1/user/subscription`. */
export const Subscription = z.looseObject({ tier: z.string(), status: z.string().nullish() });

/** The vendor's word and sentence in an error answer: `{detail: {status, message}}`, or anything else. */
export function readError(text: string): { readonly code: string; readonly message: string } {
  const detail = parsed(text)?.["detail"];
  if (typeof detail === "string") return { code: "", message: detail };
  if (!isJsonObject(detail)) return { code: "", message: "" };
  return { code: textOf(detail["status"] ?? detail["code"]), message: textOf(detail["message"]) };
}

/** Voice of the vendor's own examples: a chain may name a model only. */
export const DEFAULT_VOICE = "21m00Tcm4TlvDq8ikWAM";
/** The longest that the vendor allows, seconds: callers are silent for longer than its default of 20. */
const INACTIVITY_SECONDS = 180;
/** Only these models take a language; the others tell it from the text. */
const MODELS_WITH_LANGUAGE = /_v2_5$/u;

/** Path and query of a connection: voice, model and format belong to it. */
export function socketPath({ model, voice, language, settings }: ProviderChoice, format: AudioFormat): string {
  const query = new URLSearchParams({
    model_id: model,
    output_format: format.encoding === "mulaw" ? "ulaw_8000" : `pcm_${format.sampleRateHz}`,
    auto_mode: "true",
    sync_alignment: "true",
    inactivity_timeout: String(INACTIVITY_SECONDS),
  });
  const [primary] = language.split("-");
  if (MODELS_WITH_LANGUAGE.test(model) && primary) query.set("language_code", primary.toLowerCase());
  const { textNormalization, parseSsml } = settings;
  if (typeof textNormalization === "string") query.set("apply_text_normalization", textNormalization);
  if (parseSsml === true) query.set("enable_ssml_parsing", "true");
  return `/v1/text-to-speech/${encodeURIComponent(voice === "" ? DEFAULT_VOICE : voice)}/multi-stream-input?${query}`;
}

/** Voice settings of a context; null when the chain sets none, which leaves the voice's own. */
export function voiceSettings({ settings }: ProviderChoice): JsonObject | null {
  const { stability, similarityBoost, style, useSpeakerBoost, speed } = settings;
  const chosen: JsonObject = {
    ...(typeof stability === "number" ? { stability } : {}),
    ...(typeof similarityBoost === "number" ? { similarity_boost: similarityBoost } : {}),
    ...(typeof style === "number" ? { style } : {}),
    ...(typeof useSpeakerBoost === "boolean" ? { use_speaker_boost: useSpeakerBoost } : {}),
    ...(typeof speed === "number" ? { speed } : {}),
  };
  return Object.keys(chosen).length === 0 ? null : chosen;
}

export const frames = {
  /** Begins a context; its settings can be given here only. */
  begin: (contextId: string, voice: JsonObject | null): string =>
    JSON.stringify({ text: " ", ...(voice === null ? {} : { voice_settings: voice }), context_id: contextId }),
  text: (contextId: string, text: string): string => JSON.stringify({ text, context_id: contextId }),
  /** Has everything spoken that was sent. */
  flush: (contextId: string, text: string): string =>
    JSON.stringify({ ...(text === "" ? {} : { text }), context_id: contextId, flush: true }),
  /** Before a flush: no more audio. After one: the end of the context when all is spoken. */
  close: (contextId: string): string => JSON.stringify({ context_id: contextId, close_context: true }),
  closeSocket: JSON.stringify({ close_socket: true }),
} as const;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const AUDIO = Buffer.from('"audio"');

/** Where audio lies in a message: `bytes[start, end)` is base64. */
export interface AudioSpan {
  readonly start: number;
  readonly end: number;
}

/** Base64 audio inside a message, found without parsing it. Null when the message carries none. */
export function audioSpan(bytes: Buffer): AudioSpan | null {
  for (let at = bytes.indexOf(AUDIO); at >= 0; at = bytes.indexOf(AUDIO, at + 1)) {
    let next = skipSpace(bytes, at + AUDIO.length);
    if (bytes[next] !== COLON) continue;
    next = skipSpace(bytes, next + 1);
    if (bytes[next] !== QUOTE) return null;
    const end = bytes.indexOf(QUOTE, next + 1);
    return end < 0 || bytes[end - 1] === BACKSLASH ? null : { start: next + 1, end };
  }
  return null;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (SPACES.includes(bytes[at] ?? 0)) at += 1;
  return at;
}

/** A message without its audio. */
export interface ToldMessage {
  readonly contextId: string | null;
  readonly isFinal: boolean;
  readonly alignment: Alignment | null;
  /** The vendor's word and sentence for what went wrong; null when nothing did. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Reads a message with its audio left out; null when it is not an object in JSON. */
export function readMessage(bytes: Buffer, audio: AudioSpan | null): ToldMessage | null {
  const text =
    audio === null
      ? bytes.toString("utf8")
      : bytes.toString("utf8", 0, audio.start) + bytes.toString("utf8", audio.end);
  const body = parsed(text);
  if (body === null) return null;
  const { contextId, error, message } = body;
  const isError = typeof error === "string" || (typeof message === "string" && audio === null);
  return {
    contextId: typeof contextId === "string" ? contextId : null,
    isFinal: body["isFinal"] === true || body["is_final"] === true,
    alignment: alignmentOf(body["alignment"] ?? body["normalizedAlignment"]),
    error: isError ? { code: textOf(error), message: textOf(message) } : null,
  };
}

/** Durations are `charDurationsMs` on the wire and `charsDurationsMs` in the vendor's older description. */
function alignmentOf(value: Json | undefined): Alignment | null {
  if (!isJsonObject(value)) return null;
  const { chars, charStartTimesMs } = value;
  const durations = value["charDurationsMs"] ?? value["charsDurationsMs"];
  if (!Array.isArray(chars) || !Array.isArray(charStartTimesMs) || !Array.isArray(durations)) return null;
  return {
    characters: chars.map(textOf),
    startsMs: charStartTimesMs.map(Number),
    durationsMs: durations.map(Number),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function parsed(text: string): JsonObject | null {
  try {
    const body: unknown = JSON.parse(text);
    return isJsonObject(body) ? body : null;
  } catch {
    return null;
  }
}
