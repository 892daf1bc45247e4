import type { SoundFormat } from "@tandem/audio";
import type { SandboxRequest } from "@tandem/ports/sandbox";
import { MODELS, VOICES } from "./account.ts";
import { Refusal } from "./answer.ts";

const PATH = /^\/v1\/text-to-speech\/([^/]+)\/multi-stream-input$/u;

/** The tones exist in three formats; the vendor has more. */
const FORMATS: Readonly<Record<string, SoundFormat>> = {
  ulaw_8000: { encoding: "mulaw", sampleRateHz: 8000 },
  pcm_8000: { encoding: "pcm16", sampleRateHz: 8000 },
  pcm_16000: { encoding: "pcm16", sampleRateHz: 16_000 },
};

/** What the address of a connection asks for. */
export interface LineOptions {
  readonly voice: string;
  readonly model: string;
  readonly format: SoundFormat;
  /** Speaks each text as it comes, instead of waiting for enough of it. */
  readonly isAutomatic: boolean;
  readonly hasAlignment: boolean;
  readonly inactivitySeconds: number;
}

export const isSpeechPath = (path: string): boolean => PATH.test(path);

/** Reads path and query. Throws a `Refusal` for what the vendor does not have. */
export function lineOptions({ path, query }: SandboxRequest): LineOptions {
  const voice = decodeURIComponent(PATH.exec(path)?.[1] ?? "");
  const model = query.get("model_id") ?? "eleven_flash_v2_5";
  const format = FORMATS[query.get("output_format") ?? ""];
  const inactivitySeconds = Number(query.get("inactivity_timeout") ?? 20);
  if (!VOICES.includes(voice)) throw new Refusal("voice_id_does_not_exist", `A voice with id ${voice} does not exist.`);
  if (!MODELS.includes(model)) throw new Refusal("model_id_does_not_exist", `A model with id ${model} does not exist.`);
  if (format === undefined)
    throw new Refusal("invalid_output_format", `The sandbox speaks ${Object.keys(FORMATS).join(", ")}.`);
  if (!(inactivitySeconds > 0 && inactivitySeconds <= 180))
    throw new Refusal("invalid_inactivity_timeout", "inactivity_timeout must be within 1 and 180.");
  return {
    voice,
    model,
    format,
    isAutomatic: query.get("auto_mode") === "true",
    hasAlignment: query.get("sync_alignment") === "true",
    inactivitySeconds,
  };
}
