import { hash } from "node:crypto";

/** SHA-256 of text, 64 lower-case hex digits. */
export const sha256 = (text: string): string => hash("sha256", text);

/** The canonical text of a JSON value as RFC 8785 orders it; written anew here, so that the engine's own is held against another. */
export function canonical(value: unknown): string {
  if (typeof value === "number" && Object.is(value, -0)) return "0";
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) {
    let items = "";
    for (const item of value) items += (items === "" ? "" : ",") + canonical(item);
    return `[${items}]`;
  }
  let members = "";
  const object = value as Readonly<Record<string, unknown>>;
  for (const name of inOrder(Object.keys(object)))
    members += `${members === "" ? "" : ","}${quoted(name)}:${canonical(object[name])}`;
  return `{${members}}`;
}

/** Text of letters, digits and a few signs needs no escapes. */
const quoted = (text: string): string => (/^[\w .:/+-]*$/.test(text) ? `"${text}"` : JSON.stringify(text));

/** Sorts in place, where that is not done already. */
function inOrder(names: string[]): string[] {
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] as string) < name);
  return isSorted ? names : names.sort();
}

const digests = new WeakMap<object, string>();

/** SHA-256 of the canonical text. Values are never changed in place, so that an object's digest is kept. */
export function digest(value: object): string {
  const known = digests.get(value) ?? sha256(canonical(value));
  digests.set(value, known);
  return known;
}
