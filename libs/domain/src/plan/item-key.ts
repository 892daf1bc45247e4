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
  if (!hasKey(items[0] as Json, member)) return false;
  const keys = new Set<string>();
  for (const item of items) {
    if (!hasKey(item, member)) return false;
    keys.add(keyOf(item, member));
  }
  return keys.size === items.length;
}

function hasKey(item: Json, member: string): boolean {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return false;
  const key = (item as JsonObject)[member];
  return typeof key === "string" && key !== "";
}

/** The key of one item of an array that is keyed by `member`. */
export const keyOf = (item: Json, member: string): string => (item as JsonObject)[member] as string;

/** The member that keys both arrays, where each side alone would choose the same; null when they cannot be matched item by item. */
export function sharedKeyMember(before: readonly Json[], after: readonly Json[]): string | null {
  const left = keyMemberOf(before);
  if (after.length === 0) return left;
  const right = keyMemberOf(after);
  return before.length === 0 || left === right ? right : null;
}
