import type { Json } from "@tandem/kernel";
import { InvalidArgumentError } from "commander";

/** Collects repeated `name=value` options. */
export function keyValues(assignment: string, all: Readonly<Record<string, string>>): Record<string, string> {
  const at = assignment.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("must be name=value");
  return { ...all, [assignment.slice(0, at)]: assignment.slice(at + 1) };
}

/** Values as JSON where they are JSON objects, lists, numbers or booleans; everything else is text. Phone numbers and numbers too long for JSON stay text. */
export const parsedValues = (values: Readonly<Record<string, string>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parse(value)]));

function parse(value: string): Json {
  if (!/^[[{"]|^-?\d{1,15}(\.\d+)?$|^(true|false|null)$/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
