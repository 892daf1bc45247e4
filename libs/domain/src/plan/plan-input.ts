import type { JsonObject } from "@tandem/kernel";
import type { CostCap } from "../gate/index.ts";
import type { ReleaseBundle } from "../release/index.ts";
import type { Binding, Pointer, Slot, SlotView } from "../slot/index.ts";
import type { Deployment } from "../tenant/index.ts";
import type { Finding } from "./change.ts";
import type { CostEstimate } from "./cost-estimate.ts";

/** What planning must know of a resource kind: the facts of the adapter's `ResourceKind` that fit here as they are. */
export interface KindFacts {
  readonly kind: string;
  readonly owner: "slot" | "deployment" | "connection";
  /** An empty `onCreate`: objects of this kind are never made or removed by us, only adopted (a phone number). */
  readonly onCreate: readonly ("create" | "publish")[];
  /** Empty: a changed object is replaced. */
  readonly onUpdate: readonly ("draft" | "update" | "publish")[];
  readonly replaceOn: readonly string[];
  /** Lists that only ever grow at the vendor (path → key member): nothing is taken out of them, not at retire either. */
  readonly additive?: Readonly<Record<string, string>>;
  readonly removalIsIrreversible: boolean;
  readonly callerEffect: string | null;
}

/** Facts of a kind; null when the vendor has no such kind. */
export type KindLookup = (vendor: string, kind: string) => KindFacts | null;

/** A vendor object as just read; a port's `VendorObject` fits. */
export interface ObservedObject {
  readonly externalId: string;
  readonly externalKey: string | null;
  readonly version: string | null;
  readonly published: boolean;
  readonly fields: JsonObject;
}

/** What the number routes to, and where it must route once it is attached. */
export interface RoutingFacts {
  /** Address of the number, e.g. `telephony.number/main`. */
  readonly address: string;
  /** The routing as the carrier has it now; null when the account does not own the number. A port's `NumberRouting`, spread. */
  readonly observed: JsonObject | null;
  /** The same members pointing at our ingress. */
  readonly wanted: JsonObject;
  readonly isAttached: boolean;
}

/** Everything a plan is made from: read, never fetched. */
export interface PlanInput {
  readonly id: string;
  /** ISO 8601, from the database's clock. */
  readonly createdAt: string;
  readonly createdBy: string;
  readonly deployment: Deployment;
  readonly pointer: Pointer;
  readonly slots: Readonly<Record<Slot, SlotView>>;
  readonly stateSerial: number;
  readonly bundle: ReleaseBundle;
  readonly bundleHash: string;
  /** Bundle of the active slot; null when no slot is active. */
  readonly previous: { readonly hash: string; readonly bundle: ReleaseBundle } | null;
  /** All bindings of the deployment; those of the active slot are not touched. */
  readonly bindings: readonly Binding[];
  /**
   * `observedKey(address, slot)` → the object as found by the binding's id or by our external key, null when there is none. Must
   * hold every resource of the bundle (in the target slot) and every binding that the bundle no longer names.
   */
  readonly observed: ReadonlyMap<string, ObservedObject | null>;
  readonly kinds: KindLookup;
  /** The tenant's connections: which vendor an id belongs to. */
  readonly connections: readonly { readonly id: string; readonly vendor: string }[];
  /** External key of a connection-owned object → how many other deployments use it. Absent means none. */
  readonly otherReferences: ReadonlyMap<string, number>;
  /** Null when the deployment has no number. */
  readonly routing: RoutingFacts | null;
  /** What preflight found; kept with the plan. */
  readonly findings: readonly Finding[];
  /** What a call of the bundle can be expected to cost; absent or null when nobody estimated it. */
  readonly cost?: CostEstimate | null;
  /** The same of the release that is live; absent or null when nothing is live or nobody estimated it. */
  readonly currentCost?: CostEstimate | null;
  /** What a release may cost; absent or null when nothing caps it. */
  readonly costCap?: CostCap | null;
  /** Key of this installation under which external keys are made. */
  readonly installKey: string;
}

/** How an observation is filed: `green:voice-agent.agent/main` for slot-owned, the bare address otherwise. */
export const observedKey = (address: string, slot: Slot | null): string =>
  slot === null ? address : `${slot}:${address}`;
