import { spokenWords, type TurnWords } from "./turn-words.ts";

/** Whether everything said is a sign of listening ("mhm", "okay"). Nothing said is none. */
export function isBackchannel(text: string, words: TurnWords): boolean {
  const spoken = spokenWords(text);
  return spoken.length > 0 && spoken.every((word) => words.backchannels.has(word));
}

/**
 * A sign of listening that overlaps the end of what the agent says answers it ("… at ten?" – "yes"): true when its last word ended no
 * longer than the window before the agent did.
 */
export const answersTheEnd = (textEndedMs: number, agentEndedMs: number, windowMs: number): boolean =>
  agentEndedMs - textEndedMs <= windowMs;
