import { VendorError } from "@tandem/kernel";
import { observedKey } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import { type Binding, externalKey, type Slot } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import type { EngineContext } from "../context.ts";
import type { Observer } from "./observer.ts";
import { NUMBER_KIND } from "./routing.ts";

/** One vendor object to look for: by the id it is bound to, else by our key. */
export interface Wanted {
  readonly key: string;
  readonly kind: string;
  readonly vendor: string;
  readonly connectionId: string;
  readonly externalKey: string;
  readonly externalId: string | null;
}

/**
 * Every object a plan of this bundle must know about: each resource in the target slot, and each binding of that slot or of the
 * deployment that the bundle no longer names. Numbers are observed through their routing.
 */
export function wantedFor(context: EngineContext, view: RolloutView, bundle: ReleaseBundle, target: Slot): Wanted[] {
  const bound = new Map(view.bindings.map((binding) => [observedKey(binding.address, binding.slot), binding]));
  const wanted = new Map<string, Wanted>();
  for (const resource of bundle.resources) {
    const connection = bundle.connections[resource.role];
    if (connection === undefined || resource.kind === NUMBER_KIND) continue;
    const slot = resource.owner === "slot" ? target : null;
    const key = observedKey(resource.address, slot);
    const binding = bound.get(key);
    const isHere = binding !== undefined && binding.connectionId === connection.connectionId;
    const { tenantId, id: deploymentId } = view.deployment;
    const scope =
      resource.owner === "connection"
        ? ({ owner: "connection", tenantId, connectionId: connection.connectionId } as const)
        : resource.owner === "deployment"
          ? ({ owner: "deployment", tenantId, deploymentId } as const)
          : ({ owner: "slot", tenantId, deploymentId, slot: target } as const);
    wanted.set(key, {
      key,
      kind: resource.kind,
      vendor: connection.vendor,
      connectionId: connection.connectionId,
      externalKey: isHere ? binding.externalKey : externalKey(context.installKey, scope, resource.address),
      externalId: isHere ? binding.externalId : null,
    });
  }
  for (const binding of view.bindings) {
    const key = observedKey(binding.address, binding.slot);
    if ((binding.slot !== null && binding.slot !== target) || wanted.has(key) || binding.kind === NUMBER_KIND) continue;
    wanted.set(key, wantedOf(view, binding));
  }
  return [...wanted.values()];
}

/** A binding as something to look for. */
export const wantedOf = (view: RolloutView, binding: Binding): Wanted => ({
  key: observedKey(binding.address, binding.slot),
  kind: binding.kind,
  vendor: view.connections.find(({ id }) => id === binding.connectionId)?.vendor ?? "unknown",
  connectionId: binding.connectionId,
  externalKey: binding.externalKey,
  externalId: binding.externalId,
});

/** Reads all of them. Absent is only what a complete answer does not have: an incomplete listing is an error, never an absence. */
export async function readObjects(
  observer: Observer,
  wanted: readonly Wanted[],
): Promise<Map<string, VendorObject | null>> {
  const found = new Map<string, VendorObject | null>();
  for (const one of wanted) found.set(one.key, await readObject(observer, one));
  return found;
}

/** One object, or null when the vendor does not have it. Errors: `VendorError`. */
export async function readObject(observer: Observer, wanted: Wanted): Promise<VendorObject | null> {
  await observer.beforeCall();
  const { resources } = await observer.connections.open(wanted.connectionId);
  const byId = wanted.externalId === null ? null : await resources.read(wanted.kind, wanted.externalId);
  if (byId !== null) return byId;
  const listing = await resources.findByKey(wanted.kind, wanted.externalKey);
  for (const { externalId } of listing.items) {
    const read = await resources.read(wanted.kind, externalId);
    if (read !== null) return read;
  }
  if (listing.complete) return null;
  throw new VendorError("the listing was not complete", {
    vendor: wanted.vendor,
    operation: `list ${wanted.kind}`,
    fault: "unavailable",
    effect: "none",
  });
}
