import { canonicalJson, isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { Manifest } from "./manifest.ts";
import { formatPath, type Path } from "./path.ts";

/** One place at which two versions of a playbook differ. */
export interface ManifestChange {
  /** `conversation.objectives["greet"].goal`: items of lists are named where they have names. */
  readonly path: string;
  /** The member of the manifest that it is in, e.g. `conversation`. */
  readonly section: string;
  readonly change: "added" | "removed" | "changed";
  /** Null when it was added. */
  readonly before: Json;
  /** Null when it was removed. */
  readonly after: Json;
}

/** Everything in which two versions differ, in the order of the older one, with new things behind. */
export const manifestChanges = (previous: Manifest, next: Manifest): readonly ManifestChange[] =>
  differences(previous as unknown as JsonObject, next as unknown as JsonObject, []);

function differences(before: Json | undefined, after: Json | undefined, path: Path): ManifestChange[] {
  if (before === undefined || after === undefined) return [placed(path, before, after)];
  const members = membersOf(before, after);
  if (members !== null) {
    const [old, now] = members;
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
      differences(old.get(name), now.get(name), [...path, name]),
    );
  }
  return canonicalJson(before) === canonicalJson(after) ? [] : [placed(path, before, after)];
}

function placed(path: Path, before: Json | undefined, after: Json | undefined): ManifestChange {
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return {
    path: formatPath(path),
    section: String(path[0] ?? ""),
    change,
    before: before ?? null,
    after: after ?? null,
  };
}

type Members = ReadonlyMap<string, Json>;

/** Both values as named members; null when they can only be compared as wholes. */
function membersOf(before: Json, after: Json): readonly [Members, Members] | null {
  if (isJsonObject(before) && isJsonObject(after))
    return [new Map(Object.entries(before)), new Map(Object.entries(after))];
  if (!Array.isArray(before) || !Array.isArray(after)) return null;
  const [old, now] = [namedItems(before as Json[]), namedItems(after as Json[])];
  return old === null || now === null ? null : [old, now];
}

const NAMES = ["name", "id", "key", "provider"] as const;

/** Items by what names them; null unless every item has a name of its own. */
function namedItems(items: readonly Json[]): Members | null {
  const member = NAMES.find((name) => items.every((item) => isJsonObject(item) && typeof item[name] === "string"));
  if (member === undefined) return null;
  const named = new Map(items.map((item) => [String((item as JsonObject)[member]), item]));
  return named.size === items.length ? named : null;
}
