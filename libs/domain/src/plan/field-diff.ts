import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { type Changeset, diff } from "json-diff-ts";
import { canonicalPair, isSameJson, type Leaf, ownMember, RANK } from "./canonical-pair.ts";
import type { FieldChange } from "./change.ts";
import { applyFieldChanges } from "./field-apply.ts";
import { itemPath, memberPath } from "./field-path.ts";

/**
 * Every difference between two values; none when they are equal. Array items are matched by key where both sides have one
 * (see `keyMemberOf`), so a moved item is a `move`; other arrays are one `set`. Members are in name order, items in theirs.
 * The result is proved: `applyFieldChanges(before, changes)` is `after`. A difference that could not be proved comes as one `set` of the whole.
 */
export function diffFields(before: Json, after: Json): FieldChange[] {
  const pair = canonicalPair(before, after);
  if (pair === null) return [];
  const changes: FieldChange[] = [];
  collect(diff(pair.before, pair.after), "", pair.leaves, changes);
  return isProved(before, after, changes, pair.equal) ? changes : [{ path: "", operation: "set", before, after }];
}

function collect(changeset: Changeset, path: string, leaves: readonly Leaf[], changes: FieldChange[]): void {
  for (const { type, key, value, changes: inner } of changeset) {
    const place = extended(path, key);
    if (inner === undefined)
      changes.push(fieldChange(place, key === RANK ? "move" : OPERATION[type], leaves[(value as number) >> 1]!));
    else collect(inner, place, leaves, changes);
  }
}

const OPERATION = { ADD: "add", REMOVE: "remove", UPDATE: "set" } as const;

const fieldChange = (path: string, operation: FieldChange["operation"], leaf: Leaf): FieldChange => ({
  path,
  operation,
  ...leaf,
});

function extended(path: string, key: string): string {
  if (key.startsWith(".")) return memberPath(path, key.slice(1));
  return key.startsWith("[") ? itemPath(path, key.slice(1)) : path;
}

function isProved(
  before: Json,
  after: Json,
  changes: readonly FieldChange[],
  equal: ReadonlyMap<object, object>,
): boolean {
  try {
    return isSameExcept(applyFieldChanges(before, changes), after, equal);
  } catch {
    return false;
  }
}

/** Like `isSameJson`, without looking again into what the comparison has found equal. */
function isSameExcept(left: Json, right: Json, equal: ReadonlyMap<object, object>): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return false;
  if (equal.get(left) === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => isSameExcept(item, right[index], equal))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return isSameJson(left, right);
  return isSameMembers(left, right, equal);
}

function isSameMembers(left: JsonObject, right: JsonObject, equal: ReadonlyMap<object, object>): boolean {
  let count = 0;
  for (const name in right) {
    const value = ownMember(left, name);
    if (value === undefined || !isSameExcept(value, right[name]!, equal)) return false;
    count++;
  }
  return Object.keys(left).length === count;
}
