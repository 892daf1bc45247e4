import { sha256Hex } from "./hash.ts";
import type { Json } from "./json.ts";

/**
 * The one text of a JSON value: members sorted by UTF-16 code unit, no white space, `-0` as `0` (RFC 8785 ordering).
 * Throws a TypeError that names the path for what JSON cannot carry (undefined, NaN, functions, dates).
 */
export function canonicalJson(value: Json): string {
  return write(value, "$");
}

/** SHA-256 (64 lower-case hex digits) of the canonical text: the same value gives the same hash on every machine. */
export const contentHash = (value: Json): string => sha256Hex(canonicalJson(value));

function write(value: unknown, path: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return writeNumber(value, path);
  if (Array.isArray(value)) return `[${value.map((item, index) => write(item, `${path}[${index}]`)).join(",")}]`;
  if (typeof value === "object" && isPlain(value)) return writeMembers(value as Record<string, unknown>, path);
  throw new TypeError(`${path} is not JSON: ${typeof value}`);
}

function writeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new TypeError(`${path} is not JSON: ${value}`);
  return JSON.stringify(value === 0 ? 0 : value);
}

function writeMembers(value: Record<string, unknown>, path: string): string {
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${write(value[name], `${path}.${name}`)}`).join(",")}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
