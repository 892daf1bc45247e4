import type { Json } from "@tandem/kernel";
import { InvalidArgumentError } from "commander";
import { CommandFailure, ExitCode } from "../exit-code.ts";

/** Collects repeated `name=value` options. */
export function keyValues(assignment: string, all: Readonly<Record<string, string>>): Record<string, string> {
  const at = assignment.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("must be name=value");
  return { ...all, [assignment.slice(0, at)]: assignment.slice(at + 1) };
}

/**
 * Values as JSON where they are JSON objects, lists, numbers or booleans; everything else is text. Phone numbers and numbers too long for JSON
 * stay text; within objects and lists such numbers are refused.
 */
export const parsedValues = (values: Readonly<Record<string, string>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parse(value)]));

function parse(value: string): Json {
  if (!/^[[{"]|^-?\d{1,15}(\.\d+)?$|^(true|false|null)$/.test(value)) return value;
  try {
    return JSON.parse(value, carried) as Json;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    return value;
  }
}

/** Refuses what JSON would make another number of. */
function carried(name: string, value: unknown): unknown {
  if (
    typeof value !== "number" ||
    (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
  )
    return value;
  throw new CommandFailure(
    `The number at ${JSON.stringify(name)} is too large to be carried exactly (it would become ${value}). Write it in quotes.`,
    ExitCode.usage,
  );
}
