import { driftedFields, type FieldChange, maskedChanges } from "@tandem/domain/plan";
import type { Binding } from "@tandem/domain/slot";
import type { Observer } from "./observer.ts";

/** How an object stands against what we last wrote. */
export interface Drift {
  readonly state: "clean" | "drifted" | "missing";
  /** From applied to observed; secret texts show as fingerprints. */
  readonly fields: readonly FieldChange[];
}

/** Compares one bound object with what was last applied. What was only adopted has nothing to compare with. Errors: `VendorError`. */
export async function driftOf(observer: Observer, binding: Binding): Promise<Drift> {
  if (binding.externalId === null) return { state: "missing", fields: [] };
  await observer.beforeCall();
  const { resources } = await observer.connections.open(binding.connectionId);
  const found = await resources.read(binding.kind, binding.externalId);
  if (found === null) return { state: "missing", fields: [] };
  if (binding.lastApplied === null) return { state: "clean", fields: [] };
  const fields = maskedChanges(driftedFields(binding.lastApplied, found.fields));
  return { state: fields.length === 0 ? "clean" : "drifted", fields };
}
