/** Words of a text as they are compared: lower case, without punctuation. What could not be read stays a word of its own. */
export const spokenWords = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}\u00b7\s]/gu, "")
    .split(/\s+/)
    .filter((word) => word !== "");

/** True when the text was said as a run of whole words among those heard. */
export function wasSaid(heard: readonly string[], text: string): boolean {
  const wanted = spokenWords(text);
  if (wanted.length === 0) return false;
  return heard.some((_, start) => wanted.every((word, index) => heard[start + index] === word));
}
