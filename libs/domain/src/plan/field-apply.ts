import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { FieldChange } from "./change.ts";
import { parsePath } from "./field-path.ts";
import { keyMemberOf, keyOf } from "./item-key.ts";

/** All changes at and below one place. */
interface Edit {
  readonly children: Map<string, Edit>;
  /** Adds, removes or sets the whole place. */
  whole?: FieldChange;
  /** Moves the item. */
  move?: FieldChange;
}

/**
 * The value with the changes made; parts that no change touches are shared with the input. Throws a TypeError that names the
 * path when a change does not fit the value.
 */
export function applyFieldChanges(value: Json, changes: readonly FieldChange[]): Json {
  return changes.length === 0 ? value : edited(value, editTree(changes), "");
}

/** The value as it was before the changes were made to it. */
export const revertFieldChanges = (value: Json, changes: readonly FieldChange[]): Json =>
  applyFieldChanges(value, changes.map(inverse));

const INVERSE = { add: "remove", remove: "add", set: "set", move: "move" } as const;

function inverse(change: FieldChange): FieldChange {
  const { before, after, ...rest } = change;
  return {
    ...rest,
    operation: INVERSE[change.operation],
    ...(after !== undefined && { before: after }),
    ...(before !== undefined && { after: before }),
  };
}

function editTree(changes: readonly FieldChange[]): Edit {
  const root: Edit = { children: new Map() };
  for (const change of changes) {
    let edit = root;
    for (const segment of parsePath(change.path)) {
      let child = edit.children.get(segment);
      if (child === undefined) edit.children.set(segment, (child = { children: new Map() }));
      edit = child;
    }
    if (change.operation === "move") edit.move = change;
    else edit.whole = change;
  }
  return root;
}

function edited(value: Json, edit: Edit, path: string): Json {
  if (edit.whole !== undefined) return wanted(edit.whole);
  if (edit.children.size === 0) return value;
  if (Array.isArray(value)) return editedItems(value, edit, path);
  if (isJsonObject(value)) return editedMembers(value, edit, path);
  throw new TypeError(`cannot change below ${path}: there is a plain value`);
}

function wanted(change: FieldChange): Json {
  if (change.after === undefined) throw new TypeError(`the change at ${change.path} has no new value`);
  return change.after;
}

function editedMembers(value: JsonObject, edit: Edit, path: string): JsonObject {
  const copy: { [name: string]: Json } = { ...value };
  for (const [name, child] of edit.children) {
    const isPresent = Object.hasOwn(copy, name);
    if (isPresent === (child.whole?.operation === "add"))
      throw new TypeError(`the change at ${path}.${name} does not fit`);
    if (child.whole?.operation === "remove") delete copy[name];
    else put(copy, name, isPresent ? edited(copy[name]!, child, `${path}.${name}`) : wanted(child.whole!));
  }
  return copy;
}

function put(target: { [name: string]: Json }, name: string, value: Json): void {
  if (name === "__proto__")
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

function editedItems(items: readonly Json[], edit: Edit, path: string): Json[] {
  const member = keyMemberOf(items);
  const pending = new Map(edit.children);
  const placed = new Map<number, Json>();
  const kept: Json[] = [];
  for (const item of items) {
    const key = member === null ? undefined : keyOf(item, member);
    const child = key === undefined ? undefined : pending.get(key);
    if (key !== undefined) pending.delete(key);
    if (child?.whole?.operation === "remove") continue;
    const next = child === undefined ? item : edited(item, child, `${path}[${key}]`);
    if (child?.move === undefined) kept.push(next);
    else placed.set(child.move.after as number, next);
  }
  for (const [key, child] of pending) {
    if (child.whole?.operation !== "add") throw new TypeError(`there is no item ${key} in ${path}`);
    placed.set(child.whole.rank ?? items.length + placed.size, wanted(child.whole));
  }
  return placed.size === 0 ? kept : merged(kept, placed);
}

/** Items with a place of their own at that place, the others in order around them. */
function merged(kept: readonly Json[], placed: ReadonlyMap<number, Json>): Json[] {
  const result: Json[] = [];
  let next = 0;
  for (const [rank, item] of [...placed].toSorted((left, right) => left[0] - right[0])) {
    while (result.length < rank && next < kept.length) result.push(kept[next++]!);
    result.push(item);
  }
  return result.concat(kept.slice(next));
}
