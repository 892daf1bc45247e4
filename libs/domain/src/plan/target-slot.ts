import { otherSlot, type Pointer, type Slot } from "../slot/index.ts";

/** The slot that the next rollout fills: never the active one; blue while there is none. */
export const targetSlotOf = (pointer: Pick<Pointer, "active">): Slot =>
  pointer.active === "none" ? "blue" : otherSlot(pointer.active);
