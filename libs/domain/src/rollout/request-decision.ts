import type { Pointer } from "../slot/index.ts";
import { type DecisionRecord, refusal, type Refusal, type RolloutChange } from "./decision.ts";
import { isSwitched, transition, type Transition } from "./machine.ts";
import { reasonOf } from "./reasons.ts";
import type { Rollout } from "./rollout.ts";

/** What a person may ask of a live rollout beside rollback, divert and detach. */
export type RolloutAsk = "approve" | "reject" | "promote" | "pause" | "skip" | "abort" | "resume";

export type RequestDecision =
  | ({ readonly kind: "accepted"; readonly rollout: RolloutChange } & DecisionRecord)
  | Refusal;

/** Who asks: `subject` as in the audit row, compared with the rollout's author for an approval. */
export interface Asker {
  readonly subject: string;
  readonly pointer: Pointer;
  /** Shown in the timeline; no secret. */
  readonly detail?: string;
}

/**
 * Whether and how a request changes the rollout. `approve` and `promote` open a gate that the worker then walks through; `abort`,
 * `pause` and `skip` are noted in `desired` and taken up at the worker's next fenced write; `resume` goes back to the held phase or ends
 * a pause; `reject` is an approver's abort.
 */
export function decideRequest(rollout: Rollout, request: RolloutAsk, asker: Asker): RequestDecision {
  const event = request === "reject" ? "abort" : request;
  const next = transition(rollout, event, isSwitched(rollout, asker.pointer));
  if (next.kind === "refused") return refusal("rollout_refused", next.code, next.text);
  switch (request) {
    case "approve":
      return approve(rollout, asker);
    case "reject":
      return reject(rollout, asker);
    case "promote":
      return accept("promotion-given", "rollout.promoted", { ...unheld(rollout), desired: "promote" }, asker);
    case "pause":
      return rollout.desired === "continue"
        ? accept("pause-asked", "rollout.pause-asked", { desired: "pause" }, asker)
        : refusal("rollout_refused", "other-wish", `The rollout is asked to ${rollout.desired} already.`);
    case "skip":
      return accept("skip-asked", "rollout.skip-asked", { ...unheld(rollout), desired: "skip" }, asker);
    case "abort":
      return abort("abort-asked", "rollout.abort-asked", asker);
    case "resume":
      return resume(rollout, next, asker);
  }
}

const abort = (code: "abort-asked" | "approval-rejected", auditAction: string, asker: Asker): RequestDecision =>
  accept(code, auditAction, { desired: "abort", reason: reasonOf(code, asker.detail ?? "") }, asker);

/** Only the gate that asks for approval can be shut for good by an approver; later an abort is the operator's. */
function reject(rollout: Rollout, asker: Asker): RequestDecision {
  if (rollout.phase !== "awaiting-approval")
    return refusal("rollout_refused", "not-awaiting-approval", "The rollout is not waiting for an approval.");
  return abort("approval-rejected", "rollout.rejected", asker);
}

/** What a person decides about a held rollout, it is no longer held for. */
const unheld = ({ phase, heldPhase }: Rollout): RolloutChange =>
  phase === "held" && heldPhase !== null ? { phase: heldPhase, heldPhase: null, reason: null } : {};

function resume(rollout: Rollout, next: Transition, asker: Asker): RequestDecision {
  const isPaused = rollout.desired === "pause";
  if (next.kind === "moved")
    return accept(
      "resume-asked",
      "rollout.resumed",
      { phase: next.phase, heldPhase: next.heldPhase, reason: null, ...(isPaused && { desired: "continue" }) },
      asker,
    );
  return isPaused
    ? accept("resume-asked", "rollout.resumed", { desired: "continue", reason: null }, asker)
    : refusal("rollout_refused", "not-held", "The rollout is not held: it goes on by itself.");
}

function approve(rollout: Rollout, asker: Asker): RequestDecision {
  if (rollout.approvedBy !== null)
    return refusal("rollout_refused", "already-approved", "The plan is approved already.");
  if (rollout.policy.approval === "required" && rollout.createdBy === asker.subject) {
    return refusal(
      "rollout_refused",
      "author-approves",
      "Whoever started the rollout cannot approve it: ask another approver.",
    );
  }
  return accept("approval-given", "rollout.approved", { approvedBy: asker.subject }, asker);
}

function accept(type: string, auditAction: string, rollout: RolloutChange, asker: Asker): RequestDecision {
  return {
    kind: "accepted",
    rollout,
    event: { type, payload: { actor: asker.subject, detail: asker.detail ?? "" } },
    auditAction,
  };
}
