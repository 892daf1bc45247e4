import { weightyWords } from "./backchannel.ts";
import type { TurnWords } from "./turn-words.ts";

/** When a caller who talks over the agent gets the floor. */
export interface BargeInSettings {
  readonly words: TurnWords;
  /** Words beyond signs of listening. */
  readonly bargeInWords: number;
  /** Speech without any recognised word, milliseconds. */
  readonly bargeInSpeechMs: number;
}

/** Whether what was said asks for the floor. */
export const takesFloor = (text: string, { words, bargeInWords }: BargeInSettings): boolean =>
  weightyWords(text, words).length >= bargeInWords;
