import { otherSlot, type Pointer, type Slot } from "../slot/index.ts";
import {
  type DecisionRecord,
  type DecisionView,
  refusal,
  type Refusal,
  type RolloutChange,
  type SlotChange,
} from "./decision.ts";
import { isLive, isSwitched, transition } from "./machine.ts";
import { reasonOf } from "./reasons.ts";
import type { Rollout } from "./rollout.ts";
import { nextSlotState } from "./slot-transitions.ts";

/** What a rollback does: before the switch it is an abort and moves no pointer. */
export type RollbackDecision =
  | ({ readonly kind: "abort"; readonly rollout: RolloutChange } & DecisionRecord)
  | ({
      readonly kind: "rollback";
      /** The pointer to write with cause `rollback`; its generation is the present one + 1. */
      readonly pointer: Pointer;
      readonly slots: Partial<Record<Slot, SlotChange>>;
      /** Null when no rollout is live (a rollback after bake, while the previous slot is still intact). */
      readonly rollout: RolloutChange | null;
    } & DecisionRecord)
  | Refusal;

/**
 * One click back (rulings 16–18). Checks only that the previous slot is intact; needs no vendor, no worker and no lease. The caller
 * holds the row lock, bumps `lease_epoch` in every case that is not refused, and writes the decision in the same transaction.
 */
export function decideRollback(view: DecisionView, detail = ""): RollbackDecision {
  const live = view.rollout !== null && isLive(view.rollout) ? view.rollout : null;
  if (live !== null && !isSwitched(live, view.pointer)) return abortInstead(live, detail);
  if (view.pointer.active === "none")
    return refusal(
      "rollout_refused",
      "not-switched",
      "No release has been switched to yet: there is nothing to go back from.",
    );
  if (live !== null) {
    const next = transition(live, "rollback", true);
    if (next.kind !== "moved")
      return refusal(
        "rollout_refused",
        next.kind === "refused" ? next.code : "no-change",
        next.kind === "refused" ? next.text : "Nothing to do.",
      );
  }
  return view.pointer.candidate === live?.targetSlot && live !== null && view.pointer.active !== live.targetSlot
    ? endShift(view, live, detail)
    : goBack(view, view.pointer.active, live, detail);
}

function abortInstead(live: Rollout, detail: string): RollbackDecision {
  const next = transition(live, "rollback", false);
  if (next.kind !== "moved")
    return refusal(
      "rollout_refused",
      next.kind === "refused" ? next.code : "no-change",
      next.kind === "refused" ? next.text : "Nothing to do.",
    );
  return {
    kind: "abort",
    rollout: {
      phase: next.phase,
      heldPhase: next.heldPhase,
      desired: "abort",
      reason: reasonOf("abort-asked", detail),
    },
    event: {
      type: "phase-entered",
      payload: { from: live.phase, to: next.phase, event: "rollback", asked: "rollback" },
    },
    auditAction: "rollout.abort-asked",
  };
}

/** A canary share goes back to the active slot, which never lost the pointer; calls on the candidate end where they are. */
function endShift(view: DecisionView, live: Rollout, detail: string): RollbackDecision {
  return {
    kind: "rollback",
    pointer: { ...view.pointer, candidate: null, weightBp: 0, generation: view.pointer.generation + 1 },
    slots: { [live.targetSlot]: { state: "draining", readyBundleHash: null } },
    ...recordOf(view, live, view.pointer.active, detail),
  };
}

function goBack(view: DecisionView, from: Slot, live: Rollout | null, detail: string): RollbackDecision {
  const previous = otherSlot(from);
  const slot = view.slots[previous];
  const regained = nextSlotState(slot.state, "pointer-gained");
  if (slot.readyBundleHash === null || typeof regained !== "string") {
    return refusal(
      "previous_slot_gone",
      "previous-slot-empty",
      `Slot ${previous} holds no complete release: start a new rollout of the older version (revert), or detach.`,
    );
  }
  if (!slot.intact) {
    return refusal(
      "previous_slot_gone",
      "previous-slot-not-intact",
      `Something that slot ${previous} needs is missing at a vendor: start a new rollout of the older version (revert).`,
    );
  }
  return {
    kind: "rollback",
    pointer: {
      ...view.pointer,
      active: previous,
      candidate: null,
      weightBp: 0,
      generation: view.pointer.generation + 1,
    },
    slots: { [previous]: { state: regained }, [from]: { state: "draining", readyBundleHash: null } },
    ...recordOf(view, live, previous, detail),
  };
}

function recordOf(
  view: DecisionView,
  live: Rollout | null,
  active: string,
  detail: string,
): { rollout: RolloutChange | null } & DecisionRecord {
  return {
    rollout:
      live === null
        ? null
        : { phase: "rolling-back", heldPhase: null, desired: "rollback", reason: reasonOf("rollback-asked", detail) },
    event: {
      type: "phase-entered",
      payload: {
        from: live?.phase ?? "",
        to: "rolling-back",
        event: "rollback",
        active,
        generation: view.pointer.generation + 1,
      },
    },
    auditAction: "pointer.rolled-back",
  };
}
