import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { isSameJson, ownMember } from "./json-equality.ts";
import { keyMemberOf, keyOf, sharedKeyMember } from "./item-key.ts";

/**
 * What is there plus what is wanted and missing: nothing is taken away, not from arrays either. Where both have a plain value
 * and they differ, `conflict` decides: `keep` what is there or `set` what is wanted.
 */
export function expanded(present: Json, wanted: Json, conflict: "keep" | "set"): Json {
  if (isSameJson(present, wanted)) return present;
  if (Array.isArray(present) && Array.isArray(wanted)) return expandedItems(present, wanted, conflict);
  if (isJsonObject(present) && isJsonObject(wanted)) return expandedMembers(present, wanted, conflict);
  return conflict === "keep" ? present : wanted;
}

function expandedMembers(present: JsonObject, wanted: JsonObject, conflict: "keep" | "set"): JsonObject {
  const missing = Object.entries(wanted).filter(([name]) => !Object.hasOwn(present, name));
  const kept = Object.entries(present).map(([name, value]): [string, Json] => {
    const other = ownMember(wanted, name);
    return [name, other === undefined ? value : expanded(value, other, conflict)];
  });
  return Object.fromEntries([...kept, ...missing]);
}

function expandedItems(present: readonly Json[], wanted: readonly Json[], conflict: "keep" | "set"): Json[] {
  const member = sharedKeyMember(present, wanted);
  if (member === null) return [...present, ...wanted.filter((item) => !present.some((one) => isSameJson(one, item)))];
  const missing = new Map(wanted.map((item) => [keyOf(item, member), item]));
  const kept = present.map((item) => {
    const key = keyOf(item, member);
    const other = missing.get(key);
    missing.delete(key);
    return other === undefined ? item : expanded(item, other, conflict);
  });
  return [...kept, ...missing.values()];
}

/** Whether everything of `part` is there in `whole`: members and items, whatever their values. */
export const isWithin = (part: Json, whole: Json): boolean => isSameJson(expanded(whole, part, "keep"), whole);

/**
 * What is there without what we once wrote (`owned`) and none of `keepers` wants any more. What others added stays.
 */
export function narrowed(present: Json, owned: Json | undefined, keepers: readonly Json[]): Json {
  if (owned === undefined) return present;
  if (Array.isArray(present))
    return Array.isArray(owned) ? narrowedItems(present, owned, keepers.filter(Array.isArray)) : present;
  return isJsonObject(present) && isJsonObject(owned)
    ? narrowedMembers(present, owned, keepers.filter(isJsonObject))
    : present;
}

function narrowedMembers(present: JsonObject, owned: JsonObject, keepers: readonly JsonObject[]): JsonObject {
  const wanted = (name: string): Json[] =>
    keepers.map((keeper) => ownMember(keeper, name)).filter((value) => value !== undefined);
  return Object.fromEntries(
    Object.entries(present)
      .filter(([name]) => ownMember(owned, name) === undefined || wanted(name).length > 0)
      .map(([name, value]) => [name, narrowed(value, ownMember(owned, name), wanted(name))]),
  );
}

function narrowedItems(
  present: readonly Json[],
  owned: readonly Json[],
  keepers: readonly (readonly Json[])[],
): Json[] {
  const member = keyMemberOf(present);
  const isMatch = (left: Json, right: Json): boolean =>
    member === null
      ? isSameJson(left, right)
      : isJsonObject(left) && isJsonObject(right) && left[member] === right[member];
  const twin = (items: readonly Json[], item: Json): Json | undefined => items.find((one) => isMatch(one, item));
  const wanted = (item: Json): Json[] =>
    keepers.map((keeper) => twin(keeper, item)).filter((value) => value !== undefined);
  return present
    .filter((item) => twin(owned, item) === undefined || wanted(item).length > 0)
    .map((item) => narrowed(item, twin(owned, item), wanted(item)));
}
