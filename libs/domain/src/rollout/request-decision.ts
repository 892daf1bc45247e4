import type { Pointer } from "../slot/index.ts";
import { type DecisionRecord, refusal, type Refusal, type RolloutChange } from "./decision.ts";
import { isSwitched, transition } from "./machine.ts";
import { reasonOf } from "./reasons.ts";
import type { Rollout } from "./rollout.ts";

/** What a person may ask of a live rollout beside rollback, divert and detach. */
export type RolloutAsk = "approve" | "promote" | "abort" | "resume";

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
 * Whether and how a request changes the rollout. `approve` and `promote` open a gate that the worker then walks through; `abort`
 * is noted in `desired` and taken up at the worker's next fenced write; `resume` goes back to the held phase.
 */
export function decideRequest(rollout: Rollout, request: RolloutAsk, asker: Asker): RequestDecision {
  const next = transition(rollout, request, isSwitched(rollout, asker.pointer));
  if (next.kind === "refused") return refusal("rollout_refused", next.code, next.text);
  if (request === "approve") return approve(rollout, asker);
  if (request === "promote") return accept("promotion-given", "rollout.promoted", { desired: "promote" }, asker);
  if (request === "abort")
    return accept(
      "abort-asked",
      "rollout.abort-asked",
      { desired: "abort", reason: reasonOf("abort-asked", asker.detail ?? "") },
      asker,
    );
  return next.kind === "moved"
    ? accept("resume-asked", "rollout.resumed", { phase: next.phase, heldPhase: next.heldPhase, reason: null }, asker)
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
