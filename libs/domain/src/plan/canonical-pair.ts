import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { keyOf, sharedKeyMember } from "./item-key.ts";
import { movedItems } from "./item-moves.ts";

/** What stands at one place that differs: a missing side is absent there. `rank` is the position of an array item. */
export interface Leaf {
  readonly before?: Json;
  readonly after?: Json;
  readonly rank?: number;
}

/** A tree of objects whose leaves are numbers. Members begin with `.`, array items with `[`, an item's rank is `#`. */
export interface CanonicalNode {
  [key: string]: CanonicalNode | number;
}

/**
 * The differing parts of two values in the one form in which json-diff-ts is exact: objects only, no arrays, no null, no two
 * types at one place, no key that means something to it. Leaf `n` is the number 2n on the side before and 2n + 1 after.
 */
export interface CanonicalPair {
  readonly before: CanonicalNode;
  readonly after: CanonicalNode;
  readonly leaves: readonly Leaf[];
  /** Objects and arrays found equal beside something that differs: what need not be compared again. */
  readonly equal: ReadonlyMap<object, object>;
}

export const ROOT = "$";
export const RANK = "#";

type Side = CanonicalNode | number | undefined;
type Branch = readonly [before: Side, after: Side];

/** Compares two values and keeps what differs; null when they are equal. Linear in their size. */
export function canonicalPair(before: Json, after: Json): CanonicalPair | null {
  const leaves: Leaf[] = [];
  const equal = new Map<object, object>();
  const branch = new PairWalk(leaves, equal).compare(before, after);
  if (branch === null) return null;
  const node = (side: Side): CanonicalNode => (side === undefined ? {} : { [ROOT]: side });
  return { before: node(branch[0]), after: node(branch[1]), leaves, equal };
}

class PairWalk {
  readonly #leaves: Leaf[];
  readonly #equal: Map<object, object>;

  constructor(leaves: Leaf[], equal: Map<object, object>) {
    this.#leaves = leaves;
    this.#equal = equal;
  }

  compare(before: Json, after: Json): Branch | null {
    if (before === after) return null;
    if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
      return this.#set(before, after);
    if (Array.isArray(before)) return Array.isArray(after) ? this.#items(before, after) : this.#set(before, after);
    return Array.isArray(after) ? this.#set(before, after) : this.#members(before as JsonObject, after as JsonObject);
  }

  #members(before: JsonObject, after: JsonObject): Branch | null {
    const found: [string, Branch][] = [];
    let matched = 0;
    for (const name in after) {
      const left = ownMember(before, name);
      const right = after[name]!;
      if (left === undefined) {
        found.push([`.${name}`, this.#add(right)]);
        continue;
      }
      matched++;
      if (left === right) continue;
      const branch = this.compare(left, right);
      if (branch !== null) found.push([`.${name}`, branch]);
    }
    if (Object.keys(before).length !== matched) {
      for (const name in before)
        if (ownMember(after, name) === undefined) found.push([`.${name}`, this.#remove(before[name]!)]);
    }
    if (found.length === 0) return null;
    this.#rememberEqual(before, after, found);
    return join(found.toSorted(byKey));
  }

  #items(before: readonly Json[], after: readonly Json[]): Branch | null {
    if (before.length === after.length && this.#isSame(before, after)) return null;
    const member = sharedKeyMember(before, after);
    if (member === null) return this.#set(before, after);
    const rankBefore = new Map(before.map((item, rank) => [keyOf(item, member), rank]));
    const common: number[] = [];
    for (const item of after) {
      const rank = rankBefore.get(keyOf(item, member));
      if (rank !== undefined) common.push(rank);
    }
    const moved = movedItems(common);
    const found: [string, Branch][] = [];
    let nth = 0;
    after.forEach((item, rank) => {
      const key = keyOf(item, member);
      const from = rankBefore.get(key);
      if (from === undefined) return void found.push([`[${key}`, this.#add(item, rank)]);
      rankBefore.delete(key);
      const branch = this.compare(before[from]!, item);
      if (branch === null) this.#equal.set(before[from] as object, item as object);
      if (moved.has(nth++)) found.push([`[${key}`, join([...parts(branch), [RANK, this.#set(from, rank)]])]);
      else if (branch !== null) found.push([`[${key}`, branch]);
    });
    for (const [key, rank] of rankBefore) found.push([`[${key}`, this.#remove(before[rank]!, rank)]);
    return found.length === 0 ? null : join(found);
  }

  #isSame(before: readonly Json[], after: readonly Json[]): boolean {
    for (let index = 0; index < before.length; index++) if (!isSameJson(before[index]!, after[index]!)) return false;
    return true;
  }

  #rememberEqual(before: JsonObject, after: JsonObject, found: readonly [string, Branch][]): void {
    const differing = new Set(found.map(([key]) => key));
    for (const name in after) {
      const right = after[name]!;
      if (typeof right === "object" && right !== null && !differing.has(`.${name}`))
        this.#equal.set(before[name] as object, right);
    }
  }

  #set(before: Json, after: Json): Branch {
    const token = this.#leaves.push({ before, after }) * 2 - 2;
    return [token, token + 1];
  }

  #add(after: Json, rank?: number): Branch {
    return [undefined, this.#leaves.push({ after, ...(rank !== undefined && { rank }) }) * 2 - 1];
  }

  #remove(before: Json, rank?: number): Branch {
    return [this.#leaves.push({ before, ...(rank !== undefined && { rank }) }) * 2 - 2, undefined];
  }
}

/** A member of a JSON object; undefined when it is not its own (`constructor`, `__proto__` and the like are inherited). */
export function ownMember(object: JsonObject, name: string): Json | undefined {
  const value = object[name];
  if (typeof value === "function" || name === "__proto__") return Object.hasOwn(object, name) ? value : undefined;
  return value;
}

/** Whether two JSON values are the same, whatever the order of members. Linear, allocates nothing. */
export function isSameJson(before: Json, after: Json): boolean {
  if (before === after) return true;
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) return false;
  if (Array.isArray(before)) {
    if (!Array.isArray(after) || before.length !== after.length) return false;
    for (let index = 0; index < before.length; index++) if (!isSameJson(before[index], after[index])) return false;
    return true;
  }
  if (!isJsonObject(before) || !isJsonObject(after)) return false;
  let count = 0;
  for (const name in after) {
    const left = ownMember(before, name);
    if (left === undefined || !isSameJson(left, after[name]!)) return false;
    count++;
  }
  return Object.keys(before).length === count;
}

const byKey = (left: readonly [string, Branch], right: readonly [string, Branch]): number =>
  left[0] < right[0] ? -1 : 1;

/** The parts of a branch between two objects. */
function parts(branch: Branch | null): [string, Branch][] {
  if (branch === null) return [];
  const [before, after] = branch as [CanonicalNode, CanonicalNode];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => [key, [before[key], after[key]]]);
}

function join(found: readonly (readonly [string, Branch])[]): Branch {
  const before: CanonicalNode = {};
  const after: CanonicalNode = {};
  for (const [key, [left, right]] of found) {
    if (left !== undefined) before[key] = left;
    if (right !== undefined) after[key] = right;
  }
  return [before, after];
}
