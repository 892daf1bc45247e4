import type { SoundFormat } from "@tandem/audio";
import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { MODELS, VOICES } from "./account.ts";
import type { Refusal } from "./answer.ts";

/** A message of the client, understood. */
export type Asked =
  | { readonly kind: "cancel"; readonly contextId: string }
  | { readonly kind: "generate"; readonly contextId: string; readonly generation: Generation };

export interface Generation {
  readonly transcript: string;
  readonly isContinued: boolean;
  readonly isFlush: boolean;
  readonly model: string;
  readonly voice: string;
  readonly format: SoundFormat;
  readonly hasTimestamps: boolean;
  readonly bufferDelayMs: number;
  /** Every member that must not change within a context, in one text. */
  readonly fixed: string;
}

/** A message that the vendor would refuse. */
export class BadRequest extends Error {
  readonly refusal: Refusal;
  readonly contextId: string | null;

  constructor(contextId: string | null, message: string, status = 400, code = "invalid_request") {
    super(message);
    this.contextId = contextId;
    this.refusal = { status, title: status === 404 ? "Not found" : "Invalid request", message, code };
  }
}

/** Reads a client message. Throws `BadRequest`. */
export function readRequest(text: string): Asked {
  const body = parsed(text);
  const contextId = body["context_id"];
  if (typeof contextId !== "string" || contextId === "") throw new BadRequest(null, "context_id is required");
  if (body["cancel"] === true) return { kind: "cancel", contextId };
  return { kind: "generate", contextId, generation: generationOf(contextId, body) };
}

function parsed(text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text);
    if (isJsonObject(body)) return body;
  } catch {
    // refused below
  }
  throw new BadRequest(null, "the message is not a JSON object");
}

function generationOf(contextId: string, body: JsonObject): Generation {
  const { transcript, continue: isContinued, flush, duration: _, ...fixed } = body;
  if (typeof transcript !== "string") throw new BadRequest(contextId, "transcript is required");
  return {
    transcript,
    isContinued: isContinued === true,
    isFlush: flush === true,
    model: modelOf(contextId, body["model_id"]),
    voice: voiceOf(contextId, body["voice"]),
    format: formatOf(contextId, body["output_format"]),
    hasTimestamps: body["add_timestamps"] === true,
    bufferDelayMs: bufferDelayOf(contextId, body["max_buffer_delay_ms"]),
    fixed: JSON.stringify(Object.entries(fixed).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

function modelOf(contextId: string, model: Json | undefined): string {
  if (typeof model === "string" && MODELS.includes(model)) return model;
  throw new BadRequest(contextId, `unknown model ${JSON.stringify(model)}`, 404, "model_not_found");
}

function voiceOf(contextId: string, voice: Json | undefined): string {
  const id = isJsonObject(voice) ? voice["id"] : voice;
  if (typeof id === "string" && VOICES.some((known) => known.id === id)) return id;
  throw new BadRequest(contextId, `unknown voice ${JSON.stringify(id)}`, 404, "voice_not_found");
}

/** The tones exist in three formats; the vendor has more. */
function formatOf(contextId: string, format: Json | undefined): SoundFormat {
  const { container, encoding, sample_rate: sampleRateHz } = isJsonObject(format) ? format : {};
  if (container !== "raw") throw new BadRequest(contextId, "output_format.container must be raw");
  if (encoding === "pcm_mulaw" && sampleRateHz === 8000) return { encoding: "mulaw", sampleRateHz };
  if (encoding === "pcm_s16le" && (sampleRateHz === 8000 || sampleRateHz === 16_000))
    return { encoding: "pcm16", sampleRateHz };
  throw new BadRequest(contextId, "the sandbox speaks pcm_mulaw at 8000 Hz and pcm_s16le at 8000 or 16000 Hz");
}

function bufferDelayOf(contextId: string, delay: Json | undefined): number {
  if (delay === undefined || delay === null) return 3000;
  if (typeof delay === "number" && delay >= 0 && delay <= 5000) return delay;
  throw new BadRequest(contextId, "max_buffer_delay_ms must be within 0 and 5000");
}
