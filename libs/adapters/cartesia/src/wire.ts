import type { AudioFormat, ProviderChoice } from "@tandem/ports/provider";
import type { SpokenWord } from "@tandem/ports/tts";
import { noteOf, type VoicePage } from "@tandem/ports/voices";
import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { z } from "zod";

/** A list of voices: all that is read of it is that it is one. */
export const VoiceList = z.looseObject({ data: z.array(z.looseObject({})) });

const VoicesAnswer = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      language: z.string().nullish(),
      gender: z.string().nullish(),
      description: z.string().nullish(),
    }),
  ),
  has_more: z.boolean().nullish(),
});

/** A page of `GET /voices`; the one behind it begins after its last voice. Throws a ZodError for what is none. */
export function voicePage(answer: unknown): VoicePage {
  const { data, has_more: hasMore } = VoicesAnswer.parse(answer);
  return {
    voices: data.map(({ id, name, language = null, gender, description }) => ({
      id,
      name,
      language,
      note: noteOf(gender, description),
      previewUrl: null, // samples can only be had with the key
    })),
    next: hasMore === true ? (data.at(-1)?.id ?? null) : null,
  };
}

/** The vendor's words in an error answer: JSON with `message` or `title`, or plain text. */
export const ErrorAnswer = {
  wordsOf(text: string): string {
    try {
      const body: unknown = JSON.parse(text);
      if (!isJsonObject(body)) return "";
      const words = body["message"] ?? body["title"];
      return typeof words === "string" ? words : "";
    } catch {
      return text;
    }
  },
};

/** Voice of the vendor's own examples: a chain may name a model only. */
export const DEFAULT_VOICE = "a0e99841-438c-4a64-b679-ae501e7d6091";
/** Enough for the first words of a sentence at the pace of a language model, and hardly heard. */
const DEFAULT_BUFFER_DELAY_MS = 40;
const MOST_BUFFER_DELAY_MS = 5000;

/** The members of a request that stay equal within a context. */
export function voicing(choice: ProviderChoice, format: AudioFormat): JsonObject {
  const { model, voice, language, settings } = choice;
  const [primary] = language.split("-");
  return {
    model_id: model,
    voice: { mode: "id", id: voice === "" ? DEFAULT_VOICE : voice },
    output_format: {
      container: "raw",
      encoding: format.encoding === "mulaw" ? "pcm_mulaw" : "pcm_s16le",
      sample_rate: format.sampleRateHz,
    },
    ...(primary === undefined || primary === "" ? {} : { language: primary.toLowerCase() }),
    add_timestamps: true,
    max_buffer_delay_ms: bufferDelayMs(settings["maxBufferDelayMs"]),
    ...manner(settings),
  };
}

const bufferDelayMs = (wanted: unknown): number =>
  typeof wanted === "number" && Number.isFinite(wanted)
    ? Math.min(MOST_BUFFER_DELAY_MS, Math.max(0, wanted))
    : DEFAULT_BUFFER_DELAY_MS;

/** `speed` as a word is what models before sonic-3 know; numbers, volume and emotion are sonic-3's. */
function manner({ speed, volume, emotion }: ProviderChoice["settings"]): JsonObject {
  const config: JsonObject = {
    ...(typeof speed === "number" ? { speed } : {}),
    ...(typeof volume === "number" ? { volume } : {}),
    ...(typeof emotion === "string" ? { emotion } : {}),
  };
  return {
    ...(typeof speed === "string" ? { speed } : {}),
    ...(Object.keys(config).length === 0 ? {} : { generation_config: config }),
  };
}

/** The frames of one context. What stays equal is written once. */
export class ContextFrames {
  readonly #head: string;
  readonly #contextId: string;

  constructor(fixed: JsonObject, contextId: string) {
    this.#contextId = contextId;
    this.#head = `${JSON.stringify({ ...fixed, context_id: contextId }).slice(0, -1)},"transcript":`;
  }

  text(transcript: string): string {
    return `${this.#head}${JSON.stringify(transcript)},"continue":true}`;
  }

  end(): string {
    return `${this.#head}"","continue":false}`;
  }

  cancel(): string {
    return JSON.stringify({ context_id: this.#contextId, cancel: true });
  }
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const DATA = Buffer.from('"data"');

/** Base64 audio inside a message, found without parsing it: `bytes[start, end)`. Null when the message carries none. */
export function audioSpan(bytes: Buffer): { readonly start: number; readonly end: number } | null {
  for (let at = bytes.indexOf(DATA); at >= 0; at = bytes.indexOf(DATA, at + 1)) {
    let next = skipSpace(bytes, at + DATA.length);
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

/** A message without audio. Members that are missing or of another type are null. */
export interface ToldMessage {
  readonly type: string | null;
  readonly contextId: string | null;
  readonly words: readonly SpokenWord[];
  readonly status: number;
  /** Of an error. */
  readonly text: string;
}

/** Reads a message without audio; null when it is not an object in JSON. */
export function readMessage(bytes: Buffer): ToldMessage | null {
  const body = parsed(bytes);
  if (body === null) return null;
  const { type, context_id: contextId, status_code: status, title, message } = body;
  return {
    type: typeof type === "string" ? type : null,
    contextId: typeof contextId === "string" ? contextId : null,
    words: wordsOf(body["word_timestamps"]),
    status: typeof status === "number" ? status : 500,
    text: [title, message].filter((part) => typeof part === "string" && part !== "").join(": "),
  };
}

function parsed(bytes: Buffer): JsonObject | null {
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    return isJsonObject(body) ? body : null;
  } catch {
    return null;
  }
}

/** Three lists of one length: words, and when each starts and ends, seconds from the start of the context. */
function wordsOf(timestamps: Json | undefined): readonly SpokenWord[] {
  if (!isJsonObject(timestamps)) return [];
  const { words, start, end } = timestamps;
  if (!Array.isArray(words) || !Array.isArray(start) || !Array.isArray(end)) return [];
  return words.flatMap((text: unknown, index) => {
    const [from, to]: unknown[] = [start[index], end[index]];
    return typeof text === "string" && typeof from === "number" && typeof to === "number"
      ? [{ text, startMs: from * 1000, endMs: to * 1000 }]
      : [];
  });
}
