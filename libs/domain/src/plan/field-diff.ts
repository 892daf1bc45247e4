import type { Json } from "@tandem/kernel";
import { type Changeset, diff } from "json-diff-ts";
import type { FieldChange } from "./change.ts";
import { type Difference, differences, type Leaf } from "./difference.ts";
import { applyFieldChanges } from "./field-apply.ts";
import { pathOf } from "./field-path.ts";
import { isSameJson } from "./json-equality.ts";

/**
 * Every difference between two values; none when they are equal. Array items are matched by key where both sides have one
 * (see `keyMemberOf`), so a moved item is a `move`; other arrays are one `set`. The order does not depend on that of members.
 * The result is proved: `applyFieldChanges(before, changes)` is `after`. A difference that could not be proved comes as one `set` of the whole.
 */
export function diffFields(before: Json, after: Json): FieldChange[] {
  const found = differences(before, after);
  if (found.length === 0) return [];
  const canonical = canonicalised(found);
  const changes: FieldChange[] = [];
  collect(diff(canonical.before, canonical.after), "", canonical.leaves, changes);
  return isProved(before, after, changes) ? changes : [{ path: "", operation: "set", before, after }];
}

/** A tree of objects whose leaves are numbers. */
interface CanonicalNode {
  [segment: string]: CanonicalNode | number;
}

/**
 * The places that differ in the one form in which json-diff-ts is exact: objects only, no arrays, no null, no two types at one
 * place, no name that means something to it. Leaf n is the number 2n on the side before and 2n + 1 on the side after.
 */
interface CanonicalPair {
  readonly before: CanonicalNode;
  readonly after: CanonicalNode;
  readonly leaves: Leaf[];
}

const MOVED = "#";

function canonicalised(found: readonly Difference[]): CanonicalPair {
  const pair: CanonicalPair = { before: {}, after: {}, leaves: [] };
  fill(pair.before, pair.after, found, pair.leaves);
  return pair;
}

function fill(before: CanonicalNode, after: CanonicalNode, found: readonly Difference[], leaves: Leaf[]): void {
  for (const { segment, leaf, inner } of found) {
    if (leaf === undefined) fill((before[segment] = {}), (after[segment] = {}), inner ?? [], leaves);
    else {
      const name = leaf.isMove ? segment + MOVED : segment;
      const token = leaves.push(leaf) * 2;
      if (leaf.before !== undefined) before[name] = token - 2;
      if (leaf.after !== undefined) after[name] = token - 1;
    }
  }
}

const OPERATION = { ADD: "add", REMOVE: "remove", UPDATE: "set" } as const;

function collect(changeset: Changeset, path: string, leaves: readonly Leaf[], changes: FieldChange[]): void {
  for (const { type, key, value, changes: inner } of changeset) {
    if (inner === undefined)
      changes.push(fieldChange(path + key, OPERATION[type], leaves[(value as number) >> 1] as Leaf));
    else collect(inner, path + key, leaves, changes);
  }
}

function fieldChange(segments: string, operation: FieldChange["operation"], { isMove, ...sides }: Leaf): FieldChange {
  if (isMove) return { path: pathOf(segments.slice(0, -MOVED.length)), operation: "move", ...sides };
  return { path: pathOf(segments), operation, ...sides };
}

function isProved(before: Json, after: Json, changes: readonly FieldChange[]): boolean {
  try {
    return isSameJson(applyFieldChanges(before, changes), after);
  } catch {
    return false;
  }
}
