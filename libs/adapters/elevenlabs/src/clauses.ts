const SPACES = /\s+/gu;
const SENTENCE_END = /[.!?…]["'”’)\]]*$/u;
const CLAUSE_END = /[,;:—–]$/u;
const DIGIT = /\p{N}/u;
/** How a word that continues a number begins. */
const NUMBER_START = /[\p{N}\p{Sc}+#(−-]/u;
const PLAIN_WORD = /^\p{Ll}+$/u;
const LOWER_CASE = /\p{Ll}/u;
/** A full stop after these ends no sentence: a name or a number follows. */
const ABBREVIATION = /^["'(]?(?:\p{L}|mr|mrs|ms|dr|prof|st|mt|jr|sr|no|nr|art|ext|dept|approx|vs|e\.g|i\.e)\.$/iu;
/** A tag that is not closed yet. */
const OPEN_TAG = /<(?:\/?\p{L}[^<>]*|\/)?$/u;

/** A first piece may end between two plain words from here on; later ones, which nobody waits for, need a clause or a sentence. */
const FIRST_PIECE = { words: 3, characters: 14 } as const;
const LATER_CLAUSE_CHARACTERS = 40;
const LATER_PLAIN_CHARACTERS = 120;

/**
 * Cuts text that comes in tokens into pieces that can be spoken by themselves: the first as short as it may be, the next ones sentences.
 * A piece never ends inside a number, a name (two words with capitals) or a tag. The pieces add up to the text.
 */
export class Clauses {
  #pending = "";
  #isFirst = true;

  /** Text that may be spoken now; empty when it must wait. */
  add(text: string): string {
    this.#pending += text;
    const end = this.#lastBreak();
    if (end === 0) return "";
    this.#isFirst = false;
    const piece = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end);
    return piece;
  }

  /** True when what waits could be all: it ends like a sentence or a clause. */
  get couldEnd(): boolean {
    const word = /\S+$/u.exec(this.#pending.trimEnd())?.[0] ?? "";
    if (DIGIT.test(word) && !/[!?]$/u.test(word)) return false;
    return (endsSentence(word) || CLAUSE_END.test(word)) && !OPEN_TAG.test(this.#pending);
  }

  /** Everything that waits. */
  rest(): string {
    const rest = this.#pending;
    this.#pending = "";
    if (rest !== "") this.#isFirst = false;
    return rest;
  }

  /** Where the longest piece ends, after its space; 0 when there is none yet. */
  #lastBreak(): number {
    const text = this.#pending;
    let words = 0;
    let wordStart = 0;
    let end = 0;
    for (const space of text.matchAll(SPACES)) {
      const next = space.index + space[0].length;
      if (space.index > wordStart) words += 1;
      const word = text.slice(wordStart, space.index);
      if (next < text.length && this.#mayBreak(word, text.charAt(next), { words, characters: space.index }))
        if (!OPEN_TAG.test(text.slice(0, next))) end = next;
      wordStart = next;
    }
    return end;
  }

  #mayBreak(word: string, next: string, piece: { readonly words: number; readonly characters: number }): boolean {
    if (DIGIT.test(word) && NUMBER_START.test(next)) return false;
    if (endsSentence(word)) return true;
    if (CLAUSE_END.test(word)) return this.#isFirst || piece.characters >= LATER_CLAUSE_CHARACTERS;
    if (!PLAIN_WORD.test(word) || !LOWER_CASE.test(next)) return false;
    return this.#isFirst
      ? piece.words >= FIRST_PIECE.words && piece.characters >= FIRST_PIECE.characters
      : piece.characters >= LATER_PLAIN_CHARACTERS;
  }
}

const endsSentence = (word: string): boolean => SENTENCE_END.test(word) && !ABBREVIATION.test(word);
