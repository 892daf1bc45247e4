import type { Json, JsonObject } from "@tandem/kernel";

/** Members that may name an array item, the first that fits is taken. */
const KEY_MEMBERS = ["address", "name", "key", "id", "value", "date", "label"] as const;

/**
 * The member by which the items of an array are told apart: a non-empty string on every item, unique among them.
 * Null when there is none, so the array can only be compared as a whole; null for an empty array too.
 */
export function keyMemberOf(items: readonly Json[]): string | null {
  if (items.length === 0) return null;
  for (const member of KEY_MEMBERS) if (isKeyedBy(items, member)) return member;
  return null;
}

function isKeyedBy(items: readonly Json[], member: string): boolean {
  const keys: string[] = [];
  for (const item of items) {
    const key =
      typeof item === "object" && item !== null && !Array.isArray(item) ? (item as JsonObject)[member] : undefined;
    if (typeof key !== "string" || key === "") return false;
    keys.push(key);
  }
  return isUnique(keys);
}

const FEW = 32;

/** Few are compared with each other, which is quicker than making a set of them. */
const isUnique = (keys: readonly string[]): boolean =>
  keys.length <= FEW
    ? keys.every((key, index) => keys.indexOf(key, index + 1) === -1)
    : new Set(keys).size === keys.length;

/** The key of one item of an array that is keyed by `member`. */
export const keyOf = (item: Json, member: string): string => (item as JsonObject)[member] as string;

/** The member that keys both arrays, where each side alone would choose the same; null when they cannot be matched item by item. */
export function sharedKeyMember(before: readonly Json[], after: readonly Json[]): string | null {
  const left = keyMemberOf(before);
  if (after.length === 0) return left;
  if (before.length === 0) return keyMemberOf(after);
  if (left === null) return null;
  return hasSameKeys(before, after, left) && !isKeyedEarlier(after, left)
    ? left
    : left === keyMemberOf(after)
      ? left
      : null;
}

/** Whether both hold the same keys in the same order, so that what is unique in one is unique in the other. */
export const hasSameKeys = (before: readonly Json[], after: readonly Json[], member: string): boolean =>
  before.length === after.length &&
  before.every((item, index) => keyOf(item, member) === (after[index] as JsonObject | null)?.[member]);

function isKeyedEarlier(items: readonly Json[], member: string): boolean {
  for (const earlier of KEY_MEMBERS) {
    if (earlier === member) return false;
    if (isKeyedBy(items, earlier)) return true;
  }
  return false;
}
