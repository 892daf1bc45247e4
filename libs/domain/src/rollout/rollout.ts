import type { Instant, Json, JsonObject } from "@tandem/kernel";
import type { EvidencePolicy } from "../evidence/index.ts";
import type { FreezeOverride, Strategy } from "../gate/index.ts";
import type { ReplayPolicy } from "../replay/index.ts";
import type { Slot } from "../slot/index.ts";
import type { Phase } from "./phase.ts";

/**
 * What an operator wants of a live rollout beyond going on. `pause`: stay where it is; where callers are on the new release already, it
 * stays watched. `skip`: take the next canary step now. `detach`: restore the number's stored routing and set the pointer to
 * `none`; a detach without a rollout in progress is a rollout of its own that begins in `rolling-back` (see `decideDetach`).
 */
export type Desired = "continue" | "abort" | "rollback" | "promote" | "pause" | "skip" | "detach";

/** How a rollout moves on where a person may decide. */
export interface RolloutPolicy {
  readonly approval: "none" | "required";
  readonly promotion: "automatic" | "manual";
  /** Watch window after the switch, milliseconds. */
  readonly bakeMs: number;
  /** How long a rollout may wait for approval or promotion before it aborts, milliseconds. */
  readonly approvalTtlMs: number;
  /** How many distinct people must approve where approval is required; absent: one. */
  readonly approvals?: number;
  /** Roles whose approval counts; absent: whoever the API lets approve. */
  readonly approvers?: readonly string[];
  /** Whether the author may be one of the approvers; absent: no. */
  readonly authorMayApprove?: boolean;
  /** Roles that may open the last gate; absent: whoever the API lets promote. */
  readonly promoters?: readonly string[];
  /** Absent: blue/green. A first rollout, which has nothing to share calls with, is always blue/green. */
  readonly strategy?: Strategy;
  /** What the calls must show while callers are on the new release; absent: the checks of its objects and its ingress only. */
  readonly evidence?: EvidencePolicy;
  /** Past sessions that are replayed after the smoke test; absent: none. */
  readonly replay?: ReplayPolicy;
  /** Freeze windows of the tenant that the rollout may pass, by whom and why; absent: none. */
  readonly freezeOverride?: FreezeOverride;
  /** Set where the deployment is taken apart: after the detach everything that it made at vendors is removed (see `decideRemoval`). */
  readonly removes?: "everything";
  /** The fleet rollout that began it, and its wave there, with whose other members its evidence may be pooled; absent: none did. */
  readonly fleetRolloutId?: string;
  readonly waveId?: string;
}

/** One execution that moves a deployment to another bundle. */
export interface Rollout {
  readonly id: string;
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly phase: Phase;
  /** The phase that `held` resumes; null unless held. */
  readonly heldPhase: Phase | null;
  readonly desired: Desired;
  readonly policy: RolloutPolicy;
  /** The bundle to bring live. */
  readonly bundleHash: string;
  readonly targetSlot: Slot;
  readonly planId: string | null;
  readonly planHash: string | null;
  /** The approval in force; null when none is needed or none was given yet. */
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
  /** When the next timer of this phase falls due (bake end, retry, expiry), decided by the database clock; null = at once. */
  readonly dueAt: Instant | null;
  /** Why it waits or failed: reason code (kebab-case, catalogued), what it concerns, and the next action; null when running. */
  readonly reason: { readonly code: string; readonly detail: string; readonly nextAction: string } | null;
  /** Phase-specific facts the stages keep between runs (attempt counts, bake start, smoke report). Ids and numbers only, never secrets. */
  readonly memory: JsonObject;
  /** Optimistic version; grows by 1 per write. */
  readonly version: number;
  readonly engineVersion: string;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** State of one journaled operation. */
export type StepState = "pending" | "intent" | "done" | "skipped" | "failed";

/** The journal row of one operation: intent before, outcome after. */
export interface Step {
  readonly rolloutId: string;
  readonly seq: number;
  /** Which stage owns it: `apply`, `attach`, `retire`, `cleanup`. */
  readonly stage: "apply" | "attach" | "retire" | "cleanup";
  readonly operation: import("../plan/index.ts").Operation;
  readonly state: StepState;
  /** Lease epoch under which the intent was written. */
  readonly epoch: number | null;
  /** Hash of the request as sent, references resolved; null before the intent. */
  readonly requestHash: string | null;
  readonly externalId: string | null;
  readonly intentAt: Instant | null;
  readonly attempt: number;
  /** Do nothing before this time (settle wait, Retry-After), database clock. */
  readonly notBefore: Instant | null;
  readonly outcome: { readonly result: string; readonly detail: Json } | null;
}

/** What happened in a rollout, numbered under the row lock; the source of the SSE stream. */
export interface RolloutEvent {
  readonly rolloutId: string;
  readonly seq: number;
  readonly at: Instant;
  /** Noun-past, e.g. `phase-entered`, `operation-done`, `finding-raised`, `pointer-moved`. */
  readonly type: string;
  readonly phase: Phase;
  readonly payload: JsonObject;
}
