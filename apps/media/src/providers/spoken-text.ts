import type { SpokenWord } from "@tandem/ports/tts";

/** Where a word of the text ends: in the audio, and in the text. */
interface WordEnd {
  readonly endMs: number;
  readonly to: number;
}

/** How long a character takes where a voice tells no word times, milliseconds. */
const MS_PER_CHARACTER = 62;
/** Times are rounded on their way. */
const ROUNDING_MS = 1;

/** The text of an utterance and how far it has been spoken, by word times where the voice tells them, else by estimate. */
export class SpokenText {
  #text = "";
  /** Words said by voices that have broken off. */
  #settled: WordEnd[] = [];
  /** Where the voice that speaks now began. */
  #from = 0;
  #fromMs = 0;
  #times: SpokenWord[] = [];
  #msPerCharacter = MS_PER_CHARACTER;

  get text(): string {
    return this.#text;
  }

  /** What the voice that speaks now is to say. */
  get rest(): string {
    return this.#text.slice(this.#from);
  }

  /** There is something that a voice can say. */
  get isSpeakable(): boolean {
    return /[\p{L}\p{N}]/u.test(this.rest);
  }

  write(text: string): void {
    this.#text += text;
  }

  timed(words: readonly SpokenWord[]): void {
    for (const word of words) this.#times.push(word);
  }

  /** All of it has been spoken: estimates are made by its true length. */
  lasted(totalMs: number): void {
    const characters = this.#text.length - this.#from;
    if (characters > 0) this.#msPerCharacter = (totalMs - this.#fromMs) / characters;
  }

  /** Where the last word ends that fits into the audio, milliseconds; null when the voice tells no times. */
  wholeWordsEndMs(audioMs: number): number | null {
    if (this.#times.length === 0) return null;
    return this.#said(audioMs).at(-1)?.endMs ?? this.#fromMs;
  }

  /** Everything up to the position is said; another voice says the rest. */
  keepUntil(positionMs: number): void {
    this.#settled = this.#said(positionMs);
    this.#from = this.#settled.at(-1)?.to ?? this.#from;
    this.#fromMs = positionMs;
    this.#times = [];
    this.#msPerCharacter = MS_PER_CHARACTER;
  }

  /** The words of the text that end by the position, as they stand in it. */
  until(positionMs: number): string {
    return this.#text.slice(0, this.#said(positionMs).at(-1)?.to ?? 0);
  }

  #said(positionMs: number): WordEnd[] {
    return [...this.#settled, ...this.#wordEnds()].filter(({ endMs }) => endMs <= positionMs + ROUNDING_MS);
  }

  #wordEnds(): readonly WordEnd[] {
    const ends = [...this.rest.matchAll(/\S+/g)].map((match) => match.index + match[0].length);
    if (this.#times.length === 0)
      return ends.map((to) => ({ endMs: this.#fromMs + to * this.#msPerCharacter, to: this.#from + to }));
    let count = 0;
    const timed: WordEnd[] = [];
    for (const { text, endMs } of this.#times) {
      count += text.trim() === "" ? 0 : text.trim().split(/\s+/).length;
      const to = ends[count - 1];
      if (to !== undefined) timed.push({ endMs, to: this.#from + to });
    }
    return timed;
  }
}
