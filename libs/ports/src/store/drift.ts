import type { Instant } from "@tandem/kernel";
import type { DriftAnswer, DriftDecision, DriftLook } from "@tandem/domain/drift";
import type { Slot } from "@tandem/domain/slot";
import type { Overlay } from "@tandem/domain/tenant";
import type { Actor, Page, PageRequest } from "./control.ts";

/** Looks for drift that time makes due, and what they found. */
export interface DriftLooks {
  /**
   * Deployments with something live whose last look is older than the interval, oldest first, each for one worker only: the next look is
   * due an interval later, give or take a tenth.
   */
  claimDriftLooks(
    intervalMs: number,
    limit: number,
  ): Promise<readonly { readonly tenantId: string; readonly deploymentId: string }[]>;
  /**
   * Keeps a look as the deployment's latest, unless a later one is kept. Where what needs somebody has changed since it was last told, it
   * is told: an audit row and a message `drift.appeared`, `drift.changed` or `drift.cleared`. Ends decisions that are fulfilled.
   */
  keepDriftLook(tenantId: string, deploymentId: string, look: DriftLook): Promise<void>;
}

/** The latest look of a deployment with what was decided. */
export interface DriftReport {
  readonly deploymentId: string;
  /** Null before the first look. */
  readonly look: DriftLook | null;
  /** In force now. */
  readonly decisions: readonly DriftDecision[];
  /** `<place> <path>` of what needs somebody, `<place> missing` for objects that are gone. */
  readonly open: readonly string[];
  /** When a scheduled look is due; null when none was ever made. */
  readonly nextLookAt: Instant | null;
}

/** A decision as a person asks for it. */
export interface DriftWish {
  readonly address: string;
  readonly slot: Slot | null;
  readonly answer: DriftAnswer;
  readonly paths: readonly string[];
  readonly until: Instant | null;
  readonly reason: string;
  /** For `adopt`: `driftHash` of the object as it is adopted. */
  readonly adoptedHash?: string;
  /** For `adopt`: the deployment's overlay with the observed values; written in the same transaction. */
  readonly overlay?: { readonly values: Overlay; readonly expectedVersion: number };
  /** For `revert`: the plan that writes our values back. */
  readonly planId?: string;
}

/** The API's side of drift. */
export interface DriftReads {
  /** Null for an unknown deployment. */
  drift(actor: Actor, deploymentId: string): Promise<DriftReport | null>;
  /** Deployments that something has been found for, newest deployment first. */
  listDrift(
    actor: Actor,
    page: PageRequest,
  ): Promise<Page<Omit<DriftReport, "look" | "decisions"> & { name: string; lookedAt: Instant; complete: boolean }>>;
  /** Ends the decision about the same object before it. Throws `precondition_failed` when the overlay has changed since it was read. */
  decideDrift(actor: Actor, deploymentId: string, wish: DriftWish): Promise<DriftDecision>;
}
