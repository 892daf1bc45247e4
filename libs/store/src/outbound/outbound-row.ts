import type { OutboundState } from "@tandem/domain/outbound";
import type { OutboundCallRow } from "@tandem/ports/store/outbound";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

/** A row as the statements of this folder read it. */
export interface OutboundRow {
  readonly id: string;
  readonly deployment_id: string;
  readonly to_number: string | null;
  readonly from_number: string;
  readonly consent_given_at: Timestamp;
  readonly consent_source: string;
  readonly consent_text: string | null;
  readonly consent_proof: string | null;
  readonly state: OutboundState;
  readonly reason: string | null;
  readonly due_at: Timestamp | null;
  readonly expires_at: Timestamp;
  readonly requested_by: string;
  readonly created_at: Timestamp;
  readonly call_id: string | null;
  readonly finished_at: Timestamp | null;
}

export const outboundCallOf = (row: OutboundRow): OutboundCallRow => ({
  id: row.id,
  deploymentId: row.deployment_id,
  to: row.to_number,
  from: row.from_number,
  state: row.state,
  reason: row.reason,
  dueAt: instantOrNull(row.due_at),
  expiresAt: instantOf(row.expires_at),
  consent: {
    givenAt: instantOf(row.consent_given_at),
    source: row.consent_source,
    text: row.consent_text,
    proof: row.consent_proof,
  },
  callId: row.call_id,
  requestedBy: row.requested_by,
  createdAt: instantOf(row.created_at),
  finishedAt: instantOrNull(row.finished_at),
});
