import type { Operation } from "@tandem/domain/plan";
import type { Step } from "@tandem/domain/rollout";
import { otherSlot, type Pointer, type Slot } from "@tandem/domain/slot";

/** Why an operation must not run in this stage; null when it may. The last line before a vendor: it trusts neither plan nor journal. */
export function refusalOf(stage: Step["stage"], operation: Operation, pointer: Pointer, target: Slot): string | null {
  const { address, slot, owner, verb } = operation;
  if (slot !== null && pointer.active === slot) return `${address} belongs to the active slot ${slot}`;
  if (slot !== null && pointer.candidate === slot)
    return `${address} belongs to slot ${slot}, which takes a share of calls`;
  if (slot !== null && stage === "apply" && slot === otherSlot(target))
    return `${address} belongs to slot ${slot}, which this rollout does not fill`;
  if ((slot === null) !== (owner !== "slot"))
    return `${address} is ${owner}-owned but ${slot === null ? "names no slot" : `names slot ${slot}`}`;
  if (stage === "apply" && owner !== "slot" && verb === "delete")
    return `${address} is ${owner}-owned and may only grow before retire`;
  if (stage === "retire" && slot !== null) return `${address} is slot-owned: retire removes only what no slot needs`;
  return null;
}
