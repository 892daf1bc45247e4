import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";

/** A member of a JSON object; undefined when it is not its own (`constructor`, `__proto__` and the like are inherited). */
export function ownMember(object: JsonObject, name: string): Json | undefined {
  const value = object[name];
  if (typeof value === "function" || name === "__proto__") return Object.hasOwn(object, name) ? value : undefined;
  return value;
}

/** Whether two JSON values are the same, whatever the order of members. Linear, allocates nothing. */
export function isSameJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left))
    return Array.isArray(right) && left.length === right.length && isSamePrefix(left, right, left.length);
  return isJsonObject(left) && isJsonObject(right) && isSameMembers(left, right);
}

function isSamePrefix(left: readonly Json[], right: readonly Json[], length: number): boolean {
  return firstDifference(left, right, length) === length;
}

/** The first index below `length` at which two arrays differ; `length` when there is none. */
export function firstDifference(left: readonly Json[], right: readonly Json[], length: number): number {
  for (let index = 0; index < length; index++) if (!isSameJson(left[index] as Json, right[index] as Json)) return index;
  return length;
}

function isSameMembers(left: JsonObject, right: JsonObject): boolean {
  let count = 0;
  for (const name in right) {
    const value = ownMember(left, name);
    if (value === undefined || !isSameJson(value, right[name] as Json)) return false;
    count++;
  }
  return memberCount(left) === count;
}

/** How many members an object has. Unlike `Object.keys`, makes no list of them. */
export function memberCount(object: JsonObject): number {
  let count = 0;
  for (const name in object) if (name !== "__proto__" || Object.hasOwn(object, name)) count++;
  return count;
}
