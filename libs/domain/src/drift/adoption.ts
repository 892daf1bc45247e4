import { canonicalJson, isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { exactTemplate, type Manifest, parseTemplate } from "../manifest/index.ts";
import { keyMemberOf, keyOf, observedFrom, parsePath } from "../plan/index.ts";
import type { ResourceDrift } from "./look.ts";

/** What a drifted object can be adopted from. */
export interface AdoptionInput {
  /** The manifest of the release that the object belongs to. */
  readonly manifest: Pick<Manifest, "name" | "resources" | "parameters">;
  readonly resource: Pick<ResourceDrift, "address" | "owner" | "fields">;
  /** The object as it was read back after our last write. */
  readonly applied: JsonObject;
  /** Which of its drifted fields. */
  readonly paths: readonly string[];
}

/** The parameters that produce the observed values, or why there are none; one refusal for each path that has none. */
export type Adoption =
  | {
      readonly isPossible: true;
      readonly values: Readonly<Record<string, Json>>;
      /** Other places that the same parameters feed, `<address> <path>`: they change with it. */
      readonly alsoFeeds: readonly string[];
    }
  | { readonly isPossible: false; readonly refusals: readonly { readonly path: string; readonly why: string }[] };

/** Finds the parameters whose values would make the playbook produce what was observed. Pure; the values are not held against their schema. */
export function adoptionOf(input: AdoptionInput): Adoption {
  const { manifest, resource, paths } = input;
  if (resource.owner === "connection") return refused(paths, SHARED);
  const authored = manifest.resources[resource.address]?.fields;
  if (authored === undefined) return refused(paths, `${manifest.name} declares no ${resource.address}`);
  const observed = observedFrom(input.applied, resource.fields);
  const found = paths.map((path) => ({ path, ...producer(authored, { applied: input.applied, observed }, path) }));
  const refusals = found.flatMap(({ path, parameter, value, why }) => {
    const other = found.find((one) => one.parameter === parameter && !isSameValue(one.value, value));
    const said = why ?? (other === undefined ? undefined : `${parameter} would need another value for ${other.path}`);
    return said === undefined ? [] : [{ path, why: said }];
  });
  if (refusals.length > 0) return { isPossible: false, refusals };
  const values = Object.fromEntries(found.map(({ parameter, value }) => [parameter ?? "", value ?? null]));
  return { isPossible: true, values, alsoFeeds: otherUses(input, Object.keys(values)) };
}

const isSameValue = (left: Json | undefined, right: Json | undefined): boolean =>
  canonicalJson(left ?? null) === canonicalJson(right ?? null);

const SHARED =
  "the object is shared by all deployments on the account: set the parameter in the tenant overlay, or revert or ignore it";

const refused = (paths: readonly string[], why: string): Adoption => ({
  isPossible: false,
  refusals: paths.map((path) => ({ path, why })),
});

interface Producer {
  readonly parameter?: string;
  readonly value?: Json;
  readonly why?: string;
}

interface Pair {
  readonly applied: Json | undefined;
  readonly observed: Json | undefined;
}

/** Walks to a path in the authored fields until a template produces all of what is there. */
function producer(authored: Json, pair: Pair, path: string): Producer {
  let place: { authored: Json | undefined; pair: Pair } = { authored, pair };
  for (const segment of [...parsePath(path), null]) {
    if (typeof place.authored === "string") return fromText(place.authored, place.pair.observed);
    if (segment === null) break;
    place = below(place, segment);
    if (place.authored === undefined)
      return { why: "the playbook does not set this field: add it to the manifest, or revert or ignore it" };
  }
  return { why: "the playbook itself says what stands here: change the manifest, or revert or ignore it" };
}

function fromText(text: string, observed: Json | undefined): Producer {
  const name = exactTemplate(text);
  if (name?.startsWith("parameters.") === true) {
    if (observed === undefined)
      return { why: "it was removed at the vendor: unset the parameter yourself, or revert it" };
    if (hasFingerprint(observed))
      return { why: "it holds a secret, which is never kept: set it yourself, or revert it" };
    return { parameter: name.slice("parameters.".length), value: observed };
  }
  if (name !== null) return { why: `Tandem itself fills in ${name}: revert or ignore it` };
  const names = (parseTemplate(text) ?? []).flatMap((part) => ("name" in part ? [part.name] : []));
  return {
    why:
      names.length === 0
        ? "the playbook itself says what stands here: change the manifest, or revert or ignore it"
        : `the playbook puts it together from ${names.join(", ")}: change those or the manifest, or revert or ignore it`,
  };
}

const FINGERPRINT = /sha256:[0-9a-f]{4}…/;
const hasFingerprint = (value: Json): boolean => FINGERPRINT.test(JSON.stringify(value));

function below({ authored, pair }: { authored: Json | undefined; pair: Pair }, segment: string) {
  if (!Array.isArray(authored))
    return {
      authored: memberOf(authored, segment),
      pair: { applied: memberOf(pair.applied, segment), observed: memberOf(pair.observed, segment) },
    };
  const index = indexIn(pair.applied, segment);
  return {
    authored: index === -1 ? undefined : (authored[index] as Json | undefined),
    pair: { applied: itemOf(pair.applied, segment), observed: itemOf(pair.observed, segment) },
  };
}

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  value !== undefined && isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Where the item with this key stands: authored items, whose keys may be templates, stand in the same order. */
function indexIn(value: Json | undefined, key: string): number {
  if (!Array.isArray(value)) return -1;
  const member = keyMemberOf(value as Json[]);
  return member === null ? -1 : value.findIndex((item) => keyOf(item as Json, member) === key);
}

const itemOf = (value: Json | undefined, key: string): Json | undefined =>
  Array.isArray(value) ? (value[indexIn(value, key)] as Json | undefined) : undefined;

/** Where else these parameters stand in the playbook's resources. */
function otherUses({ manifest, resource, paths }: AdoptionInput, parameters: readonly string[]): string[] {
  const wanted = new Set(parameters.map((name) => `parameters.${name}`));
  return Object.entries(manifest.resources).flatMap(([address, { fields }]) =>
    usesIn(fields, wanted)
      .filter((path) => address !== resource.address || !paths.includes(path))
      .map((path) => `${address} ${path}`),
  );
}

function usesIn(value: Json, wanted: ReadonlySet<string>, path = ""): string[] {
  if (typeof value === "string")
    return (parseTemplate(value) ?? []).some((part) => "name" in part && wanted.has(part.name)) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => usesIn(item as Json, wanted, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    usesIn(member, wanted, path === "" ? name : `${path}.${name}`),
  );
}
