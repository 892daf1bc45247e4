/** What stands in an address came from anywhere: each page takes from it what it knows and drops the rest. */
type Raw = Readonly<Record<string, unknown>>;

/** A text of the address, undefined when it is absent, empty or no text. */
export function textParam(search: Raw, name: string, mostCharacters = 200): string | undefined {
  const value = search[name];
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= mostCharacters ? text : undefined;
}

/** One of these words, undefined for anything else. */
export function choiceParam<Word extends string>(search: Raw, name: string, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === search[name]);
}

/** Leaves out what is undefined, so that addresses stay short. */
export const params = <T extends Record<string, unknown>>(values: T): { [K in keyof T]?: T[K] } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
