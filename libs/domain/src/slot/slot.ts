import type { Instant } from "@tandem/kernel";
import type { Slot } from "./pointer.ts";

/**
 * What a slot holds.
 * `empty` nothing · `tainted` unknown content after an unfinished apply · `ready` applied and smoke-tested, takes no
 * calls, or a canary's share of them · `active` takes new calls · `draining` was active, calls in progress may still be on it.
 */
export type SlotState = "empty" | "tainted" | "ready" | "active" | "draining";

/** One of a deployment's two slots. */
export interface SlotView {
  readonly slot: Slot;
  readonly state: SlotState;
  /** Hash of the bundle being applied or applied; null when empty. */
  readonly bundleHash: string | null;
  /** Set when the whole bundle is applied, read back and smoke-tested; cleared by the first write of the next apply. */
  readonly readyBundleHash: string | null;
  /** When its vendor objects were last read and found as applied; null before. */
  readonly verifiedAt: Instant | null;
  /** Whether the last verification found it intact; false tells the operator that going back is not safe. */
  readonly intact: boolean;
  /** Live (not smoke) calls pinned to it now. */
  readonly liveCalls: number;
}

/** A declared resource bound to what exists at the vendor, per slot (slot-owned) or for the deployment (`slot: null`). */
export interface Binding {
  readonly address: string;
  readonly slot: Slot | null;
  readonly kind: string;
  readonly owner: "slot" | "deployment" | "connection";
  readonly connectionId: string;
  readonly externalKey: string;
  /** The vendor's id; null while its creation is not confirmed. */
  readonly externalId: string | null;
  /** The vendor's version where it has one (an agent's published version); null otherwise. */
  readonly version: string | null;
  /** Fields as last written and read back, references resolved; null before. */
  readonly lastApplied: import("@tandem/kernel").JsonObject | null;
  readonly lastAppliedHash: string | null;
}
