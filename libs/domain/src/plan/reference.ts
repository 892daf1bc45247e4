import { AppError, isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { isReference, type ResourceReference } from "../release/index.ts";
import type { Binding, Slot } from "../slot/index.ts";

/** Answers what a reference stands for, or null while that is not known. */
export type ReferenceLookup = (reference: ResourceReference) => string | null;

/** A copy with every known reference replaced by its value; unknown ones stay. */
export function resolveKnown(value: Json, lookup: ReferenceLookup): Json {
  if (Array.isArray(value)) return value.map((item) => resolveKnown(item, lookup));
  if (!isJsonObject(value)) return value;
  if (isReference(value)) return lookup(value as unknown as ResourceReference) ?? value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolveKnown(member, lookup)]));
}

/** All references inside a value. */
export function referencesIn(value: Json): ResourceReference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isJsonObject(value)) return [];
  return isReference(value) ? [value as unknown as ResourceReference] : Object.values(value).flatMap(referencesIn);
}

/**
 * The fields as they are sent: references replaced by the external id or version that the slot's (or the deployment's) bindings
 * hold now. Throws `internal` naming the reference when a binding is missing or not confirmed: the order of operations was broken.
 */
export function resolveReferences(
  fields: JsonObject,
  bindings: readonly Pick<Binding, "address" | "slot" | "externalId" | "version">[],
  slot: Slot,
): JsonObject {
  const lookup: ReferenceLookup = ({ $ref, part }) => {
    const binding = bindings.find((one) => one.address === $ref && (one.slot === null || one.slot === slot));
    const value = binding?.[part] ?? null;
    if (value === null)
      throw new AppError("internal", `${$ref} has no ${part} yet`, { details: { address: $ref, part, slot } });
    return value;
  };
  return resolveKnown(fields, lookup) as JsonObject;
}
