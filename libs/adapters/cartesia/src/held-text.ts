/** A tag that is not closed yet: `<break ti`. A `<` that begins no tag is text. */
const OPEN_TAG = /<(?:\/?\p{L}[^<>]*|\/)?$/u;
const DIGIT = /\p{N}/u;
const SPACE = /\s/u;
/** What may stand before a number and belongs to it. */
const SIGN = /^[\p{Sc}+#(−-]+$/u;
/** Longer than any number or tag worth waiting for. */
const MOST_CHARACTERS = 200;

/**
 * Keeps back the end of a text that may be the middle of a number or a tag, so that the vendor never speaks half of one; all other
 * text passes at once. Whatever the pieces, what is given out adds up to what came in.
 */
export class HeldText {
  #held = "";

  /** Text that may be sent now; empty when all of it must wait. */
  add(text: string): string {
    const whole = this.#held + text;
    const tagFrom = whole.search(OPEN_TAG);
    const keepFrom = Math.min(tagFrom < 0 ? whole.length : tagFrom, numbersFrom(whole));
    this.#held = whole.length - keepFrom > MOST_CHARACTERS ? "" : whole.slice(keepFrom);
    return whole.slice(0, whole.length - this.#held.length);
  }

  /** What is still held: no more text will come. */
  rest(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }
}

/** Where the words with digits at the end of a text begin (`+1 555 010`, `14:0`, `$`); its length when it ends with another word. */
function numbersFrom(text: string): number {
  let from = text.length;
  for (let end = text.length; end > 0;) {
    const wordEnd = before(text, end, true);
    const wordStart = before(text, wordEnd, false);
    const word = text.slice(wordStart, wordEnd);
    if (!DIGIT.test(word) && !(wordEnd === text.length && SIGN.test(word))) break;
    from = wordStart;
    end = wordStart;
  }
  return from;
}

/** The position before the run of space (or of what is not space) that ends at `end`. */
function before(text: string, end: number, isSpace: boolean): number {
  let at = end;
  while (at > 0 && SPACE.test(text.charAt(at - 1)) === isSpace) at -= 1;
  return at;
}
