import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

interface FreezeState {
  readonly tone: Tone;
  readonly word: string;
  readonly isOver: boolean;
}

/** How a window stands at a moment. */
export function freezeState(
  { startsAt, endsAt, endedAt }: Pick<Schemas["Freeze"], "startsAt" | "endsAt" | "endedAt">,
  nowMs: number,
): FreezeState {
  if (endedAt !== null) return { tone: "neutral", word: "ended early", isOver: true };
  if (Date.parse(endsAt) <= nowMs) return { tone: "neutral", word: "over", isOver: true };
  if (Date.parse(startsAt) > nowMs) return { tone: "busy", word: "to come", isOver: false };
  return { tone: "warn", word: "in force", isOver: false };
}
