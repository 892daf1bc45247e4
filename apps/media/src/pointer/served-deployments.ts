import type { ReleaseBundle } from "@tandem/domain/release";
import type { Pointer, Slot } from "@tandem/domain/slot";
import type { ServedDeployment } from "@tandem/ports/store/pointer-feed";
import type { Pin, PointerAlarm, Served } from "./served.ts";

export type Acceptance = "accepted" | "lower-generation";

/** Every deployment of this node in memory. Only a higher or equal generation is accepted; what the database lost is kept. */
export class ServedDeployments {
  readonly #byId = new Map<string, Served>();
  readonly #idByIngressKey = new Map<string, string>();
  readonly #now: () => number;
  /** Called with each deployment that changed, for the copy on disk. */
  onChange: (served: Served) => void = () => undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): readonly Served[] {
    return [...this.#byId.values()];
  }

  get(deploymentId: string): Served | undefined {
    return this.#byId.get(deploymentId);
  }

  byIngressKey(ingressKey: string): Served | undefined {
    const id = this.#idByIngressKey.get(ingressKey);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Takes what the database says. A lower generation is refused unless an operator confirmed the new lineage. */
  accept(
    deployment: ServedDeployment,
    bundles: Partial<Record<Slot, ReleaseBundle>>,
    options: { readonly isLineageConfirmed?: boolean } = {},
  ): Acceptance {
    const present = this.#byId.get(deployment.deploymentId);
    const isLower = present !== undefined && deployment.pointer.generation < present.deployment.pointer.generation;
    if (isLower && options.isLineageConfirmed !== true) {
      const ours = present.deployment.pointer.generation;
      const detail = `the database is at generation ${deployment.pointer.generation}, this node keeps ${ours}`;
      this.#raise(present, { kind: "lower-generation", since: this.#now(), detail });
      return "lower-generation";
    }
    const pin = present?.pin ?? null;
    const activeSince = isLower ? {} : (present?.activeSince ?? {});
    this.#put(deployment, bundles, pinInForce(pin, deployment.pointer), withActive(activeSince, deployment));
    return "accepted";
  }

  /** Takes what this node last knew, from disk. */
  restore(
    deployment: ServedDeployment,
    bundles: Partial<Record<Slot, ReleaseBundle>>,
    activeSince: Served["activeSince"],
  ): void {
    this.#put(deployment, bundles, null, activeSince);
  }

  /** The database no longer lists it: it is served on, visibly. */
  markGone(deploymentId: string): void {
    const present = this.#byId.get(deploymentId);
    if (present !== undefined && present.alarm?.kind !== "gone") {
      this.#raise(present, {
        kind: "gone",
        since: this.#now(),
        detail: "the database no longer lists this deployment",
      });
    }
  }

  remove(deploymentId: string): void {
    const present = this.#byId.get(deploymentId);
    if (present === undefined) return;
    this.#byId.delete(deploymentId);
    this.#idByIngressKey.delete(present.deployment.ingressKey);
  }

  /** Puts a pin in force or (null) lifts it; false when the slot holds nothing to answer with, or a later move ended the pin. */
  pin(deploymentId: string, pin: Pin | null): boolean {
    const present = this.#byId.get(deploymentId);
    if (present === undefined) return false;
    const { deployment, bundles, activeSince } = present;
    if (pin !== null && (bundles[pin.slot] === undefined || pinInForce(pin, deployment.pointer) === null)) return false;
    this.#put(deployment, bundles, pin, activeSince);
    return true;
  }

  #put(
    deployment: ServedDeployment,
    bundles: Served["bundles"],
    pin: Pin | null,
    activeSince: Served["activeSince"],
  ): void {
    const previous = this.#byId.get(deployment.deploymentId);
    if (previous !== undefined) this.#idByIngressKey.delete(previous.deployment.ingressKey);
    const pointer = effectivePointer(deployment.pointer, pin);
    const served = { deployment, bundles, pin, pointer, activeSince, alarm: pinAlarm(pin) };
    this.#byId.set(deployment.deploymentId, served);
    this.#idByIngressKey.set(deployment.ingressKey, deployment.deploymentId);
    this.onChange(served);
  }

  #raise(served: Served, alarm: PointerAlarm): void {
    const since = served.alarm?.kind === alarm.kind ? served.alarm.since : alarm.since;
    this.#byId.set(served.deployment.deploymentId, { ...served, alarm: { ...alarm, since } });
  }
}

const pinInForce = (pin: Pin | null, pointer: Pointer): Pin | null =>
  pin !== null && pointer.generation <= pin.generation ? pin : null;

const effectivePointer = (pointer: Pointer, pin: Pin | null): Pointer =>
  pin === null ? pointer : { ...pointer, active: pin.slot, candidate: null, weightBp: 0, mode: "live" };

const pinAlarm = (pin: Pin | null): PointerAlarm | null =>
  pin === null
    ? null
    : { kind: "pinned", since: pin.madeAtMs, detail: `an operator pinned ${pin.slot} at generation ${pin.generation}` };

/** Remembers when a bundle first became active, for the bundles that the slots still hold. */
function withActive(known: Served["activeSince"], deployment: ServedDeployment): Served["activeSince"] {
  const { active, generation } = deployment.pointer;
  const held = Object.values(deployment.slots).flatMap(({ bundleHash }) => bundleHash ?? []);
  const kept = Object.fromEntries(Object.entries(known).filter(([hash]) => held.includes(hash)));
  const hash = active === "none" ? null : deployment.slots[active].bundleHash;
  return hash === null || kept[hash] !== undefined ? kept : { ...kept, [hash]: generation };
}
