import type { ToneWord } from "@tandem/audio";
import type { JsonObject } from "@tandem/kernel";

interface TimedCharacter {
  readonly character: string;
  readonly startMs: number;
  readonly durationMs: number;
}

/** Characters of words with their times, told with the chunk in which each begins. */
export class CharacterTimes {
  #waiting: TimedCharacter[] = [];

  /** The alignment of a chunk that lasts from `fromMs` to `untilMs`, times from its own start; null when no character begins in it. */
  take(words: readonly ToneWord[], fromMs: number, untilMs: number): JsonObject | null {
    this.#waiting.push(...words.flatMap(charactersOf));
    const later = this.#waiting.findIndex(({ startMs }) => startMs >= untilMs);
    const begun = this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
    if (begun.length === 0) return null;
    return {
      chars: begun.map(({ character }) => character),
      charStartTimesMs: begun.map(({ startMs }) => Math.round(startMs - fromMs)),
      charDurationsMs: begun.map(({ durationMs }) => Math.round(durationMs)),
    };
  }
}

/** A word's characters share its time; the space after it takes none. */
function charactersOf({ text, startMs, endMs }: ToneWord): TimedCharacter[] {
  const characters = Array.from(text);
  const durationMs = (endMs - startMs) / characters.length;
  return [
    ...characters.map((character, index) => ({ character, startMs: startMs + index * durationMs, durationMs })),
    { character: " ", startMs: endMs, durationMs: 0 },
  ];
}
