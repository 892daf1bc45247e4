/** Mark of what a smoke test made. */
export const TEST_TAG = "[tandem:test]";

/** Our key, as it stands in a text of a record whose object has no property of ours. */
export const keyTag = (key: string): string => `[tandem:${key}]`;

export const hasTag = (text: string | null | undefined, tag: string): boolean => text?.includes(tag) ?? false;

/** The text with the tags on a last line of their own. */
export const withTag = (text: string, ...tags: readonly string[]): string =>
  [text.trim(), tags.join(" ")].filter((part) => part !== "").join("\n\n");
