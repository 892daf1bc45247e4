import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** Calls in progress on the slot that would be filled: apply would wait for them. */
export const checkSlot: Check = async ({ view, target }) => {
  const { state, liveCalls } = view.slots[target];
  return state === "draining" && liveCalls > 0 ? [finding("slot-draining", "", `${liveCalls} on slot ${target}`)] : [];
};
