import type { Json, JsonObject } from "@tandem/kernel";
import { hasSameKeys, keyOf, sharedKeyMember } from "./item-key.ts";
import { movedItems } from "./item-moves.ts";
import { firstDifference, isSameJson, memberCount, ownMember } from "./json-equality.ts";

/** One place that differs: as a whole, or in `inner` places. */
export interface Difference {
  readonly kind: "root" | "member" | "item";
  /** Member name or item key; empty for the root. */
  readonly name: string;
  /** What stands there; undefined on a side that has nothing. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Undefined when the place differs as a whole. */
  readonly inner: readonly Difference[] | undefined;
  /** Of an array with inner places: the member that keys its items. */
  readonly keyMember: string | undefined;
  /** Position of an item that is on one side only or that moved, else undefined. */
  readonly rankBefore: number | undefined;
  readonly rankAfter: number | undefined;
}

/**
 * Where two values differ; null when they are equal. Arrays whose items have keys are matched by key, with order as an explicit
 * rank; other arrays and values of different types differ as a whole. Linear, except for sorting what differs.
 */
export const differenceOf = (before: Json, after: Json): Difference | null => compared("root", "", before, after);

/** Whether an item is on both sides at positions that do not follow from what was added and removed around it. */
export const hasMoved = ({ rankBefore, rankAfter }: Difference): boolean =>
  rankBefore !== undefined && rankAfter !== undefined;

const NONE: readonly Difference[] = [];

/** A place that differs as a whole. */
function whole(kind: Difference["kind"], name: string, before: Json | undefined, after: Json | undefined): Difference {
  return {
    kind,
    name,
    before,
    after,
    inner: undefined,
    keyMember: undefined,
    rankBefore: undefined,
    rankAfter: undefined,
  };
}

function compared(kind: Difference["kind"], name: string, before: Json, after: Json): Difference | null {
  if (before === after) return null;
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
    return whole(kind, name, before, after);
  if (Array.isArray(before))
    return Array.isArray(after) ? comparedItems(kind, name, before, after) : whole(kind, name, before, after);
  if (Array.isArray(after)) return whole(kind, name, before, after);
  const inner = betweenMembers(before as JsonObject, after as JsonObject);
  if (inner.length === 0) return null;
  return { kind, name, before, after, inner, keyMember: undefined, rankBefore: undefined, rankAfter: undefined };
}

function comparedItems(
  kind: Difference["kind"],
  name: string,
  before: readonly Json[],
  after: readonly Json[],
): Difference | null {
  const first = firstDifference(before, after, Math.min(before.length, after.length));
  if (first === before.length && first === after.length) return null;
  const keyMember = sharedKeyMember(before, after);
  if (keyMember === null) return whole(kind, name, before, after);
  const inner = hasSameKeys(before, after, keyMember)
    ? betweenAligned(before, after, keyMember, first)
    : betweenKeyed(before, after, keyMember);
  return { kind, name, before, after, inner, keyMember, rankBefore: undefined, rankAfter: undefined };
}

function betweenMembers(before: JsonObject, after: JsonObject): readonly Difference[] {
  let found: Difference[] | undefined;
  let matched = 0;
  for (const name in after) {
    const left = ownMember(before, name);
    const right = after[name] as Json;
    if (left !== undefined) matched++;
    if (left === right) continue;
    const below = left === undefined ? whole("member", name, undefined, right) : compared("member", name, left, right);
    if (below !== null) (found ??= []).push(below);
  }
  if (memberCount(before) !== matched) (found ??= []).push(...removedMembers(before, after));
  if (found === undefined) return NONE;
  return found.length === 1 ? found : found.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function removedMembers(before: JsonObject, after: JsonObject): Difference[] {
  const names = Object.keys(before).filter((name) => ownMember(after, name) === undefined);
  return names.map((name) => whole("member", name, before[name], undefined));
}

function betweenAligned(before: readonly Json[], after: readonly Json[], member: string, first: number): Difference[] {
  const found: Difference[] = [];
  for (let index = first; index < after.length; index++) {
    const left = before[index] as Json;
    const right = after[index] as Json;
    const below = isSameJson(left, right) ? null : compared("item", keyOf(right, member), left, right);
    if (below !== null) found.push(below);
  }
  return found;
}

/** Items of both sides and new ones in their new order, then those that are gone. */
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
    if (old === undefined) return void found.push({ ...whole("item", key, undefined, item), rankAfter: rank });
    const left = before[old] as Json;
    const below = compared("item", key, left, item);
    if (moved.has(nth++)) {
      found.push({
        ...(below ?? { ...whole("item", key, left, item), inner: NONE }),
        rankBefore: old,
        rankAfter: rank,
      });
    } else if (below !== null) found.push(below);
  });
  for (const [key, rank] of ranks) found.push({ ...whole("item", key, before[rank], undefined), rankBefore: rank });
  return found;
}
