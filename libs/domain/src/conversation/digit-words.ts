import { normalised } from "./words.ts";

/** Digit words, English and German, as `normalised` writes them. */
const digits: ReadonlyMap<string, string> = new Map(
  [
    ["0", "zero oh o null"],
    ["1", "one eins"],
    ["2", "two zwei zwo"],
    ["3", "three drei"],
    ["4", "four vier"],
    ["5", "five funf"],
    ["6", "six sechs"],
    ["7", "seven sieben"],
    ["8", "eight acht"],
    ["9", "nine neun"],
  ].flatMap(([digit = "", words = ""]) => words.split(" ").map((word) => [word, digit] as const)),
);
const repeats: ReadonlyMap<string, number> = new Map([
  ["double", 2],
  ["doppel", 2],
  ["triple", 3],
]);

/** The digit a word says, or undefined. */
export const digitOf = (word: string): string | undefined => digits.get(normalised(word));

/** How many times the next digit counts after this word ("double" 2), or undefined. */
export const repeatOf = (word: string): number | undefined => repeats.get(normalised(word));
