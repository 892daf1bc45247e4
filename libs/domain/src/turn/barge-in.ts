import { spokenWords, type TurnWords } from "./turn-words.ts";

/** When a caller who talks over the agent gets the floor. */
export interface BargeInSettings {
  readonly words: TurnWords;
  /** Words beyond signs of listening. */
  readonly bargeInWords: number;
  /** Speech without any recognised word, milliseconds. */
  readonly bargeInSpeechMs: number;
}

/** Whether what was said asks for the floor. */
export function takesFloor(text: string, { words, bargeInWords }: BargeInSettings): boolean {
  let weight = 0;
  for (const word of spokenWords(text)) if (!words.backchannels.has(word)) weight += 1;
  return weight >= bargeInWords;
}
