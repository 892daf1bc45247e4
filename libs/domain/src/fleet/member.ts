import type { Desired, Phase } from "../rollout/index.ts";
import type { MemberReasonCode } from "./fleet-reasons.ts";
import type { MemberState } from "./fleet-rollout.ts";

/** Which deployment of which tenant. */
export interface MemberKey {
  readonly tenantId: string;
  readonly deploymentId: string;
}

/** A member whose story is not over, with how its rollout stands. */
export interface OpenMember extends MemberKey {
  readonly wavePosition: number;
  readonly state: MemberState;
  /** The id that its rollout has, or will have. */
  readonly rolloutId: string;
  readonly reason: string | null;
  /** Not looked at before, epoch milliseconds; null: at once. */
  readonly dueAtMs: number | null;
  /** Since when it waits for a person or for what stands in the way, epoch milliseconds; null when it does not. */
  readonly waitsSinceMs: number | null;
  /** Null before it is begun. */
  readonly rollout: { readonly phase: Phase; readonly desired: Desired } | null;
}

/** How a member moves on; written only when it still is where it was. */
export interface MemberChange extends MemberKey {
  readonly from: MemberState;
  readonly to: MemberState;
  readonly reason: MemberReasonCode | null;
  /** More about the reason; safe to show to its tenant and to the platform. */
  readonly detail?: string;
  /** Looked at again after so many milliseconds; absent: at once. */
  readonly dueInMs?: number;
  /** Absent or null: it does not wait. */
  readonly waitsSinceMs?: number | null;
}
