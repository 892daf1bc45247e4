import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { Difference } from "./difference.ts";
import { keyOf } from "./item-key.ts";
import { isSameJson, memberCount, ownMember } from "./json-equality.ts";

/**
 * Whether what came of applying changes is the value after. Places that differ are compared with it in full; everything else must be
 * the very object that stood there before, which the comparison has found equal to what stands there after.
 */
export function isAsDescribed(result: Json, place: Difference): boolean {
  const { before, after, inner } = place;
  if (after === undefined) return false;
  if (inner === undefined || before === undefined) return isSameJson(result, after);
  if (Array.isArray(after))
    return Array.isArray(result) && Array.isArray(before) && hasItems(result, before, after, place);
  return (
    isJsonObject(result) && isJsonObject(before) && isJsonObject(after) && hasMembers(result, before, after, inner)
  );
}

/** Each member of `after` is either one of the differing ones, and as described, or untouched; and there is no other. */
function hasMembers(result: JsonObject, before: JsonObject, after: JsonObject, inner: readonly Difference[]): boolean {
  let described = 0;
  for (const place of inner) {
    const value = ownMember(result, place.name);
    if (place.after === undefined ? value !== undefined : value === undefined || !isAsDescribed(value, place))
      return false;
    if (place.after !== undefined) described++;
  }
  let untouched = 0;
  let count = 0;
  for (const name in after) {
    count++;
    const value = ownMember(result, name);
    if (value !== undefined && value === ownMember(before, name)) untouched++;
  }
  return described + untouched === count && memberCount(result) === count;
}

/** The same for items; the places stand in the order of `after`, those of removed items behind. */
function hasItems(
  result: readonly Json[],
  before: readonly Json[],
  after: readonly Json[],
  { inner = [], keyMember = "" }: Difference,
): boolean {
  if (result.length !== after.length) return false;
  let old: ReadonlyMap<string, Json> | undefined;
  let next = 0;
  for (let index = 0; index < after.length; index++) {
    const value = result[index] as Json;
    const item = after[index] as Json;
    const place = inner[next];
    if (place !== undefined && place.after === item) {
      next++;
      if (!isAsDescribed(value, place)) return false;
      continue;
    }
    const key = keyOf(item, keyMember);
    if (value === before[index] && keyOf(value, keyMember) === key) continue;
    old ??= new Map(before.map((one) => [keyOf(one, keyMember), one]));
    if (value !== old.get(key)) return false;
  }
  return inner.slice(next).every((place) => place.after === undefined);
}
