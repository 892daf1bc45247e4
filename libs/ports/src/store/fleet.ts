import type {
  FleetPatience,
  FleetPolicy,
  FleetReason,
  FleetStanding,
  FleetState,
  FleetStep,
  FleetView,
  LeftOutReason,
  MemberState,
  Ring,
  Wave,
  WaveLimits,
} from "@tandem/domain/fleet";
import type { GatePolicy } from "@tandem/domain/gate";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { RolloutPolicy } from "@tandem/domain/rollout";
import type { ByRole, Connection, Deployment, Environment, Overlay } from "@tandem/domain/tenant";
import type { Instant, Json } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** Which deployments are meant: all that fit every member that is present. */
export interface FleetSelection {
  readonly playbook: string;
  readonly environments: readonly Environment[] | null;
  readonly tenantIds: readonly string[] | null;
  /** Tenants that have at least one of them. */
  readonly tenantTags: readonly string[] | null;
  readonly deploymentIds: readonly string[] | null;
}

/** What a fleet rollout is to do. */
export interface FleetWish {
  readonly selection: FleetSelection;
  readonly version: string;
  readonly manifestHash: string;
  readonly rings: readonly Ring[];
  /** Of waves that name no others. */
  readonly limits: Ring["limits"];
  readonly patience: FleetPatience;
  readonly policy: FleetPolicy;
  readonly includesNeverLive: boolean;
}

/** A deployment as the platform sees it in a plan. */
export interface PlannedMember {
  readonly tenantId: string;
  readonly tenant: string;
  readonly deploymentId: string;
  readonly name: string;
  readonly environment: Environment;
  readonly isEarlyAccess: boolean;
}

/** Which deployment would move in which wave, and why some would not. */
export interface FleetPlan {
  /** To be given back when it begins: a fleet that has changed since is refused. */
  readonly hash: string;
  readonly waves: readonly {
    readonly name: string;
    readonly limits: WaveLimits;
    readonly members: readonly PlannedMember[];
  }[];
  readonly leftOut: readonly { readonly member: PlannedMember; readonly reason: LeftOutReason }[];
}

/** A wave with its members by state. */
export interface WaveStanding extends Omit<Wave, "bakeUntilMs"> {
  readonly bakeUntil: Instant | null;
  readonly counts: Readonly<Partial<Record<MemberState, number>>>;
}

export interface FleetRolloutRow {
  readonly id: string;
  readonly playbook: string;
  readonly version: string;
  readonly manifestHash: string;
  readonly state: FleetState;
  readonly reason: FleetReason | null;
  readonly wavePosition: number;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
}

export interface FleetRolloutDetail extends FleetRolloutRow {
  readonly selection: FleetSelection;
  readonly policy: FleetPolicy;
  readonly patience: FleetPatience;
  readonly waves: readonly WaveStanding[];
}

