import type { SpokenWord } from "@tandem/ports/tts";

/** When each character of a chunk is spoken. Lists of one length, milliseconds from the chunk's first sample. */
export interface Alignment {
  readonly characters: readonly string[];
  readonly startsMs: readonly number[];
  readonly durationsMs: readonly number[];
}

/** Makes words out of characters that come chunk by chunk: a word may lie across two. */
export class WordTimes {
  #text = "";
  #startMs = 0;
  #endMs = 0;

  /** Words that ended in this chunk, which begins `baseMs` after the utterance's first sample. */
  add({ characters, startsMs, durationsMs }: Alignment, baseMs: number): readonly SpokenWord[] {
    const words: SpokenWord[] = [];
    for (const [index, character] of characters.entries()) {
      if (character.trim() === "") {
        words.push(...this.rest());
        continue;
      }
      const startMs = baseMs + (startsMs[index] ?? 0);
      if (this.#text === "") this.#startMs = startMs;
      this.#text += character;
      this.#endMs = startMs + (durationsMs[index] ?? 0);
    }
    return words;
  }

  /** The word that no space has ended yet. */
  rest(): readonly SpokenWord[] {
    if (this.#text === "") return [];
    const word = { text: this.#text, startMs: this.#startMs, endMs: this.#endMs };
    this.#text = "";
    return [word];
  }
}
