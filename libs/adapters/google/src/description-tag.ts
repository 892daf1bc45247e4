const TAG = /(?<!\n|\r(?=\n))(?:\r?\n)*\[tandem:([0-9a-v]{26})\]\s*$/u;

/** The description with our key as its last line: a calendar has no private properties, and this survives copies and most edits. */
export const taggedDescription = (description: string, key: string): string =>
  description === "" ? `[tandem:${key}]` : `${description}\n\n[tandem:${key}]`;

/** What people wrote and the key, if it is still there. */
export function readDescription(text: string | undefined): {
  readonly description: string;
  readonly key: string | null;
} {
  const found = TAG.exec(text ?? "");
  if (found === null) return { description: text ?? "", key: null };
  return { description: (text ?? "").slice(0, found.index), key: found[1] ?? null };
}
