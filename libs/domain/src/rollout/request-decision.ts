import { counted } from "@tandem/kernel";
import type { JsonObject } from "@tandem/kernel";
import { type Approval, standingApprovals } from "../gate/index.ts";
import type { Pointer } from "../slot/index.ts";
import { type DecisionRecord, refusal, type Refusal, type RolloutChange } from "./decision.ts";
import { isSwitched, transition, type Transition } from "./machine.ts";
import { reasonOf } from "./reasons.ts";
import type { Rollout } from "./rollout.ts";

/** What a person may ask of a live rollout beside rollback, divert and detach. */
export type RolloutAsk = "approve" | "reject" | "promote" | "pause" | "skip" | "abort" | "resume";

export type RequestDecision =
  | ({
      readonly kind: "accepted";
      readonly rollout: RolloutChange;
      /** What to keep of an approver's decision, with the plan that it is about. */
      readonly approval?: Pick<Approval, "decision"> & { readonly planHash: string };
    } & DecisionRecord)
  | Refusal;

/** Who asks: `subject` as in the audit row, compared with the rollout's author for an approval. */
export interface Asker {
  readonly subject: string;
  readonly pointer: Pointer;
  /** Shown in the timeline; no secret. */
  readonly detail?: string;
  /** Held now; compared with the roles that the rollout's policy names. */
  readonly roles?: readonly string[];
  /** For `approve`: what has been decided about the rollout so far. */
  readonly approvals?: readonly Approval[];
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
      return (
        roleRefused("promote", rollout.policy.promoters, asker) ??
        accept("promotion-given", "rollout.promoted", { ...unheld(rollout), desired: "promote" }, asker)
      );
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

const abort = (code: "abort-asked" | "approval-rejected", auditAction: string, asker: Asker): Accepted =>
  accept(code, auditAction, { desired: "abort", reason: reasonOf(code, asker.detail ?? "") }, asker);

/** Only the gate that asks for approval can be shut for good by an approver; later an abort is the operator's. */
function reject(rollout: Rollout, asker: Asker): RequestDecision {
  if (rollout.phase !== "awaiting-approval")
    return refusal("rollout_refused", "not-awaiting-approval", "The rollout is not waiting for an approval.");
  const refused = roleRefused("approve", rollout.policy.approvers, asker);
  if (refused !== null) return refused;
  const decision = abort("approval-rejected", "rollout.rejected", asker);
  const { planHash } = rollout;
  return planHash === null ? decision : { ...decision, approval: { decision: "reject", planHash } };
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

/** One more approval; the last one that is needed opens the gate. */
function approve(rollout: Rollout, asker: Asker): RequestDecision {
  const { policy, planHash } = rollout;
  const refused = approverRefused(rollout, asker);
  if (refused !== null) return refused;
  const needed = policy.approvals ?? 1;
  const standing = entitledApprovals(rollout, asker.approvals ?? []);
  if (standing.some(({ subject }) => subject === asker.subject))
    return refusal(
      "rollout_refused",
      "approved-by-you",
      `You have approved this plan already; ${standing.length} of ${counted(needed, "approval")} given.`,
    );
  const isEnough = standing.length + 1 >= needed;
  const decision = accept("approval-given", "rollout.approved", isEnough ? { approvedBy: asker.subject } : {}, asker, {
    approvals: standing.length + 1,
    needed,
  });
  return planHash === null ? decision : { ...decision, approval: { decision: "approve", planHash } };
}

/** The approvals of the present plan by people who still may approve it. */
export const entitledApprovals = (
  { policy, planHash, createdBy }: Pick<Rollout, "policy" | "planHash" | "createdBy">,
  approvals: readonly Approval[],
): readonly Approval[] =>
  standingApprovals(
    approvals.filter(({ isEntitled }) => isEntitled),
    { planHash, author: createdBy, authorMayApprove: policy.authorMayApprove === true },
  );

function approverRefused({ approvedBy, policy, createdBy }: Rollout, asker: Asker): Refusal | null {
  if (approvedBy !== null && asker.approvals === undefined)
    return refusal("rollout_refused", "already-approved", "The plan is approved already.");
  if (policy.approval === "required" && createdBy === asker.subject && policy.authorMayApprove !== true) {
    return refusal(
      "rollout_refused",
      "author-approves",
      "Whoever started the rollout cannot approve it: ask another approver.",
    );
  }
  return roleRefused("approve", policy.approvers, asker);
}

/** Refuses whoever holds none of the roles that the rollout's policy names. */
function roleRefused(
  act: "approve" | "promote",
  wanted: readonly string[] | undefined,
  { roles = [] }: Asker,
): Refusal | null {
  if (wanted === undefined || roles.some((role) => wanted.includes(role))) return null;
  const text = `The policy of this rollout lets only ${wanted.join(" or ")} ${act} it.`;
  return refusal("forbidden", `not-allowed-to-${act}`, text);
}

type Accepted = Exclude<RequestDecision, Refusal>;

function accept(
  type: string,
  auditAction: string,
  rollout: RolloutChange,
  asker: Asker,
  facts: JsonObject = {},
): Accepted {
  return {
    kind: "accepted",
    rollout,
    event: { type, payload: { actor: asker.subject, detail: asker.detail ?? "", ...facts } },
    auditAction,
  };
}
