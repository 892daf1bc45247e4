import type { ReleaseBundle } from "@tandem/domain/release";
import type { Pointer, Slot } from "@tandem/domain/slot";
import type { ServedDeployment } from "@tandem/ports/store/pointer-feed";

/** A deployment as this node answers for it: whole, or not at all. */
export interface Served {
  readonly deployment: ServedDeployment;
  /** Bundle of each filled slot. */
  readonly bundles: Readonly<Partial<Record<Slot, ReleaseBundle>>>;
  /** The pointer in force: the deployment's own, or what an operator pinned on this node by hand. */
  readonly pointer: Pointer;
  readonly pin: Pin | null;
  /** Bundle hash → generation at which this node first saw it active: tells a switch (newer) from a rollback (older). */
  readonly activeSince: Readonly<Record<string, number>>;
  /** What an operator must look at; null when all is well. */
  readonly alarm: PointerAlarm | null;
}

/** A slot chosen by hand on this node while the control plane is away (ruling 24). */
export interface Pin {
  readonly slot: Slot;
  /** Generation in force when it was made; a later one ends the pin. */
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly madeAtMs: number;
}

/** `lower-generation`: the database went back in time and we keep our own · `gone`: the database no longer lists it · `pinned`: by hand. */
export interface PointerAlarm {
  readonly kind: "lower-generation" | "gone" | "pinned";
  readonly since: number;
  readonly detail: string;
}

/** The bundle of a slot together with what the slot holds; null when the slot cannot take calls on this node. */
export function slotRelease(
  served: Served,
  slot: Slot,
): { readonly bundle: ReleaseBundle; readonly bundleHash: string } | null {
  const bundle = served.bundles[slot];
  const { bundleHash } = served.deployment.slots[slot];
  return bundle === undefined || bundleHash === null ? null : { bundle, bundleHash };
}
