import { diffFields } from "@tandem/domain/plan";
import type { Binding } from "@tandem/domain/slot";
import type { Observer } from "./observer.ts";

/** How an object stands against what we last wrote. */
export interface Drift {
  readonly state: "clean" | "drifted" | "missing";
  /** Paths that differ; no values. */
  readonly changed: readonly string[];
}

/** Compares one bound object with what was last applied. What was only adopted has nothing to compare with. Errors: `VendorError`. */
export async function driftOf(observer: Observer, binding: Binding): Promise<Drift> {
  if (binding.externalId === null) return { state: "missing", changed: [] };
  await observer.beforeCall();
  const { resources } = await observer.connections.open(binding.connectionId);
  const found = await resources.read(binding.kind, binding.externalId);
  if (found === null) return { state: "missing", changed: [] };
  if (binding.lastApplied === null) return { state: "clean", changed: [] };
  const changed = diffFields(binding.lastApplied, found.fields).map(({ path }) => path);
  return { state: changed.length === 0 ? "clean" : "drifted", changed };
}
