import { isCompleteSentence } from "./end-of-turn.ts";
import { saysTheSame, type TurnWords } from "./turn-words.ts";

/** What is known of the words an answer could be begun on. */
export interface PartialText {
  readonly text: string;
  /** The segment before this one. */
  readonly previousText: string;
  readonly isFinal: boolean;
  /** The caller is silent and the text covers all that was said. */
  readonly isPausedAndCurrent: boolean;
}

/** Whether an answer may be begun before the turn has ended: two equal segments, a final one, a complete sentence, or a pause. */
export function isStableEnough(partial: PartialText, words: TurnWords): boolean {
  if (partial.text === "") return false;
  return (
    partial.isFinal ||
    partial.isPausedAndCurrent ||
    saysTheSame(partial.text, partial.previousText) ||
    isCompleteSentence(partial.text, words)
  );
}
