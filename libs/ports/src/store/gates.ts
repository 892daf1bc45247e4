import type { Instant } from "@tandem/kernel";
import type { Approval, DecisionLink, Freeze, GatePolicy, LinkAction, LinkRefusal } from "@tandem/domain/gate";
import type { Rollout } from "@tandem/domain/rollout";
import type { Environment } from "@tandem/domain/tenant";
import type { Actor, Page, PageRequest, StartRollout } from "./control.ts";

/** The gate policy in force for an environment. */
export interface GatePolicyState {
  readonly environment: Environment;
  readonly policy: GatePolicy;
  /** Whose it is: the asker's own, the platform's for every tenant without one, or what Tandem brings along. */
  readonly source: "own" | "platform" | "built-in";
  /** Version of the asker's own; 0 without one. */
  readonly version: number;
}

/** A window to begin. */
export interface FreezeWish {
  readonly playbook: string | null;
  readonly environment: Environment | null;
  /** Null: now, by the database's clock. */
  readonly startsAt: Instant | null;
  readonly endsAt: Instant;
  readonly reason: string;
}

/** A rollout that waits until the deployment's live one has ended. */
export interface WaitingRollout {
  readonly id: string;
  readonly deploymentId: string;
  /** From 1, in the order in which they begin; null once it waits no more. */
  readonly position: number | null;
  readonly bundleHash: string;
  readonly planId: string | null;
  readonly state: "waiting" | "started" | "cancelled" | "failed";
  /** Why it waits on although nothing is live, or how it ended: a code and what it is about; null otherwise. */
  readonly reason: { readonly code: string; readonly detail: string } | null;
  /** The rollout that it became. */
  readonly rolloutId: string | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
}

/** What a genuine token names. */
export interface LinkClaim {
  readonly tenantId: string;
  readonly linkId: string;
  /** Over everything that the link is bound to, as it was when the token was signed. */
  readonly binding: string;
  readonly requestId: string;
}

/** What a link is about, for the page that asks for confirmation. */
export interface LinkState {
  readonly link: DecisionLink;
  readonly deploymentName: string;
  readonly environment: Environment;
  /** Why it cannot be used; null when it can, as far as looking tells. */
  readonly refusal: LinkRefusal | null;
}

/** What holds rollouts up until somebody decides, or time passes. Part of the control store. */
export interface GateStore {
  gatePolicy(actor: Actor, environment: Environment): Promise<GatePolicyState>;
  /** `expectedVersion` from If-Match, 0 for the first; throws `precondition_failed`. A platform key writes the platform's. */
  putGatePolicy(
    actor: Actor,
    environment: Environment,
    policy: GatePolicy,
    expectedVersion: number,
  ): Promise<GatePolicyState>;

  /** Once it answers, no switch and no canary step that the window concerns is committed until the window ends. */
  createFreeze(actor: Actor, wish: FreezeWish): Promise<Freeze>;
  /** The tenant's own and the platform's, newest first. */
  listFreezes(actor: Actor, page: PageRequest): Promise<Page<Freeze>>;
  /** Ends a window of the actor's own before its time; rollouts that wait for it go on. */
  endFreeze(actor: Actor, freezeId: string, reason: string | null): Promise<Freeze>;
  /** The platform lets one tenant through one of its windows. */
  exemptFromFreeze(actor: Actor, freezeId: string, tenantId: string, reason: string): Promise<void>;
  /** Lets a live rollout pass the tenant's windows that are known now. For `tenant-admin`; throws `forbidden`. */
  overrideFreeze(actor: Actor, rolloutId: string, reason: string): Promise<Rollout>;

  /** Every decision about a rollout's plans, oldest first. */
  approvals(actor: Actor, rolloutId: string): Promise<readonly Approval[]>;

  /** Like `startRollout`; while another one is live, or others wait, it is queued behind them. */
  queueRollout(
    actor: Actor,
    start: StartRollout,
  ): Promise<
    | { readonly kind: "started"; readonly rollout: Rollout }
    | { readonly kind: "waiting"; readonly waiting: WaitingRollout }
  >;
  /** Those that wait, in order, then those that ended, newest first. */
  waitingRollouts(actor: Actor, deploymentId: string, page: PageRequest): Promise<Page<WaitingRollout>>;
  cancelWaiting(actor: Actor, waitingId: string, reason: string | null): Promise<WaitingRollout>;

  /** Bound to the rollout's present plan, or to the deployment's present generation. */
  createLink(
    actor: Actor,
    rolloutId: string,
    wish: { readonly action: LinkAction; readonly addressee: string; readonly ttlMs: number },
  ): Promise<DecisionLink>;
  links(actor: Actor, rolloutId: string): Promise<readonly DecisionLink[]>;
  revokeLink(actor: Actor, linkId: string): Promise<DecisionLink>;
  /** Looks and changes nothing; null for a token whose link is not there. */
  lookAtLink(claim: LinkClaim): Promise<LinkState | null>;
  /**
   * Uses the link up and does what it is for, in one transaction. Throws `link_refused` with `details.reason`, and what the decision itself
   * refuses; every refusal leaves an audit row in the tenant's chain.
   */
  followLink(claim: LinkClaim, reason: string | null): Promise<void>;
  /** Leaves an audit row in the platform's chain about a token that nobody of ours signed. */
  recordForgedLink(requestId: string): Promise<void>;
}
