import { noteOf, type VoicePage } from "@tandem/ports/voices";
import { z } from "zod";

const VoicesAnswer = z.looseObject({
  voices: z.array(
    z.looseObject({
      voice_id: z.string(),
      name: z.string().nullish(),
      labels: z.record(z.string(), z.unknown()).nullish(),
      preview_url: z.string().nullish(),
    }),
  ),
  has_more: z.boolean().nullish(),
  next_page_token: z.string().nullish(),
});

/** A page of `GET /v2/voices`. Throws a ZodError for what is none. */
export function voicePage(answer: unknown): VoicePage {
  const { voices, has_more: hasMore, next_page_token: token } = VoicesAnswer.parse(answer);
  return {
    voices: voices.map(({ voice_id: id, name, labels, preview_url: previewUrl }) => ({
      id,
      name: name ?? "",
      language: textOf(labels?.["language"]),
      note: noteOf(textOf(labels?.["gender"]), textOf(labels?.["accent"]), textOf(labels?.["descriptive"])),
      previewUrl: previewUrl ?? null,
    })),
    next: hasMore === true ? (token ?? null) : null,
  };
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
