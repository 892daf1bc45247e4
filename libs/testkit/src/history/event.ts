import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Rollout, RolloutEvent, Step } from "@tandem/domain/rollout";
import type { Binding, Pointer, Slot, SlotView } from "@tandem/domain/slot";
import type { Json, JsonObject } from "@tandem/kernel";
import type { Attachment } from "@tandem/ports/store/rollouts";

/** The rows of one deployment by table, as the change of one of them is recorded. */
export interface Tables {
  readonly pointer: Pointer;
  readonly slot: SlotView;
  readonly attachment: Attachment;
  readonly binding: Binding;
  readonly rollout: Rollout;
  readonly step: Step;
  readonly plan: Plan;
  readonly event: Omit<RolloutEvent, "seq">;
}

/** One row that a transaction changed; null before an insert and after a removal. */
export type RowChange = {
  readonly [Table in keyof Tables]: {
    readonly table: Table;
    readonly key: string;
    readonly before: Tables[Table] | null;
    readonly after: Tables[Table] | null;
  };
}[keyof Tables];

/** A row of the audit log with its place in its tenant's chain. */
export interface ChainedAudit {
  readonly tenantId: string;
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly beforeHash: string | null;
  readonly afterHash: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

/** The rows of one deployment at one moment. */
export interface DeploymentRows {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly pointer: Pointer;
  readonly slots: Readonly<Record<Slot, SlotView>>;
  readonly attachment: Attachment;
  readonly bindings: readonly Binding[];
  readonly rollouts: readonly Rollout[];
  readonly steps: readonly Step[];
}

/** A vendor's object as it really is. */
export interface LedgerObject {
  /** The vendor account that holds it: one per tenant. */
  readonly account: string;
  readonly externalId: string;
  readonly kind: string;
  readonly externalKey: string;
  readonly fields: JsonObject;
  readonly published: boolean;
}

/** Everything there was at one moment: how a history begins and ends. */
export interface Inventory {
  readonly deployments: readonly DeploymentRows[];
  readonly objects: readonly LedgerObject[];
  /** Tenant id → last hash and number of its audit chain. */
  readonly auditHeads: Readonly<Record<string, { readonly seq: number; readonly hash: string }>>;
}

/** What the first and the last entry hold. */
interface Edge {
  readonly inventory: Inventory;
  /** Tenant id → its vendor account. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Texts that were put into credentials and must be seen nowhere. */
  readonly canaries: readonly string[];
}

/** What happened, beside when. */
export type Happening =
  | ({ readonly kind: "opened" } & Edge)
  | ({ readonly kind: "closed" } & Edge)
  | { readonly kind: "bundled"; readonly hash: string; readonly bundle: ReleaseBundle }
  | {
      readonly kind: "committed";
      /** The deployment whose row was locked, and the tenant on whose behalf. */
      readonly tenantId: string;
      readonly deploymentId: string;
      readonly by: string;
      readonly leaseEpoch: number;
      readonly changes: readonly RowChange[];
      readonly audits: readonly ChainedAudit[];
      /** Messages to the outside, as queued. */
      readonly messages: readonly Json[];
    }
  | { readonly kind: "claimed"; readonly deploymentId: string; readonly by: string; readonly leaseEpoch: number }
  /** A write as it left for the vendor. */
  | {
      readonly kind: "requested";
      readonly tenantId: string;
      readonly account: string;
      readonly verb: string;
      readonly objectKind: string;
      readonly externalKey: string;
      readonly externalId: string | null;
      readonly fields: JsonObject | null;
    }
  /** What the vendor really did; `object` as it is afterwards, null when it is gone. */
  | {
      readonly kind: "effected";
      readonly account: string;
      readonly verb: string;
      readonly objectKind: string;
      readonly externalKey: string;
      readonly externalId: string;
      readonly object: LedgerObject | null;
    }
  | {
      readonly kind: "answered";
      readonly callId: string;
      readonly node: string;
      readonly tenantId: string;
      readonly deploymentId: string;
      readonly slot: Slot;
      readonly generation: number;
      readonly bundleHash: string;
      /** What the call uses at vendors. */
      readonly needs: readonly { readonly externalId: string; readonly isSlotOwned: boolean }[];
    }
  | { readonly kind: "turned"; readonly callId: string; readonly slot: Slot; readonly bundleHash: string }
  | { readonly kind: "hung-up"; readonly callId: string }
  /** A node took over a pointer. */
  | {
      readonly kind: "seen";
      readonly node: string;
      readonly deploymentId: string;
      readonly generation: number;
      readonly active: string;
    }
  | { readonly kind: "deafened"; readonly node: string }
  | { readonly kind: "heard-again"; readonly node: string }
  | { readonly kind: "asked"; readonly requestId: string; readonly deploymentId: string; readonly what: string }
  | {
      readonly kind: "acknowledged";
      readonly requestId: string;
      readonly deploymentId: string;
      readonly what: string;
      /** The rollout that it was about, if any. */
      readonly rolloutId: string | null;
      /** The pointer's generation when the request had been carried out. */
      readonly generation: number;
    }
  /** From now on for so long no new release may come to callers. */
  | { readonly kind: "frozen"; readonly durationMs: number }
  | { readonly kind: "refused"; readonly requestId: string; readonly what: string; readonly text: string }
  | { readonly kind: "logged"; readonly by: string; readonly text: string }
  | { readonly kind: "died"; readonly by: string; readonly where: string };

/** One entry of a history. `atMs`: true time of the run, whatever any clock in it says; epoch milliseconds. */
export type HistoryEvent = Happening & { readonly atMs: number };

/** An invariant that did not hold, and where. */
export interface Violation {
  readonly invariant: "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7" | "I8" | "I9" | "I10" | "I11";
  readonly detail: string;
}
