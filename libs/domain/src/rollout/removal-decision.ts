import type { Slot } from "../slot/index.ts";
import { type DecisionRecord, type DecisionView, refusal, type Refusal, type RolloutChange } from "./decision.ts";
import { isLive, isSwitched, transition } from "./machine.ts";
import type { Phase } from "./phase.ts";
import { reasonOf } from "./reasons.ts";
import type { Desired, Rollout, RolloutPolicy } from "./rollout.ts";

/** Gates nothing and watches nothing: everything that the deployment made is removed. */
export const REMOVAL_POLICY: RolloutPolicy = {
  approval: "none",
  promotion: "automatic",
  bakeMs: 0,
  approvalTtlMs: 0,
  removes: "everything",
};

/** What comes next on the way to a deployment of which nothing is left at vendors. */
export type RemovalDecision =
  /** A live rollout is ended first: `rollout` as its own row takes it. */
  | ({ readonly kind: "end-live"; readonly rollout: RolloutChange } & DecisionRecord)
  /** Both slots take calls: the canary's share goes back first, by a rollback. */
  | { readonly kind: "roll-back" }
  /** A live rollout goes back already. */
  | { readonly kind: "wait" }
  /** The removal is a rollout of its own, which the caller inserts with these members. */
  | ({
      readonly kind: "start";
      readonly rollout: {
        readonly phase: Phase;
        readonly desired: Desired;
        readonly policy: RolloutPolicy;
        readonly bundleHash: string;
        readonly targetSlot: Slot;
        readonly reason: Rollout["reason"];
      };
    } & DecisionRecord)
  /** The deployment never had a rollout: there is nothing of it anywhere. */
  | { readonly kind: "nothing" }
  | Refusal;

/**
 * Takes a deployment apart: a live rollout is ended, then a rollout that begins in `rolling-back` detaches the number and removes what
 * the deployment made. `last`: release and slot of its newest rollout, null when it never had one.
 */
export function decideRemoval(
  view: DecisionView,
  last: { readonly bundleHash: string; readonly targetSlot: Slot } | null,
  detail = "",
): RemovalDecision {
  if (view.rollout !== null && isLive(view.rollout)) return endLive(view.rollout, view, detail);
  const { active } = view.pointer;
  const activeHash = active === "none" ? null : view.slots[active].bundleHash;
  if (active !== "none" && activeHash === null)
    return refusal("conflict", "not-attached", "The active slot holds no release.");
  const from = active !== "none" && activeHash !== null ? { bundleHash: activeHash, targetSlot: active } : last;
  if (from === null) return { kind: "nothing" };
  return {
    kind: "start",
    rollout: {
      phase: "rolling-back",
      desired: "detach",
      policy: REMOVAL_POLICY,
      bundleHash: from.bundleHash,
      targetSlot: from.targetSlot,
      reason: reasonOf("tenant-offboarded", detail),
    },
    event: { type: "removal-asked", payload: { detail } },
    auditAction: "deployment.removal-asked",
  };
}

function endLive(live: Rollout, view: DecisionView, detail: string): RemovalDecision {
  const isOnNew = isSwitched(live, view.pointer);
  if (live.desired === "abort" || live.desired === "detach") return { kind: "wait" };
  const record = (type: string, auditAction: string) => ({ event: { type, payload: { detail } }, auditAction });
  if (transition(live, "abort", isOnNew).kind === "moved")
    return {
      kind: "end-live",
      rollout: { desired: "abort", reason: reasonOf("tenant-offboarded", detail) },
      ...record("abort-asked", "rollout.abort-asked"),
    };
  if (transition(live, "detach", isOnNew).kind === "moved")
    return {
      kind: "end-live",
      rollout: {
        phase: "rolling-back",
        heldPhase: null,
        desired: "detach",
        reason: reasonOf("tenant-offboarded", detail),
      },
      ...record("detach-asked", "deployment.detach-asked"),
    };
  return transition(live, "rollback", isOnNew).kind === "moved" ? { kind: "roll-back" } : { kind: "wait" };
}
