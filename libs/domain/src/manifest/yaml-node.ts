import type { Json, SourcePosition } from "@tandem/kernel";
import type { Path } from "./path.ts";
import { positionAt, type SourceFile } from "./source-file.ts";

interface Placed {
  readonly file: SourceFile;
  /** Zero-based offset of the node's first character. */
  readonly offset: number;
}

export interface YamlScalar extends Placed {
  readonly kind: "scalar";
  readonly value: null | boolean | number | string;
  /** Characters as written, without quotes' meaning applied. */
  readonly raw: string;
  /** Not quoted and no block: its type was guessed from its look. */
  readonly isPlain: boolean;
}

export interface YamlSequence extends Placed {
  readonly kind: "sequence";
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly keyOffset: number;
  readonly value: YamlNode;
}

export interface YamlMapping extends Placed {
  readonly kind: "mapping";
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

/** A parsed document that knows where each value stands. Nodes of one tree may come from several files. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

/** The plain value. */
export function toJson(node: YamlNode): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "sequence") return node.items.map(toJson);
  return Object.fromEntries([...node.entries].map(([name, entry]) => [name, toJson(entry.value)]));
}

/** The node at a path, or undefined. */
export function nodeAt(root: YamlNode, path: Path): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of path) node = node && child(node, part);
  return node;
}

function child(node: YamlNode, part: string | number): YamlNode | undefined {
  if (node.kind === "mapping") return node.entries.get(String(part))?.value;
  return node.kind === "sequence" && typeof part === "number" ? node.items[part] : undefined;
}

/** Where a path stands: its key when it is a member, else its value; the nearest existing ancestor when it does not exist. */
export function positionOf(root: YamlNode, path: Path): SourcePosition {
  let node = root;
  let place = positionAt(root.file, root.offset);
  for (const part of path) {
    const next = child(node, part);
    if (next === undefined) return place;
    const entry = node.kind === "mapping" ? node.entries.get(String(part)) : undefined;
    place = entry === undefined ? positionAt(next.file, next.offset) : positionAt(node.file, entry.keyOffset);
    node = next;
  }
  return place;
}
