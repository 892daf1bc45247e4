import { nextSlotState } from "@tandem/domain/rollout";
import type { SlotState, SlotView } from "@tandem/domain/slot";

/**
 * State of a slot once something in it is written or removed; null: callers are on it. A drained slot is let go of first; what was
 * abandoned by a rollback counts as tainted already.
 */
export function taintedFrom(slot: Pick<SlotView, "state" | "readyBundleHash">): SlotState | null {
  const idle =
    slot.state === "draining"
      ? nextSlotState(slot.state, slot.readyBundleHash === null ? "discarded" : "drained")
      : slot.state;
  const next = typeof idle === "string" ? nextSlotState(idle, "write-begun") : idle;
  return typeof next === "string" ? next : null;
}
