/** Lower case without accents and punctuation, single spaces: what is compared when it matters what was meant, not how it was written. */
export const normalised = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\u0300-\u036F'’]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** True when the words of `phrase` stand in `text` side by side. Both are normalised here. */
export function containsPhrase(text: string, phrase: string): boolean {
  const wanted = normalised(phrase);
  return wanted !== "" && ` ${normalised(text)} `.includes(` ${wanted} `);
}

/** Digits of a text, in order. */
export const digitsOf = (text: string): string => text.replaceAll(/\D/g, "");

/** Differences between two words: insertions, deletions, replacements; stops counting above `most`. */
export function editDistance(left: string, right: string, most: number): number {
  if (Math.abs(left.length - right.length) > most) return most + 1;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return Math.min(row[right.length] ?? 0, most + 1);
}
