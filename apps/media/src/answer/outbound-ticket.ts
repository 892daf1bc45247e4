import type { CollectedFact } from "@tandem/agent";
import { isJsonObject, type Secret } from "@tandem/kernel";
import { openTicket } from "@tandem/secrets";

/** What the worker tells of a call that it has placed. */
export interface OutboundTicket {
  readonly outboundCallId: string;
  readonly deploymentId: string;
  /** Who is called, E.164. */
  readonly to: string;
  readonly facts: readonly CollectedFact[];
}

/** Null for a ticket that is forged, late or no ticket. What a genuine one holds was written by us. */
export function readOutboundTicket(key: Secret, ticket: string, nowMs: number): OutboundTicket | null {
  const content = openTicket(key, "outbound-call", ticket, nowMs);
  return isJsonObject(content ?? null) ? (content as unknown as OutboundTicket) : null;
}
