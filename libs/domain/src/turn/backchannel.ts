import { spokenWords, type TurnWords } from "./turn-words.ts";

/** The words that are more than signs of listening. */
export function weightyWords(text: string, words: TurnWords): readonly string[] {
  let spoken = ` ${spokenWords(text).join(" ")} `;
  for (const phrase of words.backchannelPhrases) spoken = spoken.replaceAll(` ${phrase} `, " ");
  return spoken.split(" ").filter((word) => word !== "" && !words.backchannels.has(word));
}

/** Whether everything said is a sign of listening ("mhm", "okay", "I see"). Nothing said is none. */
export const isBackchannel = (text: string, words: TurnWords): boolean =>
  spokenWords(text).length > 0 && weightyWords(text, words).length === 0;

/**
 * A sign of listening that overlaps the end of what the agent says answers it ("… at ten?" – "yes"): true when its last word ended no
 * longer than the window before the agent did.
 */
export const answersTheEnd = (textEndedMs: number, agentEndedMs: number, windowMs: number): boolean =>
  agentEndedMs - textEndedMs <= windowMs;
