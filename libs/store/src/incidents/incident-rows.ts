import type { Incident, IncidentEventType, Stack } from "@tandem/domain/incident";
import type { JsonObject } from "@tandem/kernel";
import type { IncidentDetail, IncidentEventView, IncidentView } from "@tandem/ports/store/incidents";
import { json, type Sql } from "../database/sql.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface IncidentRow {
  readonly id: string;
  readonly deployment_id: string;
  readonly deployment_name: string;
  readonly opened_stack: Stack | null;
  readonly content: Incident;
  readonly opened_by: string;
  readonly opened_at: Timestamp;
  readonly diagnosis_due_at: Timestamp | null;
  readonly last_seq: number;
}

export const INCIDENTS = `
  SELECT i.*, d.name AS deployment_name FROM incident i JOIN deployment d ON d.tenant_id = i.tenant_id AND d.id = i.deployment_id
  WHERE i.tenant_id = $1`;
const BY_ID = `${INCIDENTS} AND i.id = $2`;
const EVENTS =
  "SELECT seq, at, type, actor, payload FROM incident_event WHERE tenant_id = $1 AND incident_id = $2 ORDER BY seq";
const INSERT = `
  INSERT INTO incident (tenant_id, id, deployment_id, opened_stack, severity, state, content, opened_by, opened_at, diagnosis_due_at,
    resolution_due_at, last_seq)
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, 1) ON CONFLICT DO NOTHING`;
const UPDATE = `
  UPDATE incident SET severity = $3, state = $4, content = $5::jsonb, diagnosis_due_at = $6, resolution_due_at = $7, resolved_at = $8,
    last_seq = $9
  WHERE tenant_id = $1 AND id = $2`;
const APPEND = `
  INSERT INTO incident_event (tenant_id, incident_id, seq, effect_id, at, type, actor, payload)
  VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6, $7::jsonb)`;

export const incidentOf = (row: IncidentRow): IncidentView => ({
  ...row.content,
  id: row.id,
  deploymentId: row.deployment_id,
  deploymentName: row.deployment_name,
  openedStack: row.opened_stack,
  openedBy: row.opened_by,
  diagnosisDueAt: instantOrNull(row.diagnosis_due_at),
});

/** The incident with everything that happened in it. */
export async function readIncident(sql: Sql, tenantId: string, id: string): Promise<IncidentDetail | null> {
  const row = await sql.row<IncidentRow>(BY_ID, [tenantId, id]);
  if (row === null) return null;
  const events = await sql.rows<Omit<IncidentEventView, "at"> & { at: Timestamp }>(EVENTS, [tenantId, id]);
  return { ...incidentOf(row), events: events.map((event) => ({ ...event, at: instantOf(event.at) })) };
}

/** Whose incident it is. */
export interface IncidentKey {
  readonly tenantId: string;
  readonly id: string;
}

/** What happened, by whom, and which request made it. */
export interface NewIncidentEvent {
  readonly type: IncidentEventType;
  readonly actor: string;
  readonly effectId: string;
  readonly payload: JsonObject;
}

const diagnosisDueAt = ({ stacks }: Incident): string | null =>
  stacks.find(({ state }) => state === "diagnosing")?.dueAt ?? null;

/** False when there is one with this id, or one open for the same stack. */
export async function insertIncident(
  sql: Sql,
  { tenantId, id }: IncidentKey,
  incident: Incident,
  opened: { readonly deploymentId: string; readonly stack: Stack | null; readonly event: NewIncidentEvent },
): Promise<boolean> {
  const { severity, state, openedAt, resolutionDueAt } = incident;
  const { deploymentId, stack, event } = opened;
  const added = await sql.run(INSERT, [
    tenantId,
    id,
    deploymentId,
    stack,
    severity,
    state,
    json(incident),
    event.actor,
    openedAt,
    diagnosisDueAt(incident),
    resolutionDueAt,
  ]);
  if (added > 0) await appendIncidentEvent(sql, { tenantId, id }, 1, event);
  return added > 0;
}

export async function updateIncident(
  sql: Sql,
  { tenantId, id }: IncidentKey,
  incident: Incident,
  seq: number,
): Promise<void> {
  const { severity, state, resolutionDueAt, resolvedAt } = incident;
  const due = state === "resolved" ? null : diagnosisDueAt(incident);
  await sql.run(UPDATE, [tenantId, id, severity, state, json(incident), due, resolutionDueAt, resolvedAt, seq]);
}

export async function appendIncidentEvent(
  sql: Sql,
  { tenantId, id }: IncidentKey,
  seq: number,
  { effectId, type, actor, payload }: NewIncidentEvent,
): Promise<void> {
  await sql.run(APPEND, [tenantId, id, seq, effectId, type, actor, json(payload)]);
}
