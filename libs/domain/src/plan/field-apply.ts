import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { FieldChange } from "./change.ts";
import { segmentAt } from "./field-path.ts";
import { keyMemberOf, keyOf } from "./item-key.ts";

/** All changes at and below one place. */
interface Edit {
  children?: Map<string, Edit>;
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

/** Changes mostly come sorted by place, so that each path is read on from where it parts from the one before. */
function editTree(changes: readonly FieldChange[]): Edit {
  const root: Edit = {};
  const trail: Edit[] = [root];
  const ends: number[] = [0];
  let last = "";
  for (const change of changes) {
    const { path } = change;
    const shared = sharedLength(last, path);
    while (ends.length > 1 && (ends.at(-1) as number) > shared) {
      ends.pop();
      trail.pop();
    }
    while ((ends.at(-1) as number) < path.length) {
      const { name, end } = segmentAt(path, ends.at(-1) as number);
      trail.push(childOf(trail.at(-1) as Edit, name));
      ends.push(end);
    }
    const place = trail.at(-1) as Edit;
    if (change.operation === "move") place.move = change;
    else place.whole = change;
    last = path;
  }
  return root;
}

/** How many characters two paths share up to the end of a segment of both. */
function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left.charCodeAt(length) === right.charCodeAt(length)) length++;
  return isSegmentEnd(left, length) && isSegmentEnd(right, length) ? length : length - 1;
}

const isSegmentEnd = (path: string, at: number): boolean => at === path.length || path[at] === "." || path[at] === "[";

function childOf(edit: Edit, segment: string): Edit {
  edit.children ??= new Map();
  let child = edit.children.get(segment);
  if (child === undefined) edit.children.set(segment, (child = {}));
  return child;
}

function edited(value: Json, edit: Edit, path: string): Json {
  if (edit.whole !== undefined) return wanted(edit.whole);
  if (edit.children === undefined) return value;
  if (Array.isArray(value)) return editedItems(value, edit.children, path);
  if (isJsonObject(value)) return editedMembers(value, edit.children, path);
  throw new TypeError(`cannot change below ${path}: there is a plain value`);
}

function wanted(change: FieldChange): Json {
  if (change.after === undefined) throw new TypeError(`the change at ${change.path} has no new value`);
  return change.after;
}

function editedMembers(value: JsonObject, edits: ReadonlyMap<string, Edit>, path: string): JsonObject {
  const copy: { [name: string]: Json } = { ...value };
  for (const [name, edit] of edits) {
    const place = `${path}.${name}`;
    if (edit.whole?.operation === "add") {
      if (Object.hasOwn(copy, name)) throw new TypeError(`${place} exists already`);
      put(copy, name, wanted(edit.whole));
    } else if (!Object.hasOwn(copy, name)) throw new TypeError(`there is no ${place}`);
    else if (edit.whole?.operation === "remove") delete copy[name];
    else put(copy, name, edited(copy[name] as Json, edit, place));
  }
  return copy;
}

function put(target: { [name: string]: Json }, name: string, value: Json): void {
  if (name === "__proto__")
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

function editedItems(items: readonly Json[], edits: ReadonlyMap<string, Edit>, path: string): Json[] {
  const member = keyMemberOf(items);
  const placed = new Map<number, Json>();
  const kept: Json[] = [];
  let fitting = 0;
  for (const item of items) {
    const key = member === null ? "" : keyOf(item, member);
    const edit = key === "" ? undefined : edits.get(key);
    if (edit === undefined) kept.push(item);
    else if (edit.whole?.operation === "add") throw new TypeError(`${path}[${key}] exists already`);
    else {
      fitting++;
      if (edit.whole?.operation !== "remove") place(edited(item, edit, `${path}[${key}]`), edit, kept, placed);
    }
  }
  if (fitting < edits.size) placeAdded(edits, edits.size - fitting, placed, path);
  return placed.size === 0 ? kept : merged(kept, placed);
}

function place(item: Json, edit: Edit, kept: Json[], placed: Map<number, Json>): void {
  if (edit.move === undefined) kept.push(item);
  else placed.set(edit.move.after as number, item);
}

/** Puts the added items at their ranks; all of the `count` edits that fit no item must be additions. */
function placeAdded(edits: ReadonlyMap<string, Edit>, count: number, placed: Map<number, Json>, path: string): void {
  let added = 0;
  for (const { whole } of edits.values()) {
    if (whole?.operation !== "add" || whole.rank === undefined) continue;
    placed.set(whole.rank, wanted(whole));
    added++;
  }
  if (added !== count) throw new TypeError(`there is no item for ${count - added} of the changes in ${path}`);
}

/** Items with a place of their own at that place, the others in order around them. */
function merged(kept: readonly Json[], placed: ReadonlyMap<number, Json>): Json[] {
  const result: Json[] = [];
  let next = 0;
  for (const [rank, item] of [...placed].toSorted((left, right) => left[0] - right[0])) {
    const room = Math.max(0, rank - result.length);
    result.push(...kept.slice(next, next + room), item);
    next = Math.min(kept.length, next + room);
  }
  return result.concat(kept.slice(next));
}
