import type { SandboxRequest, SandboxResponse } from "@tandem/ports/sandbox";
import { VOICES } from "./account.ts";
import { httpRefusal } from "./answer.ts";

const LABELS = { accent: "american", age: "young", gender: "female", language: "en", use_case: "conversational" };

/** `GET /v2/voices`: pages by a token, which is the place of the next page's first voice. */
export function listVoices({ query }: SandboxRequest): SandboxResponse {
  const size = Number(query.get("page_size") ?? 10);
  const from = Number(query.get("next_page_token") ?? 0);
  if (!(size >= 1 && size <= 100) || !Number.isInteger(from)) return httpRefusal(422);
  const shown = VOICES.slice(from, from + size);
  const hasMore = from + size < VOICES.length;
  return {
    status: 200,
    body: {
      voices: shown.map((id, index) => ({
        voice_id: id,
        name: `Sandbox voice ${from + index + 1}`,
        category: "premade",
        labels: LABELS,
        description: null,
        preview_url: `https://samples.elevenlabs.example/${id}.mp3`,
      })),
      has_more: hasMore,
      total_count: VOICES.length,
      next_page_token: hasMore ? String(from + size) : null,
    },
  };
}
