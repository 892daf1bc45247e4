import type { Slot } from "../slot/index.ts";
import { type DecisionRecord, type DecisionView, refusal, type Refusal, type RolloutChange } from "./decision.ts";
import { isLive, isSwitched, transition } from "./machine.ts";
import { reasonOf } from "./reasons.ts";
import type { Phase } from "./phase.ts";
import type { Desired, Rollout } from "./rollout.ts";

/** A detach joins the live rollout, or is a rollout of its own that the caller inserts with these members. */
export type DetachDecision =
  | ({ readonly kind: "join"; readonly rollout: RolloutChange } & DecisionRecord)
  | ({
      readonly kind: "start";
      readonly rollout: {
        readonly phase: Phase;
        readonly desired: Desired;
        readonly bundleHash: string;
        readonly targetSlot: Slot;
        readonly reason: Rollout["reason"];
      };
    } & DecisionRecord)
  | Refusal;

/** Takes a deployment off our ingress (ruling 20): the worker restores the stored routing and then sets the pointer to `none`. */
export function decideDetach(
  view: DecisionView & { readonly attachment: { readonly attached: boolean } },
  detail = "",
): DetachDecision {
  if (view.pointer.active === "none")
    return refusal("conflict", "not-attached", "The number is not attached: the carrier routes calls as before.");
  const record = { event: { type: "detach-asked", payload: { detail } }, auditAction: "deployment.detach-asked" };
  const reason = reasonOf("detach-asked", detail);
  if (view.rollout !== null && isLive(view.rollout)) {
    const next = transition(view.rollout, "detach", isSwitched(view.rollout, view.pointer));
    if (next.kind === "refused") return refusal("rollout_live", next.code, next.text);
    return { kind: "join", rollout: { phase: "rolling-back", heldPhase: null, desired: "detach", reason }, ...record };
  }
  const bundleHash = view.slots[view.pointer.active].bundleHash;
  if (bundleHash === null) return refusal("conflict", "not-attached", "The active slot holds no release.");
  return {
    kind: "start",
    rollout: { phase: "rolling-back", desired: "detach", bundleHash, targetSlot: view.pointer.active, reason },
    ...record,
  };
}
