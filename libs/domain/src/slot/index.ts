export { externalKey, type KeyScope } from "./external-key.ts";
export { otherSlot, Pointer, PointerCause, Slot } from "./pointer.ts";
export type { Binding, SlotState, SlotView } from "./slot.ts";
