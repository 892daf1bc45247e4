import { sha256Hex } from "./hash.ts";
import type { Json } from "./json.ts";

/**
 * The one text of a JSON value: members sorted by UTF-16 code unit, no white space, `-0` as `0` (RFC 8785 ordering).
 * Throws a TypeError that names the path for what JSON cannot carry (undefined, NaN, functions, dates).
 */
export function canonicalJson(value: Json): string {
  const text = write(value);
  if (text === null) throw new TypeError(reasonOf(value, "$") ?? "$ is not JSON");
  return text;
}

/** SHA-256 (64 lower-case hex digits) of the canonical text: the same value gives the same hash on every machine. */
export function contentHash(value: Json): string {
  const text = canonicalJson(value);
  return text.length > LONGEST_KEPT ? sha256Hex(text) : keptHash(text);
}

/** Short texts are hashed again and again, as the parts that a plan reads are: the hashes of the last ones are kept. */
const kept = new Map<string, string>();
const LONGEST_KEPT = 1024;
const MOST_KEPT = 2000;

function keptHash(text: string): string {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = sha256Hex(text);
  kept.set(text, made);
  return made;
}

/** Null for what JSON cannot carry: where that is, is looked for only then. */
function write(value: unknown): string | null {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value === 0 ? 0 : value) : null;
  if (Array.isArray(value)) return writeItems(value);
  return typeof value === "object" && isPlain(value) ? writeMembers(value as Record<string, unknown>) : null;
}

function writeItems(items: readonly unknown[]): string | null {
  let text = "";
  for (let index = 0; index < items.length; index += 1) {
    const item = write(items[index]);
    if (item === null) return null;
    text += index === 0 ? item : `,${item}`;
  }
  return `[${text}]`;
}

function writeMembers(value: Record<string, unknown>): string | null {
  let text = "";
  for (const name of sortedNames(value)) {
    const member = write(value[name]);
    if (member === null) return null;
    text += `${text === "" ? "" : ","}${quoted(name)}:${member}`;
  }
  return `{${text}}`;
}

/** Printable ASCII without quote and backslash stands for itself. */
const PLAIN = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Most values are written with their members in order, as whoever read a canonical text made them. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  for (let index = 1; index < names.length; index += 1)
    if ((names[index - 1] as string) > (names[index] as string)) return names.sort();
  return names;
}

/** What of a value is not JSON and where; null when all of it is. */
function reasonOf(value: unknown, path: string): string | null {
  if (write(value) !== null) return null;
  if (typeof value === "number") return `${path} is not JSON: ${value}`;
  const parts: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? Array.from(value, (item: unknown, index) => [`${path}[${index}]`, item] as const)
    : typeof value === "object" && value !== null && isPlain(value)
      ? Object.keys(value)
          .sort()
          .map((name) => [`${path}.${name}`, (value as Record<string, unknown>)[name]] as const)
      : [];
  const [name, part] = parts.find(([, one]) => write(one) === null) ?? [];
  return name === undefined ? `${path} is not JSON: ${typeof value}` : reasonOf(part, name);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
