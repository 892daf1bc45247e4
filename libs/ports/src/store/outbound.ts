import type { OutboundSituation, OutboundState, OutboundWish } from "@tandem/domain/outbound";
import type { Deployment } from "@tandem/domain/tenant";
import type { Instant } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** A call-back as it stands. What the lead told is not shown, and forgotten once the call is over. */
export interface OutboundCallRow {
  readonly id: string;
  readonly deploymentId: string;
  /** E.164; null when its days were over. */
  readonly to: string | null;
  readonly from: string;
  readonly state: OutboundState;
  /** Why it is not connected: a reason of the rules, or a code of the carrier's error; null otherwise. */
  readonly reason: string | null;
  /** When it is placed or looked at next; null when it is over. */
  readonly dueAt: Instant | null;
  /** From then on the consent is too old. */
  readonly expiresAt: Instant;
  /** The words go with the number; then `proof` is an HMAC over both and the time, until then null. */
  readonly consent: Omit<OutboundWish["consent"], "text"> & {
    readonly text: string | null;
    readonly proof: string | null;
  };
  /** The carrier's id, as sessions carry it; null until it is placed. */
  readonly callId: string | null;
  readonly requestedBy: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

/** The API's part. Every change has its audit row in the same transaction. */
export interface OutboundRequests {
  /** Asks for a call-back. Throws `outbound_refused` with the rule's reason, `invalid_input` for what the playbook does not know of a lead. */
  requestOutboundCall(actor: Actor, deploymentId: string, wish: OutboundWish): Promise<OutboundCallRow>;
  outboundCall(actor: Actor, id: string): Promise<OutboundCallRow | null>;
  /** Newest first. */
  outboundCalls(actor: Actor, deploymentId: string, page: PageRequest): Promise<Page<OutboundCallRow>>;
}

/** A call that one worker looks after until its claim ends. */
export interface ClaimedOutboundCall {
  readonly tenantId: string;
  readonly id: string;
  readonly deploymentId: string;
  readonly workerId: string;
  readonly state: Extract<OutboundState, "queued" | "scheduled" | "calling">;
  readonly to: string;
  readonly from: string;
  readonly timeZone: string | null;
  readonly lead: OutboundWish["lead"];
  readonly consentGivenAt: Instant;
  readonly callId: string | null;
  /** Milliseconds since the carrier was, or may have been, asked to place it; null when it was not. */
  readonly intendedMsAgo: number | null;
  /** When that was; null as above. */
  readonly intendedAt: Instant | null;
  /** How often the carrier may have been asked. */
  readonly tries: number;
}

/** What a call is judged by when it is due. */
export interface OutboundOutlook {
  readonly situation: OutboundSituation;
  readonly deployment: Deployment;
}

/** What becomes of a claimed call. A state that is not open any more ends it. */
export interface OutboundChange {
  readonly state: OutboundState;
  readonly reason?: string | null;
  /** Looked at again after so many milliseconds, by whoever is free; without meaning when the call is over. */
  readonly dueInMs?: number;
  readonly callId?: string;
  /** `begins`: the carrier is about to be asked, the claim goes on for `claimMs` from now. `taken-back`: it provably was not. */
  readonly intent?: { readonly is: "begins"; readonly claimMs: number } | { readonly is: "taken-back" };
}

/** The worker's part. */
export interface OutboundWork {
  /** Takes up to `limit` calls that are due and free, oldest first, across all tenants. */
  claimDue(workerId: string, limit: number, claimMs: number): Promise<readonly ClaimedOutboundCall[]>;
  /** Null when the deployment is gone. */
  outlook(call: ClaimedOutboundCall): Promise<OutboundOutlook | null>;
  /** Carrier's ids of other calls to the same number: not to be taken for this one. */
  otherCallIds(call: ClaimedOutboundCall): Promise<readonly string[]>;
  /** Writes the change with its audit row; false when the claim has passed to another worker, or the call is over. */
  change(call: ClaimedOutboundCall, change: OutboundChange): Promise<boolean>;
}
