import type { Json, JsonObject } from "@tandem/kernel";
import { itemSegment, memberSegment } from "./field-path.ts";
import { keyOf, sharedKeyMember } from "./item-key.ts";
import { movedItems } from "./item-moves.ts";
import { firstDifference, isSameJson, ownMember } from "./json-equality.ts";

/** One place that differs, or several below one place. */
export interface Difference {
  /** Path from the place above: one or more segments. */
  readonly segment: string;
  /** What stands there; a missing side is absent. Absent itself when there are `inner` places. */
  readonly leaf?: Leaf;
  readonly inner?: readonly Difference[];
}

/** Both sides of one place. */
export interface Leaf {
  readonly before?: Json;
  readonly after?: Json;
  /** Position of an array item that is on one side only. */
  readonly rank?: number;
  /** The item moved: both sides are its positions. */
  readonly isMove?: true;
}

/**
 * Where two values differ: the places as a tree, none when they are equal. Arrays whose items have keys are matched by key, with
 * order as an explicit rank; other arrays and values of different types differ as a whole. Linear, except for sorting what differs.
 */
export function differences(before: Json, after: Json): readonly Difference[] {
  if (before === after) return NONE;
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
    return whole(before, after);
  if (Array.isArray(before)) return Array.isArray(after) ? betweenItems(before, after) : whole(before, after);
  return Array.isArray(after) ? whole(before, after) : betweenMembers(before as JsonObject, after as JsonObject);
}

const NONE: readonly Difference[] = [];

const whole = (before: Json, after: Json): Difference[] => [{ segment: "", leaf: { before, after } }];

function betweenMembers(before: JsonObject, after: JsonObject): readonly Difference[] {
  let found: Difference[] | undefined;
  let matched = 0;
  for (const name in after) {
    const left = ownMember(before, name);
    const right = after[name] as Json;
    if (left === undefined) (found ??= []).push({ segment: memberSegment(name), leaf: { after: right } });
    else {
      matched++;
      if (left === right) continue;
      const below = differences(left, right);
      if (below.length > 0) gather((found ??= []), memberSegment(name), below);
    }
  }
  if (Object.keys(before).length !== matched) (found ??= []).push(...removedMembers(before, after));
  return found === undefined ? NONE : inSegmentOrder(found);
}

function removedMembers(before: JsonObject, after: JsonObject): Difference[] {
  const names = Object.keys(before).filter((name) => ownMember(after, name) === undefined);
  return names.map((name) => ({ segment: memberSegment(name), leaf: { before: before[name] as Json } }));
}

const inSegmentOrder = (found: Difference[]): Difference[] =>
  found.length === 1 ? found : found.toSorted((left, right) => (left.segment < right.segment ? -1 : 1));

/** Adds what differs below one place: as it is when it is one place, else as a place with inner ones. */
function gather(found: Difference[], segment: string, below: readonly Difference[]): void {
  const [only] = below;
  if (only === undefined) return;
  found.push(below.length === 1 ? { ...only, segment: segment + only.segment } : { segment, inner: below });
}

function betweenItems(before: readonly Json[], after: readonly Json[]): readonly Difference[] {
  const first = firstDifference(before, after, Math.min(before.length, after.length));
  if (first === before.length && first === after.length) return NONE;
  const member = sharedKeyMember(before, after);
  if (member === null) return whole(before, after);
  return isAligned(before, after, member, first)
    ? betweenAligned(before, after, member, first)
    : betweenKeyed(before, after, member);
}

const isAligned = (before: readonly Json[], after: readonly Json[], member: string, first: number): boolean => {
  if (before.length !== after.length) return false;
  for (let index = first; index < before.length; index++) {
    if (keyOf(before[index] as Json, member) !== keyOf(after[index] as Json, member)) return false;
  }
  return true;
};

function betweenAligned(before: readonly Json[], after: readonly Json[], member: string, first: number): Difference[] {
  const found: Difference[] = [];
  for (let index = first; index < after.length; index++) {
    const item = after[index] as Json;
    const old = before[index] as Json;
    if (!isSameJson(old, item)) gather(found, itemSegment(keyOf(item, member)), differences(old, item));
  }
  return found;
}

/** Items of both sides first, in their new order, then those that are gone. */
function betweenKeyed(before: readonly Json[], after: readonly Json[], member: string): Difference[] {
  const found: Difference[] = [];
  const ranks = new Map(before.map((item, rank) => [keyOf(item, member), rank]));
  const from = after.map((item) => ranks.get(keyOf(item, member)));
  const moved = movedItems(from.filter((rank) => rank !== undefined));
  let nth = 0;
  after.forEach((item, rank) => {
    const key = keyOf(item, member);
    const old = from[rank];
    ranks.delete(key);
    if (old === undefined) return void found.push({ segment: itemSegment(key), leaf: { after: item, rank } });
    const below = differences(before[old] as Json, item);
    const move: Difference = { segment: "", leaf: { before: old, after: rank, isMove: true } };
    gather(found, itemSegment(key), moved.has(nth++) ? [...below, move] : below);
  });
  for (const [key, rank] of ranks)
    found.push({ segment: itemSegment(key), leaf: { before: before[rank] as Json, rank } });
  return found;
}
