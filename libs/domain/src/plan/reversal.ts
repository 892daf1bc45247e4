import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { narrowed } from "./expansion.ts";
import { keyMemberOf } from "./item-key.ts";
import { isSameJson, ownMember } from "./json-equality.ts";

/** What a reversal leaves although it was added or set. */
export interface ReversalLimits {
  /** What others need of the object: another release of the deployment, other deployments, lists that only grow. */
  readonly keepers: readonly Json[];
  /** True where taking something out would lose data for good: only values are set back. */
  readonly keepsAdditions: boolean;
}

/**
 * What is there now without what one write changed: `before` became `after`, and `present` may have moved on since. What the write
 * added goes, what it set is set back, what it took away comes back; what others did meanwhile stays, and so does what `limits` name.
 * With nothing done by others and nothing to keep it answers `before`.
 */
export function reversed(present: Json, after: Json, before: Json, limits: ReversalLimits): Json {
  if (isSameJson(after, before)) return present;
  if (Array.isArray(present) && Array.isArray(after) && Array.isArray(before))
    return reversedItems(present, after, before, limits);
  if (isJsonObject(present) && isJsonObject(after) && isJsonObject(before))
    return reversedMembers(present, after, before, limits);
  return isSameJson(present, after) && !limits.keepers.some((keeper) => isSameJson(keeper, after)) ? before : present;
}

function reversedMembers(
  present: JsonObject,
  after: JsonObject,
  before: JsonObject,
  limits: ReversalLimits,
): JsonObject {
  const stays = Object.entries(present).flatMap(([name, value]): [string, Json][] => {
    const written = ownMember(after, name);
    const former = ownMember(before, name);
    const within = limitsAt(limits, (keeper) => (isJsonObject(keeper) ? ownMember(keeper, name) : undefined));
    return stayed({ value, written, former }, within).map((kept) => [name, kept]);
  });
  const returned = Object.entries(before).filter(
    ([name]) => !Object.hasOwn(present, name) && !Object.hasOwn(after, name),
  );
  return Object.fromEntries([...stays, ...returned]);
}

function reversedItems(
  present: readonly Json[],
  after: readonly Json[],
  before: readonly Json[],
  limits: ReversalLimits,
): Json[] {
  const twin = twinsBy(keyMemberOf(present) ?? keyMemberOf(before));
  const stays = present.flatMap((value) =>
    stayed(
      { value, written: twin(after, value), former: twin(before, value) },
      limitsAt(limits, (keeper) => (Array.isArray(keeper) ? twin(keeper, value) : undefined)),
    ),
  );
  const returned = before.filter((item) => twin(present, item) === undefined && twin(after, item) === undefined);
  return [...stays, ...returned];
}

const twinsBy =
  (member: string | null) =>
  (items: readonly Json[], item: Json): Json | undefined =>
    items.find((one) =>
      member === null ? isSameJson(one, item) : isJsonObject(one) && isJsonObject(item) && one[member] === item[member],
    );

const limitsAt = (limits: ReversalLimits, part: (keeper: Json) => Json | undefined): ReversalLimits => ({
  ...limits,
  keepers: limits.keepers.map(part).filter((value) => value !== undefined),
});

/** One member or item of what is there: as it is, in part, or (an empty list) not at all. */
function stayed(
  part: { readonly value: Json; readonly written: Json | undefined; readonly former: Json | undefined },
  limits: ReversalLimits,
): Json[] {
  const { value, written, former } = part;
  if (written === undefined) return [value];
  if (former !== undefined) return [reversed(value, written, former, limits)];
  if (limits.keepsAdditions) return [value];
  if (limits.keepers.length > 0) return [narrowed(value, written, limits.keepers)];
  return isSameJson(value, written) ? [] : [value];
}