/** One member, as the platform and its own tenant may see it. */
export interface FleetMemberRow {
  readonly fleetRolloutId: string;
  readonly tenantId: string;
  /** The tenant's slug. */
  readonly tenant: string;
  readonly deploymentId: string;
  /** The deployment's. */
  readonly name: string;
  readonly playbook: string;
  readonly version: string;
  readonly wavePosition: number;
  readonly state: MemberState;
  readonly reason: string | null;
  readonly detail: string | null;
  /** Null before it is begun. */
  readonly rolloutId: string | null;
  readonly begunAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** A place in the early-access cohort: `isMember` null takes an own choice back. */
export interface CohortWish {
  readonly tenantId: string;
  /** Null: the whole tenant. */
  readonly deploymentId: string | null;
  readonly isMember: boolean | null;
}

/** The API's part. All but the last three are for the platform. */
export interface FleetRequests {
  planFleet(actor: Actor, wish: FleetWish): Promise<FleetPlan>;
  /** Throws `plan_stale` when `planHash` is given and is not that of the plan as it is now, `fleet_refused` when there is no member. */
  startFleet(actor: Actor, wish: FleetWish, planHash: string | null): Promise<FleetRolloutDetail>;
  listFleets(actor: Actor, page: PageRequest): Promise<Page<FleetRolloutRow>>;
  fleet(actor: Actor, id: string): Promise<FleetRolloutDetail | null>;
  fleetMembers(
    actor: Actor,
    id: string,
    filter: { readonly state: MemberState | null },
    page: PageRequest,
  ): Promise<Page<FleetMemberRow>>;
  /** Throws `fleet_refused`. */
  requestOfFleet(
    actor: Actor,
    id: string,
    ask: { readonly kind: "pause" | "resume" } | { readonly kind: "abort"; readonly abortsRunning: boolean },
    reason: string | null,
  ): Promise<FleetRolloutDetail>;
  /** Leaves one deployment out, or all of a tenant that have not begun; answers how many. Throws `fleet_refused`. */
  skipMembers(
    actor: Actor,
    id: string,
    which: { readonly tenantId: string; readonly deploymentId: string | null },
    reason: string,
  ): Promise<number>;
  tagTenant(actor: Actor, tenantId: string, tags: readonly string[]): Promise<readonly string[]>;
  /** By the platform for any tenant, by a tenant for itself. */
  setCohort(actor: Actor, wish: CohortWish): Promise<void>;
  cohort(actor: Actor, tenantId: string): Promise<readonly Omit<CohortWish, "tenantId">[]>;
  /** A tenant's own part in fleet rollouts, newest first. */
  memberships(actor: Actor, page: PageRequest): Promise<Page<FleetMemberRow>>;
}

/** The right to move a fleet rollout on. Every write of it checks the epoch. */
export interface FleetLease {
  readonly fleetRolloutId: string;
  readonly workerId: string;
  readonly epoch: number;
  readonly leaseMs: number;
}

/** A fleet rollout as its worker sees it. */
export interface FleetSnapshot extends FleetView {
  readonly manifestHash: string;
  readonly policy: FleetPolicy;
}

/** A member to be begun. */
export interface MemberToBegin {
  readonly fleetRolloutId: string;
  readonly waveId: string;
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly rolloutId: string;
}

/** What a member's release is made of, read in one snapshot of its tenant. */
export interface MemberSubject {
  readonly deployment: Deployment;
  readonly overlays: { readonly tenant: Overlay; readonly deployment: Overlay };
  readonly connections: Readonly<ByRole<Connection>>;
  /** The tenant's own policy for this environment. */
  readonly gatePolicy: GatePolicy;
  /** Bundle that callers hear now; null when nothing is live. */
  readonly activeBundleHash: string | null;
}

/** The worker's part. */
export interface FleetWork {
  /** Fleet rollouts with due work and a free lease. */
  findDue(limit: number): Promise<readonly string[]>;
  claim(fleetRolloutId: string, workerId: string, leaseMs: number): Promise<FleetLease | null>;
  /** Throws `lease_lost`. */
  renew(lease: FleetLease): Promise<void>;
  /** Gives the lease up and says when to look again; null: never. No error when it is already lost. */
  release(lease: FleetLease, dueInMs: number | null): Promise<void>;
  snapshot(lease: FleetLease): Promise<FleetSnapshot | null>;
  /**
   * One transaction with its audit row. Members that are no longer where the step saw them stay as they are; a fleet rollout that is no
   * longer as `seen` is left alone, for the next look to decide anew. Throws `lease_lost`.
   */
  write(lease: FleetLease, step: FleetStep, seen: Pick<FleetStanding, "state" | "wavePosition">): Promise<void>;
  /** The manifest of this hash in the library; null when there is none. */
  manifest(hash: string): Promise<Json | null>;
  /** Null when the deployment is gone. */
  subject(member: MemberToBegin): Promise<MemberSubject | null>;
  /**
   * Begins the member's rollout, in its tenant's own scope: one transaction with the member's row, under the deployment's lock. `moved`:
   * it was no longer about to begin, and nothing was written. Refusals are thrown as when a person starts a rollout.
   */
  begin(
    member: MemberToBegin,
    release: { readonly bundle: ReleaseBundle; readonly hash: string; readonly policy: RolloutPolicy },
  ): Promise<"begun" | "moved">;
  /** Asks a member's rollout to abort; a refusal (it has switched, it has ended) is not an error. */
  abortRollout(member: Pick<MemberToBegin, "fleetRolloutId" | "tenantId" | "rolloutId">): Promise<void>;
}
