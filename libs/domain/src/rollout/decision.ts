import type { ErrorCode, JsonObject } from "@tandem/kernel";
import type { Pointer, Slot, SlotState, SlotView } from "../slot/index.ts";
import type { Phase } from "./phase.ts";
import type { Desired, Rollout } from "./rollout.ts";

/** What a decider needs to see: a subset of the store's view, read under the deployment's row lock. */
export interface DecisionView {
  readonly pointer: Pointer;
  readonly slots: Readonly<Record<Slot, SlotView>>;
  /** The live rollout; a terminal one counts as none. */
  readonly rollout: Rollout | null;
}

/** What a decision writes to the rollout row. Absent members stay; the row is due at once and its version grows by 1. */
export interface RolloutChange {
  readonly phase?: Phase;
  readonly heldPhase?: Phase | null;
  readonly desired?: Desired;
  readonly reason?: Rollout["reason"];
  readonly approvedBy?: string;
}

/** What a decision writes to a slot row. */
export interface SlotChange {
  readonly state: SlotState;
  /** Present (null) when the slot stops being good to go back to. */
  readonly readyBundleHash?: null;
}

/** The account of a decision: the journal event to append to the rollout and the audit action to write. */
export interface DecisionRecord {
  /** Rollout event; not appended when there is no live rollout. */
  readonly event: { readonly type: string; readonly payload: JsonObject };
  readonly auditAction: string;
}

/** Why a request is refused: the error code to throw, a coded reason and its text, both for `details`. */
export interface Refusal {
  readonly kind: "refused";
  readonly error: ErrorCode;
  readonly reason: string;
  readonly text: string;
}

export const refusal = (error: ErrorCode, reason: string, text: string): Refusal => ({
  kind: "refused",
  error,
  reason,
  text,
});
