/** A text as a model gives it out: a word with the space before it is one token. */
export const tokensOf = (text: string): readonly string[] => text.match(/\s*\S+|\s+$/gu) ?? [];

/** About as many tokens as a model would count. */
export const tokenCount = (text: string): number => Math.ceil(text.length / 4);
