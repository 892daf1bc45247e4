import { isJsonObject, isSecretMember, type Json, type JsonObject, secretFingerprint } from "@tandem/kernel";
import type { ValueSource } from "../tenant/index.ts";
import type { FieldChange } from "./change.ts";
import { memberSegment, parsePath, pathOf } from "./field-path.ts";
import { keyMemberOf, keyOf } from "./item-key.ts";
import { referencesIn } from "./reference.ts";

/** Layers from the nearest to the farthest: where several reach one value, the nearest is named. */
const NEARNESS: readonly ValueSource[] = ["deployment-overlay", "tenant-overlay", "playbook", "system"];

/** The changes with the layer each new value comes from and whether it waits for another operation. */
export function explained(
  changes: readonly FieldChange[],
  after: JsonObject,
  sources: Readonly<Record<string, ValueSource>>,
): FieldChange[] {
  return changes.map((change) => {
    if (change.operation === "move" || change.after === undefined) return change;
    return {
      ...change,
      source: sourceOf(indexedPath(parsePath(change.path), after), sources),
      ...(referencesIn(change.after).length > 0 && { knownAfterApply: true }),
    };
  });
}

/** The layer of a path: of itself, of what holds it, else the nearest layer among what it holds; the playbook when nothing is listed. */
function sourceOf(path: string, sources: Readonly<Record<string, ValueSource>>): ValueSource {
  const listed = Object.keys(sources);
  const [holder] = listed.filter((one) => isWithin(path, one)).toSorted((left, right) => right.length - left.length);
  if (holder !== undefined) return sources[holder] ?? "playbook";
  const inside = new Set(listed.filter((one) => isWithin(one, path)).map((one) => sources[one]));
  return NEARNESS.find((source) => inside.has(source)) ?? "playbook";
}

const isWithin = (path: string, holder: string): boolean =>
  holder === "" ||
  path === holder ||
  (path.startsWith(holder) && (path[holder.length] === "." || path[holder.length] === "["));

/** A path by keys written by indexes, as provenance is recorded: `tools[book].url` → `tools[0].url`. */
function indexedPath(segments: readonly string[], root: Json): string {
  let path = "";
  let value: Json | undefined = root;
  for (const segment of segments) {
    if (Array.isArray(value)) {
      const member: string | null = keyMemberOf(value);
      const index: number = member === null ? -1 : value.findIndex((item) => keyOf(item, member) === segment);
      path += `[${index}]`;
      value = value[index] as Json | undefined;
    } else {
      path += memberSegment(segment);
      value = isJsonObject(value) ? value[segment] : undefined;
    }
  }
  return pathOf(path);
}

/** The changes with every text under a secret-sounding name replaced by its fingerprint. */
export const masked = (changes: readonly FieldChange[]): FieldChange[] => changes.map(maskedChange);

function maskedChange(change: FieldChange): FieldChange {
  const isSecret = parsePath(change.path).some(isSecretMember);
  return {
    ...change,
    ...(change.before !== undefined && { before: maskedValue(change.before, isSecret) }),
    ...(change.after !== undefined && { after: maskedValue(change.after, isSecret) }),
  };
}

const FINGERPRINT = /^sha256:[0-9a-f]{4}…$/;

/** A copy in which texts under secret-sounding names (all of them when `isSecret`) show as fingerprints. */
export function maskedValue(value: Json, isSecret = false): Json {
  if (typeof value === "string") return isSecret && !FINGERPRINT.test(value) ? secretFingerprint(value) : value;
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, isSecret));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, maskedValue(member, isSecret || isSecretMember(name))]),
  );
}
