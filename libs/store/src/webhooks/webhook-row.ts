import type { WebhookKind, WebhookState } from "@tandem/domain/notification";
import type { AttemptOutcome, DeliveryRow, WebhookRow } from "@tandem/ports/store/webhooks";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface EndpointRecord {
  readonly id: string;
  readonly kind: WebhookKind;
  readonly url: string | null;
  readonly host: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly links_for: string | null;
  readonly state: WebhookState;
  readonly failing_since: Timestamp | null;
  readonly created_at: Timestamp;
  readonly created_by: string;
}

export const webhookOf = (row: EndpointRecord): WebhookRow => ({
  id: row.id,
  kind: row.kind,
  url: row.url,
  host: row.host,
  description: row.description,
  events: row.events,
  linksFor: row.links_for,
  state: row.state,
  failingSince: instantOrNull(row.failing_since),
  createdAt: instantOf(row.created_at),
  createdBy: row.created_by,
});

export interface DeliveryRecord {
  readonly endpoint_id: string;
  readonly message_id: string;
  readonly type: string;
  readonly state: DeliveryRow["state"];
  readonly attempts: number;
  readonly due_at: Timestamp | null;
  readonly outcomes: readonly AttemptOutcome[];
  readonly created_at: Timestamp;
  readonly finished_at: Timestamp | null;
}

export const deliveryOf = (row: DeliveryRecord): DeliveryRow => ({
  endpointId: row.endpoint_id,
  messageId: row.message_id,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  dueAt: instantOrNull(row.due_at),
  outcomes: row.outcomes,
  createdAt: instantOf(row.created_at),
  finishedAt: instantOrNull(row.finished_at),
});
