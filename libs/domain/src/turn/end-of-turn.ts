import { spokenWords, type TurnWords } from "./turn-words.ts";

/** A dictated number is whole with this many digits (a national phone number). */
const WHOLE_NUMBER_DIGITS = 10;

/** A time of day or a date is whole, however many digits it has. */
const WHOLE_FIGURE = /(?:\b\d{1,2}:\d{2}|\b\d{4}-\d{2}-\d{2}|\b\d{1,2}[./]\d{1,2}[./]\d{2,4})\W*$/;

/**
 * Whether the text sounds finished: it closes with sentence punctuation or is an answer by itself, and neither leaves a word hanging
 * ("and", "my", "um") nor stops in the middle of digits being dictated.
 */
export function isCompleteSentence(text: string, words: TurnWords): boolean {
  const spoken = spokenWords(text);
  const last = spoken.at(-1);
  if (last === undefined) return false;
  const ending = text.trimEnd();
  if (/(?:[,;:–—-]|(?<!\.)\.{2,}|…)$/.test(ending)) return false;
  if (isDictating(spoken, words) && !WHOLE_FIGURE.test(ending)) return false;
  if (spoken.length === 1 && words.answers.has(last)) return true;
  return /[.!?]["'”’)]?$/.test(ending) && !words.open.has(last);
}

/** The text ends in digits or single letters, fewer than a whole number: more will come. */
function isDictating(spoken: readonly string[], words: TurnWords): boolean {
  let digits = 0;
  let letters = 0;
  for (const word of spoken.toReversed()) {
    if (/^[+\d-]+$/.test(word)) digits += word.replaceAll(/\D/g, "").length;
    else if (words.digits.has(word)) digits += 1;
    else if (/^\p{L}$/u.test(word) && !words.open.has(word)) letters += 1;
    else break;
  }
  if (letters >= 2) return true;
  return digits > 0 && digits < WHOLE_NUMBER_DIGITS && isBareNumber(spoken, digits);
}

/** "ten thirty", "the 3rd", "two people" are no dictation: only runs of three digits and more, or nothing but digits, are. */
const isBareNumber = (spoken: readonly string[], digits: number): boolean => digits >= 3 || spoken.length <= digits;

/** How long a silence ends the turn, milliseconds: short after a complete sentence, the release's own where it is unclear. */
export function endOfTurnSilenceMs(
  text: string,
  isTextCurrent: boolean,
  settings: { readonly words: TurnWords; readonly completeSilenceMs: number; readonly endpointingMs: number },
): number {
  return isTextCurrent && isCompleteSentence(text, settings.words)
    ? settings.completeSilenceMs
    : settings.endpointingMs;
}
