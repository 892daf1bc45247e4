import {
  isWanted,
  type Notification,
  notificationsOf,
  type NotificationSubject,
  type OutboxFact,
} from "@tandem/domain/notification";
import { isJsonObject, type JsonObject } from "@tandem/kernel";
import { json, type Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

const MESSAGE = `
  SELECT kind, payload, created_at FROM outbox WHERE tenant_id = $1 AND id = $2 AND sent_at IS NULL FOR UPDATE`;
const ENDPOINTS = `
  SELECT id, events FROM webhook_endpoint WHERE tenant_id = $1 AND state <> 'disabled' AND removed_at IS NULL`;
const SUBJECT = `
  SELECT id, name, playbook, environment FROM deployment WHERE tenant_id = $1 AND id = coalesce(
    (SELECT deployment_id FROM rollout WHERE tenant_id = $1 AND id = $2::uuid), $3::uuid)`;
const KEEP = `
  INSERT INTO webhook_message (tenant_id, id, type, body)
  SELECT $1, m.id, m.type, m.body FROM jsonb_to_recordset($2::jsonb) AS m (id text, type text, body text) ON CONFLICT DO NOTHING`;
const DELIVER = `
  INSERT INTO webhook_delivery (tenant_id, endpoint_id, message_id, due_at)
  SELECT $1, d.endpoint, d.message, clock_timestamp() FROM jsonb_to_recordset($2::jsonb) AS d (endpoint uuid, message text) ON CONFLICT DO NOTHING`;
const SENT = "UPDATE outbox SET sent_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Message = { readonly tenantId: string; readonly id: string };
type Endpoint = { readonly id: string; readonly events: readonly string[] };

/** One message → events → one delivery for each endpoint that wants them; all under the message's row lock, so that nobody does it twice. */
export async function fanOut(sql: Sql, message: Message): Promise<number> {
  const key = [message.tenantId, message.id] as const;
  const row = await sql.row<OutboxFact & { created_at: Timestamp }>(MESSAGE, key);
  if (row === null) return 0;
  const endpoints = await sql.rows<Endpoint>(ENDPOINTS, [message.tenantId]);
  const made = endpoints.length === 0 ? 0 : await deliver(sql, { message, row, endpoints });
  await sql.send(SENT, key, 1);
  return made;
}

interface Delivering {
  readonly message: Message;
  readonly row: OutboxFact & { readonly created_at: Timestamp };
  readonly endpoints: readonly Endpoint[];
}

async function deliver(sql: Sql, { message, row, endpoints }: Delivering): Promise<number> {
  const events = notificationsOf(row, await subjectOf(sql, message.tenantId, row.payload));
  const kept = events.map((event, index) =>
    keptEvent(event, `${message.id}${index === 0 ? "" : `-${index}`}`, row.created_at),
  );
  const deliveries = kept.flatMap(({ event, id }) =>
    endpoints.filter((endpoint) => isFor(endpoint, event)).map((endpoint) => ({ endpoint: endpoint.id, message: id })),
  );
  if (deliveries.length === 0) return 0;
  const used = new Set(deliveries.map((delivery) => delivery.message));
  const messages = kept.filter(({ id }) => used.has(id)).map(({ id, event, body }) => ({ id, type: event.type, body }));
  await sql.send(KEEP, [message.tenantId, json(messages)]);
  return sql.run(DELIVER, [message.tenantId, json(deliveries)]);
}

/** A test, and the notice that an endpoint is off, do not go by filters: the one goes to its endpoint, the other to all but it. */
function isFor(endpoint: Endpoint, { type, data }: Notification): boolean {
  if (type === "webhook.test") return data.endpointId === endpoint.id;
  if (type === "webhook.disabled") return data.endpointId !== endpoint.id;
  return isWanted(endpoint.events, type);
}

const keptEvent = (event: Notification, id: string, at: Timestamp) => ({
  id,
  event,
  body: JSON.stringify({ type: event.type, timestamp: instantOf(at), data: event.data }),
});

async function subjectOf(sql: Sql, tenantId: string, payload: JsonObject): Promise<NotificationSubject> {
  const object = typeof payload["object"] === "string" ? payload["object"] : "";
  const rolloutId = idIn(object.startsWith("rollout/") ? object.slice(8) : payload["rolloutId"]);
  const deploymentId = idIn(object.startsWith("deployment/") ? object.slice(11) : payload["deploymentId"]);
  if (rolloutId === null && deploymentId === null) return { deployment: null };
  const deployment = await sql.row<NonNullable<NotificationSubject["deployment"]>>(SUBJECT, [
    tenantId,
    rolloutId,
    deploymentId,
  ]);
  return { deployment: isJsonObject(deployment) ? deployment : null };
}

const idIn = (value: unknown): string | null => (typeof value === "string" && UUID.test(value) ? value : null);
