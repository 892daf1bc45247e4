import type { Json } from "@tandem/kernel";
import { type Changeset, diff } from "json-diff-ts";
import type { FieldChange } from "./change.ts";
import { type Difference, differenceOf, hasMoved } from "./difference.ts";
import { applyFieldChanges } from "./field-apply.ts";
import { itemSegment, memberSegment, pathOf } from "./field-path.ts";
import { isAsDescribed } from "./field-proof.ts";

/**
 * Every difference between two values; none when they are equal. Array items are matched by key where both sides have one
 * (see `keyMemberOf`), so a moved item is a `move`; other arrays are one `set`. The order does not depend on that of members.
 * The result is proved: `applyFieldChanges(before, changes)` is `after`. A difference that could not be proved comes as one `set` of the whole.
 */
export function diffFields(before: Json, after: Json): FieldChange[] {
  const root = differenceOf(before, after);
  if (root === null) return [];
  const canonical = canonicalPair([root]);
  const changes: FieldChange[] = [];
  collect(diff(canonical.before, canonical.after), [root], "", changes);
  return isProved(root, before, changes) ? changes : [{ path: "", operation: "set", before, after }];
}

/** A tree of objects whose leaves are 0 before and 1 after; names are positions in a list of places. */
interface CanonicalNode {
  [position: number]: CanonicalNode | 0 | 1;
}

interface CanonicalPair {
  readonly before: CanonicalNode;
  readonly after: CanonicalNode;
}

/**
 * The places that differ in the one form in which json-diff-ts is exact: objects only, no arrays, no null, no two types at one
 * place, no name that means something to it. The move of an item stands behind its inner places.
 */
function canonicalPair(places: readonly Difference[]): CanonicalPair {
  const before: CanonicalNode = {};
  const after: CanonicalNode = {};
  places.forEach((first, position) => {
    const place = endOf(first);
    if (place.inner === undefined) {
      if (place.before !== undefined) before[position] = 0;
      if (place.after !== undefined) after[position] = 1;
      return;
    }
    const inside = canonicalPair(place.inner);
    before[position] = inside.before;
    after[position] = inside.after;
    if (!hasMoved(place)) return;
    inside.before[place.inner.length] = 0;
    inside.after[place.inner.length] = 1;
  });
  return { before, after };
}

/** Where a chain of places that differ in one inner place only comes to its end. */
function endOf(first: Difference): Difference {
  let place = first;
  while (place.inner?.length === 1 && !hasMoved(place)) place = place.inner[0] as Difference;
  return place;
}

const OPERATION = { ADD: "add", REMOVE: "remove", UPDATE: "set" } as const;

function collect(
  changeset: Changeset,
  places: readonly Difference[],
  path: string,
  changes: FieldChange[],
  owner?: Difference,
): void {
  for (const { type, key, changes: inner } of changeset) {
    const first = places[Number(key)];
    if (first === undefined) {
      if (owner !== undefined) changes.push(moveOf(path, owner));
      continue;
    }
    const place = endOf(first);
    const below = path + segmentsTo(first, place);
    if (inner !== undefined) collect(inner, place.inner ?? [], below, changes, place);
    else changes.push(changeOf(below, OPERATION[type], place));
  }
}

function segmentsTo(first: Difference, last: Difference): string {
  let segments = segmentOf(first);
  for (let place = first; place !== last;) {
    place = place.inner?.[0] ?? last;
    segments += segmentOf(place);
  }
  return segments;
}

function segmentOf({ kind, name }: Difference): string {
  if (kind === "root") return "";
  return kind === "item" ? itemSegment(name) : memberSegment(name);
}

function changeOf(
  segments: string,
  operation: "add" | "remove" | "set",
  { before, after, rankBefore, rankAfter }: Difference,
): FieldChange {
  const path = pathOf(segments);
  const rank = rankBefore ?? rankAfter;
  if (before !== undefined && after !== undefined) return { path, operation, before, after };
  const side = before === undefined ? { after: after as Json } : { before };
  return rank === undefined ? { path, operation, ...side } : { path, operation, ...side, rank };
}

const moveOf = (segments: string, { rankBefore, rankAfter }: Difference): FieldChange => ({
  path: pathOf(segments),
  operation: "move",
  before: rankBefore as number,
  after: rankAfter as number,
});

function isProved(root: Difference, before: Json, changes: readonly FieldChange[]): boolean {
  try {
    return isAsDescribed(applyFieldChanges(before, changes), root);
  } catch {
    return false;
  }
}
