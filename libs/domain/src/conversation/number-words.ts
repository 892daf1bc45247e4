import { normalised } from "./words.ts";

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1_000_000 };

/** A number in figures or English words, or null when the text holds none. */
export function readNumber(text: string): number | null {
  const figures = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/.exec(text);
  if (figures !== null) {
    const value = Number(figures[0].replaceAll(",", ""));
    return Number.isFinite(value) ? value : null;
  }
  return inWords(normalised(text).split(" "));
}

function inWords(words: readonly string[]): number | null {
  let total = 0;
  let part = 0;
  let isFound = false;
  for (const word of words) {
    const value = small.indexOf(word) === -1 ? tens[word] : small.indexOf(word);
    const scale = scales[word];
    if (value !== undefined) part += value;
    else if (scale === 100 && isFound) part = Math.max(1, part) * scale;
    else if (scale !== undefined && isFound) [total, part] = [total + Math.max(1, part) * scale, 0];
    else if (word === "and" || !isFound) continue;
    else break;
    isFound ||= value !== undefined;
  }
  return isFound ? total + part : null;
}

/** Position that "the first one", "second", "the last" mean among `count` offers, or null. */
export function readOrdinal(text: string, count: number): number | null {
  const words = ` ${normalised(text)} `;
  const place = ["first", "second", "third", "fourth", "fifth"].findIndex((word) => words.includes(` ${word} `));
  if (place !== -1) return place < count ? place : null;
  if (/ (last|latter|later) (one )?/.test(words) && count > 0) return count - 1;
  return / (earlier|earliest|former) (one )?/.test(words) && count > 0 ? 0 : null;
}
