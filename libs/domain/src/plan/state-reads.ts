import { contentHash, type Json } from "@tandem/kernel";
import type { Binding, Pointer, Slot, SlotView } from "../slot/index.ts";
import { observedKey } from "./plan-input.ts";

/** The parts of our own state that a plan depends on. A `RolloutView` has them. */
export interface StateFacts {
  readonly pointer: Pick<Pointer, "active">;
  readonly slots: Readonly<Record<Slot, Pick<SlotView, "state" | "bundleHash">>>;
  readonly bindings: readonly Binding[];
}

/** Hash of each part of our state that a plan for `target` reads: moves of anything else leave the plan valid. */
export function stateReads(facts: StateFacts, target: Slot, isAttached: boolean | null): Record<string, string> {
  const { state, bundleHash } = facts.slots[target];
  const read = facts.bindings.filter((binding) => binding.slot === null || binding.slot === target);
  return {
    "pointer.active": contentHash(facts.pointer.active),
    [`slot/${target}`]: contentHash({ isTainted: state === "tainted", isEmpty: state === "empty", bundleHash }),
    ...(isAttached !== null && { attachment: contentHash(isAttached) }),
    ...Object.fromEntries(
      read.map((binding) => [
        `binding/${observedKey(binding.address, binding.slot)}`,
        contentHash(binding as unknown as Json),
      ]),
    ),
  };
}
