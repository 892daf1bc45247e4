import type { ReleaseBundle } from "@tandem/domain/release";
import type { Binding, Pointer, Slot, SlotState } from "@tandem/domain/slot";
import type { NumberRouting } from "../telephony.ts";

/** What a media node needs to answer calls of one deployment. */
export interface ServedDeployment {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly ingressKey: string;
  readonly number: string | null;
  readonly pointer: Pointer;
  /** Differs whenever anything here does; what `marks` compares. */
  readonly mark: string;
  readonly slots: Readonly<Record<Slot, ServedSlot>>;
  /** Where calls went before attach: used while the pointer is `none`. */
  readonly storedRouting: NumberRouting | null;
  /** Connection id → sealed credential in force (compact JWE), with the vendor, config and endpoint. */
  readonly connections: Readonly<Record<string, ServedConnection>>;
}

export interface ServedSlot {
  readonly state: SlotState;
  readonly bundleHash: string | null;
  /** Bindings a call may need: slot-owned ones of this slot and those of deployment and connection. */
  readonly bindings: readonly Pick<Binding, "address" | "kind" | "externalId" | "version" | "connectionId">[];
}

export interface ServedConnection {
  readonly vendor: string;
  readonly endpoint: "vendor" | "sandbox";
  readonly config: { readonly [name: string]: import("@tandem/kernel").Json };
  readonly credentialVersion: number;
  /** Compact JWE; only worker and media can open it. */
  readonly sealed: string;
  /** A version that drains, while a rotation overlaps; null otherwise. */
  readonly previousSealed: string | null;
  /** Its number; absent in what an older node kept on disk, where it is the one before. */
  readonly previousVersion?: number | null;
}

/**
 * A move that left the rest of what a node serves as it was: whoever holds the deployment at `from` has it at `to` with this pointer,
 * without reading. The salt stays as held.
 */
export interface PointerMove {
  readonly from: string;
  readonly to: string;
  readonly pointer: Omit<Pointer, "salt">;
}

/** One look at all pointers. */
export interface PointerLook {
  /** Database time of the look, as the database writes it: what had been committed by then is in it. */
  readonly at: string;
  /** Deployment id → (generation, state serial, config version) of all served deployments: what the 1 s poll compares. */
  readonly marks: ReadonlyMap<string, string>;
}

/** A media node as the tables know it. */
export interface MediaNodeName {
  /** UUID of the folder that holds what the node knows: who comes back to it is the same node. */
  readonly id: string;
  /** As `session.node` has it. */
  readonly name: string;
  /** Where it stands, as its operator names it. */
  readonly region: string;
}

/** The media node's narrow view of the store, on its own database role. */
export interface PointerFeed {
  marks(): Promise<PointerLook>;
  /** Tells that the node serves what it read in the look of that time. Who removes what calls may use waits for it. */
  confirm(node: MediaNodeName, lookedAt: string): Promise<void>;
  /** Tells that the node answers no calls any more: nobody waits for it. */
  leave(nodeId: string): Promise<void>;
  deployment(deploymentId: string): Promise<ServedDeployment | null>;
  bundle(hash: string): Promise<ReleaseBundle | null>;
  /**
   * Calls `onMove(deploymentId)` for each notification (with the move when it alone tells everything) and `onResync()` after each
   * (re)connect; reconnects by itself with back-off.
   * `state` is `poll-only` when the self-test's notification did not arrive (a pooler in between).
   */
  listen(
    onMove: (deploymentId: string, move?: PointerMove) => void,
    onResync: () => void,
  ): Promise<{ readonly state?: "connecting" | "hearing" | "poll-only" | "closed"; close(): Promise<void> }>;
}

/** Facts about a session in the order they happened; written in batches from the spool, at least once, deduplicated by (session, seq). */
export interface SessionEventRow {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly sessionId: string;
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  readonly payload: { readonly [name: string]: import("@tandem/kernel").Json };
}

/** A call that is or was pinned to a slot. */
export interface SessionRow {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly sessionId: string;
  readonly callId: string;
  readonly slot: Slot;
  readonly bundleHash: string;
  readonly generation: number;
  readonly kind: "live" | "trial";
  readonly node: string;
  /** Where the node stands, as its operator names it; `local` when absent. */
  readonly region?: string;
  readonly from: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly disposition: string | null;
}

export interface SessionWriter {
  /** Inserts or updates sessions and appends events in one transaction; the same batch again changes nothing. */
  write(batch: {
    readonly sessions: readonly SessionRow[];
    readonly events: readonly SessionEventRow[];
  }): Promise<void>;
}
