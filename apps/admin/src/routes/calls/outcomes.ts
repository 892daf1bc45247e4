import type { Tone } from "../../ui/tone.ts";

interface Outcome {
  readonly words: string;
  readonly tone: Tone;
}

/** Dispositions of calls, most wished for first. */
export const OUTCOMES: Readonly<Record<string, Outcome>> = {
  booked: { words: "booked", tone: "good" },
  handled: { words: "handled", tone: "good" },
  transferred: { words: "transferred", tone: "neutral" },
  emergency: { words: "emergency", tone: "neutral" },
  "answered-by-staff": { words: "answered by staff", tone: "neutral" },
  voicemail: { words: "voicemail", tone: "neutral" },
  diverted: { words: "diverted", tone: "warn" },
  fallback: { words: "fallback", tone: "warn" },
  refused: { words: "refused", tone: "warn" },
  abandoned: { words: "abandoned", tone: "warn" },
  dropped: { words: "dropped", tone: "bad" },
  lost: { words: "lost", tone: "bad" },
  trial: { words: "trial", tone: "neutral" },
};

/** How a call came out; one without an end goes on. */
export const outcomeOf = (disposition: string | null, endedAt: string | null): Outcome => {
  if (disposition === null)
    return endedAt === null ? { words: "in progress", tone: "busy" } : { words: "ended", tone: "neutral" };
  return OUTCOMES[disposition] ?? { words: disposition, tone: "neutral" };
};
