import type { CredentialState, OffBoardingMove, OffBoardingPhase, OffBoardingView } from "@tandem/domain/tenant";
import type { Instant, JsonObject } from "@tandem/kernel";
import type { Actor, Tenant } from "./control.ts";

/** A tenant's way off the platform. */
export interface OffBoarding {
  readonly tenantId: string;
  readonly id: string;
  readonly phase: OffBoardingPhase;
  /** Why it waits; null while it goes on. */
  readonly waitsFor: { readonly code: string; readonly detail: string } | null;
  readonly askedBy: string;
  readonly why: string;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  /** What was restored, removed, kept and erased: classes, counts and times, nothing personal. Null before the end. */
  readonly report: JsonObject | null;
  /** Hash of the report's canonical JSON; also what the audit row `tenant.erased` holds. */
  readonly reportHash: string | null;
}

/** What an off-boarding would find now. Nothing is changed to find out. */
export interface OffBoardingOutlook {
  readonly tenant: Tenant;
  readonly deployments: readonly {
    readonly id: string;
    readonly name: string;
    readonly number: string | null;
    readonly attached: boolean;
    readonly liveRollout: { readonly id: string; readonly phase: string } | null;
    readonly objects: readonly {
      readonly address: string;
      readonly kind: string;
      readonly vendor: string;
      readonly owner: string;
      readonly slot: string | null;
    }[];
  }[];
  readonly liveCalls: number;
  readonly apiKeys: number;
  readonly connections: readonly { readonly id: string; readonly name: string; readonly vendor: string }[];
  /** Class of data → rows now. */
  readonly data: Readonly<Record<string, number>>;
}

/** A stored credential without its value. */
export interface StoredCredential {
  readonly version: number;
  readonly state: CredentialState;
  /** Why it was refused, or how it was verified or ended. */
  readonly detail: string | null;
  readonly storedAt: Instant;
  readonly storedBy: string;
  /** When it came into its present state. */
  readonly since: Instant;
}

/** Suspension, off-boarding and credentials, as people ask for them. */
export interface TenantLifeRequests {
  /** A platform key sees every tenant, a tenant's key its own; null otherwise. */
  tenant(actor: Actor, tenantId: string): Promise<Tenant | null>;
  offBoardingOutlook(actor: Actor, tenantId: string): Promise<OffBoardingOutlook>;
  /** `confirm` must be the tenant's slug; throws `confirmation_missing`, `conflict` when one goes on or has ended. */
  startOffBoarding(
    actor: Actor,
    tenantId: string,
    wish: { readonly confirm: string; readonly reason: string },
  ): Promise<OffBoarding>;
  /** The newest; null when there never was one. */
  offBoarding(actor: Actor, tenantId: string): Promise<OffBoarding | null>;
  /** Calls it off while nothing has been removed; the tenant is again what it was. Throws `conflict` later. */
  stopOffBoarding(actor: Actor, tenantId: string, reason: string): Promise<OffBoarding>;
  /** Newest first. */
  storedCredentials(actor: Actor, connectionId: string): Promise<readonly StoredCredential[]>;
  /** Stores a version that takes over when a worker has verified it. Throws `conflict` while another one waits. */
  rotateCredential(actor: Actor, connectionId: string, sealed: string, keyId: string): Promise<{ version: number }>;
}

/** The right to move one off-boarding. */
export interface ClaimedOffBoarding {
  readonly tenantId: string;
  readonly id: string;
  readonly epoch: number;
}

/** What moves off-boardings on: each method one transaction under the claim's fence; throws `lease_lost` when it has moved. */
export interface OffBoardingWork {
  claimOffBoardings(workerId: string, limit: number, leaseMs: number): Promise<readonly ClaimedOffBoarding[]>;
  offBoardingView(claim: ClaimedOffBoarding): Promise<OffBoardingView>;
  /** Takes a move other than `erase`; a wait gives the claim back and is due again after `dueInMs`. */
  moveOffBoarding(claim: ClaimedOffBoarding, move: OffBoardingMove, dueInMs: number): Promise<void>;
  /** Keys of recordings that are still noted, at most a few hundred at once, with how to forget them. */
  recordingsOf(claim: ClaimedOffBoarding): Promise<readonly RecordingNote[]>;
  /** `what`: the class that the report counts them in. */
  forgetRecordings(claim: ClaimedOffBoarding, notes: readonly RecordingNote[], what: RecordingsEnd): Promise<void>;
  /** Erases a part of the tenant's rows; true when nothing is left and the off-boarding is done. */
  eraseSome(claim: ClaimedOffBoarding): Promise<boolean>;
}

/** Removed from the bucket; or, without one, left where the node that took it removes it when its days are over. */
export type RecordingsEnd = "recordings" | "recordings-left-to-nodes";

/** Where a recording lies, and the event that says so. */
export interface RecordingNote {
  readonly sessionId: string;
  readonly seq: number;
  readonly key: string;
}

/** A connection whose stored credentials want a look. */
export interface DueCredentials {
  readonly tenantId: string;
  readonly connectionId: string;
}

/** What there is to do about a connection's credentials. */
export interface CredentialsView {
  readonly vendor: string;
  readonly inForce: number | null;
  readonly pending: { readonly version: number; readonly requestedBy: string } | null;
  /** Versions whose time is over: no call that began with them goes on, or the longest call is past. */
  readonly drained: readonly number[];
  /** Milliseconds until the next look is needed; null when nothing drains. */
  readonly nextLookMs: number | null;
  readonly nowMs: number;
}

/** What verifies new credentials and ends old ones. */
export interface CredentialWork {
  claimCredentials(limit: number, claimMs: number): Promise<readonly DueCredentials[]>;
  credentials(due: DueCredentials): Promise<CredentialsView | null>;
  /** The pending version comes into force and the one before drains, if `inForce` is still in force. */
  putInForce(due: DueCredentials, version: number, inForce: number | null, detail: string): Promise<void>;
  refuseCredential(due: DueCredentials, version: number, detail: string): Promise<void>;
  revokeCredential(due: DueCredentials, version: number, detail: string): Promise<void>;
  lookAgain(due: DueCredentials, inMs: number | null): Promise<void>;
}
