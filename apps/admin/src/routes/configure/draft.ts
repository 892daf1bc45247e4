import type { Json } from "@tandem/kernel";

/** A configuration as a person edits it; of a tenant's overlay only `overlay` is used. */
export interface Draft {
  readonly number: string | null;
  readonly connections: Readonly<Record<string, string>>;
  readonly overlay: Readonly<Record<string, Json>>;
}

/** One input of a draft: `number`, `connections/<role>` or `overlay/<parameter>`. */
export type Place = string;

/** An input that two people have set to different values since they read the same one. */
export interface Conflict {
  readonly place: Place;
  /** Undefined: nothing is said there. */
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
}

/** What comes of two people's changes to the same configuration. */
export interface Merged {
  /** Both people's changes; where they conflict, mine. */
  readonly draft: Draft;
  readonly conflicts: readonly Conflict[];
  /** What only the other person has changed. */
  readonly taken: readonly Place[];
}

/** What stands at a place; undefined when nothing is said there. */
export function valueAt({ number, connections, overlay }: Draft, place: Place): Json | undefined {
  if (place === "number") return number ?? undefined;
  const [part, name] = splitPlace(place);
  const values = part === "connections" ? connections : overlay;
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The draft with another value at the place; undefined takes it away. */
export function withValue(draft: Draft, place: Place, value: Json | undefined): Draft {
  if (place === "number") return { ...draft, number: typeof value === "string" ? value : null };
  const [part, name] = splitPlace(place);
  if (value !== undefined) return { ...draft, [part]: { ...draft[part], [name]: value } };
  const { [name]: _gone, ...rest } = draft[part];
  return { ...draft, [part]: rest };
}

function splitPlace(place: Place): readonly ["connections" | "overlay", string] {
  const slash = place.indexOf("/");
  return [place.slice(0, slash) === "connections" ? "connections" : "overlay", place.slice(slash + 1)];
}

const placesOf = ({ connections, overlay }: Draft): readonly Place[] => [
  "number",
  ...Object.keys(connections).map((role) => `connections/${role}`),
  ...Object.keys(overlay).map((name) => `overlay/${name}`),
];

/** The places at which two drafts differ. */
export const differences = (before: Draft, after: Draft): readonly Place[] =>
  [...new Set([...placesOf(before), ...placesOf(after)])].filter(
    (place) => !isSame(valueAt(before, place), valueAt(after, place)),
  );

/** Brings my changes and theirs together, both made to `base`. */
export function merge(base: Draft, mine: Draft, theirs: Draft): Merged {
  const changed = new Set(differences(base, mine));
  const conflicts: Conflict[] = [];
  const taken: Place[] = [];
  for (const place of differences(base, theirs)) {
    const [my, their] = [valueAt(mine, place), valueAt(theirs, place)];
    if (!changed.has(place)) taken.push(place);
    else if (!isSame(my, their)) conflicts.push({ place, mine: my, theirs: their });
  }
  let draft = theirs;
  for (const place of changed) draft = withValue(draft, place, valueAt(mine, place));
  return { draft, conflicts, taken };
}

/** Whether two values say the same, whatever the order of their members. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [ofA, ofB] = [a as Record<string, Json>, b as Record<string, Json>];
  const names = Object.keys(ofA);
  return (
    names.length === Object.keys(ofB).length &&
    names.every((name) => Object.hasOwn(ofB, name) && isSame(ofA[name], ofB[name]))
  );
}
