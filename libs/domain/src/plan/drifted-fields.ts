import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { FieldChange } from "./change.ts";
import { applyFieldChanges } from "./field-apply.ts";
import { diffFields } from "./field-diff.ts";
import { isSameJson } from "./json-equality.ts";

/**
 * What of an object is not as it was read back after our last write. Differences that no person made and nobody can notice are none: the
 * order of members, a member that is empty on one side and absent on the other, line ends, spaces at the end of a line, and the form in
 * which a letter with its accent is written. Values are shown in that plain form. None when nothing drifted.
 */
export function driftedFields(applied: JsonObject, observed: JsonObject): FieldChange[] {
  if (isSameJson(applied, observed)) return [];
  return diffFields(plainForm(applied), plainForm(observed));
}

/** A copy in which values that mean the same are the same. Empty members go; empty items stay, as their place counts. */
function plainForm(value: Json): Json {
  if (typeof value === "string") return plainText(value);
  if (Array.isArray(value)) return value.map((item) => plainForm(item as Json));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [name, plainForm(member)]);
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)));
}

const plainText = (text: string): string =>
  text
    .normalize("NFC")
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();

const isEmpty = (value: Json): boolean =>
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);

/** The object as it was observed, from what was applied and how it drifted (see `driftedFields`). */
export const observedFrom = (applied: JsonObject, drifted: readonly FieldChange[]): JsonObject =>
  applyFieldChanges(plainForm(applied), drifted) as JsonObject;
