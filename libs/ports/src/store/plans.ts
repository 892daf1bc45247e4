import type { MovedPath } from "@tandem/domain/plan";
import type { Phase } from "@tandem/domain/rollout";
import type { Instant } from "@tandem/kernel";
import type { Actor } from "./control.ts";

/** Where a plan stands, whether or not it has been made yet. */
export interface PlanStanding {
  readonly deploymentId: string;
  readonly bundleHash: string;
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  /** What of our own state is not as the plan was made against; empty while it holds and while it is not ready. */
  readonly moved: readonly MovedPath[];
  /** The rollouts that run this plan, newest first. */
  readonly rollouts: readonly PlanRollout[];
}

export interface PlanRollout {
  readonly id: string;
  readonly phase: Phase;
  readonly createdBy: string;
  readonly createdAt: Instant;
}

/** What people read about a plan besides the plan. */
export interface PlanReads {
  /** Null when there is no such plan. */
  planStanding(actor: Actor, planId: string): Promise<PlanStanding | null>;
}
