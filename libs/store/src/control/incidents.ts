import { decideIncident, type IncidentCommand, openIncident } from "@tandem/domain/incident";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { AttachedEvidence, IncidentDetail, IncidentRequests } from "@tandem/ports/store/incidents";
import { entryOf } from "../audit/facts.ts";
import type { Sql } from "../database/sql.ts";
import { readHealth } from "../incidents/health.ts";
import { readHealthSeries } from "../incidents/health-series.ts";
import {
  appendIncidentEvent,
  incidentOf,
  INCIDENTS,
  type IncidentRow,
  insertIncident,
  readIncident,
  updateIncident,
} from "../incidents/incident-rows.ts";
import { releaseMoves } from "../incidents/release-moves.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { instantOf } from "../rows/instant.ts";
import {
  type ControlContext,
  cursorText,
  effectIdOf,
  inActorsTenant,
  pageSize,
  requireTenant,
  toPage,
  UUID,
} from "./context.ts";

const OPENED_AND_ID = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z [0-9a-f-]{36}$/;
const LIST = `${INCIDENTS}
  AND ($2::uuid IS NULL OR i.deployment_id = $2)
  AND ($3::text IS NULL OR (i.state = 'resolved') = ($3 = 'resolved'))
  AND ($4::timestamptz IS NULL OR (i.opened_at, i.id) < ($4, $5::uuid))
  ORDER BY i.opened_at DESC, i.id DESC LIMIT $6`;
const IS_DEPLOYMENT = "SELECT 1 FROM deployment WHERE tenant_id = $1 AND id = $2";
const LOCK = `${INCIDENTS} AND i.id = $2 FOR UPDATE OF i`;
const IS_DONE = "SELECT 1 FROM incident_event WHERE tenant_id = $1 AND incident_id = $2 AND effect_id = $3";
const IS_SESSION = "SELECT 1 FROM session WHERE tenant_id = $1 AND id = $2";
const IS_STEP = "SELECT 1 FROM step WHERE tenant_id = $1 AND rollout_id = $2 AND seq = $3";

type Methods = Pick<ControlStore, keyof IncidentRequests>;

/** Health of deployments, and their incidents. */
export function incidentMethods(context: ControlContext): Methods {
  const inTenant = <Result>(actor: Actor, work: (sql: Sql, tenantId: string) => Promise<Result>) =>
    inActorsTenant(context, actor, (sql) => work(sql, requireTenant(actor)));
  return {
    health: async (actor, deploymentId, windowMs) =>
      UUID.test(deploymentId)
        ? inTenant(actor, (sql, tenantId) => readHealth(sql, tenantId, deploymentId, windowMs))
        : null,
    healthSeries: async (actor, deploymentId, span) =>
      UUID.test(deploymentId)
        ? inTenant(actor, (sql, tenantId) => readHealthSeries(sql, tenantId, deploymentId, span))
        : null,
    releaseMoves: (actor, deploymentId) =>
      inTenant(actor, (sql, tenantId) => releaseMoves(sql, tenantId, deploymentId)),
    openIncident: (actor, deploymentId, wish) =>
      inTenant(actor, (sql) => open(context, actor, sql, { deploymentId, wish })),
    incidents: (actor, page, { state, deploymentId }) =>
      inTenant(actor, async (sql, tenantId) => {
        const [openedAt, id] = cursorText(page, OPENED_AND_ID)?.split(" ") ?? [];
        const parameters = [
          tenantId,
          deploymentId ?? null,
          state ?? null,
          openedAt ?? null,
          id ?? null,
          pageSize(page),
        ];
        const rows = await sql.rows<IncidentRow>(LIST, parameters);
        return toPage(rows, page, incidentOf, (row) => `${instantOf(row.opened_at)} ${row.id}`);
      }),
    incident: async (actor, id) =>
      UUID.test(id) ? inTenant(actor, (sql, tenantId) => readIncident(sql, tenantId, id)) : null,
    changeIncident: (actor, id, command, evidence) =>
      inTenant(actor, (sql) => change(context, actor, sql, { id, command, evidence })),
  };
}

type Wish = Parameters<IncidentRequests["openIncident"]>[2];

async function open(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  { deploymentId, wish }: { readonly deploymentId: string; readonly wish: Wish },
): Promise<IncidentDetail> {
  const tenantId = requireTenant(actor);
  if (!UUID.test(deploymentId) || (await sql.row(IS_DEPLOYMENT, [tenantId, deploymentId])) === null)
    throw new AppError("not_found", "There is no such deployment.");
  const { severity, summary, stack } = wish;
  const id = effectIdOf(context, actor);
  const incident = openIncident({ severity, summary, suspected: stack }, Date.now());
  const event = { type: "opened", actor: actor.subject, effectId: id, payload: { severity, summary, stack } } as const;
  if (await insertIncident(sql, { tenantId, id }, incident, { deploymentId, stack, event })) {
    const object = `incident/${id}`;
    const closing = new ClosingWrites(sql, tenantId);
    closing.enqueue("incident.opened", { deploymentId, object, actor: actor.subject, severity, stack, summary });
    const entry = { action: "incident.opened", object, after: { deploymentId, severity, stack, summary } };
    closing.audit(entryOf(actor, entry), actor.requestId);
    await closing.write(context.options.newId);
  }
  const made = await readIncident(sql, tenantId, id);
  if (made === null)
    throw new AppError("already_exists", `An incident of ${stack ?? "this deployment"} is open already.`);
  return made;
}

interface Change {
  readonly id: string;
  readonly command: IncidentCommand;
  readonly evidence: readonly AttachedEvidence[];
}

async function change(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  { id, command, evidence }: Change,
): Promise<IncidentDetail> {
  const tenantId = requireTenant(actor);
  const row = UUID.test(id) ? await sql.row<IncidentRow>(LOCK, [tenantId, id]) : null;
  if (row === null) throw new AppError("not_found", `There is no incident ${id}`);
  const effectId = effectIdOf(context, actor);
  if ((await sql.row(IS_DONE, [tenantId, id, effectId])) === null) {
    for (const one of evidence) await requireEvidence(sql, tenantId, one);
    const decision = decideIncident(row.content, command, Date.now());
    if ("refused" in decision)
      throw new AppError("incident_refused", decision.text, { details: { reason: decision.refused } });
    const seq = row.last_seq + 1;
    const { do: _do, ...said } = command;
    const payload = { ...said, evidence: evidence.map((one) => ({ ...one })) } as unknown as JsonObject;
    await appendIncidentEvent(sql, { tenantId, id }, seq, {
      type: decision.event,
      actor: actor.subject,
      effectId,
      payload,
    });
    await updateIncident(sql, { tenantId, id }, decision.incident, seq);
    const object = `incident/${id}`;
    const closing = new ClosingWrites(sql, tenantId);
    const { deployment_id: deploymentId } = row;
    if (decision.event === "resolved")
      closing.enqueue("incident.resolved", {
        deploymentId,
        object,
        actor: actor.subject,
        resolution: decision.incident.resolution,
      });
    const entry = {
      action: `incident.${decision.event}`,
      object,
      before: { ...row.content },
      after: { ...decision.incident },
    };
    closing.audit(entryOf(actor, entry), actor.requestId);
    await closing.write(context.options.newId);
  }
  const changed = await readIncident(sql, tenantId, id);
  if (changed === null) throw new AppError("internal", "The incident just written is not there.");
  return changed;
}

/** Throws `not_found` for what the tenant does not have. */
async function requireEvidence(sql: Sql, tenantId: string, evidence: AttachedEvidence): Promise<void> {
  if (evidence.kind === "session" && (await sql.row(IS_SESSION, [tenantId, evidence.sessionId])) === null)
    throw new AppError("not_found", `There is no call ${evidence.sessionId}`);
  if (evidence.kind !== "operation") return;
  const { rolloutId, seq } = evidence;
  if ((await sql.row(IS_STEP, [tenantId, rolloutId, seq])) === null)
    throw new AppError("not_found", `Rollout ${rolloutId} has no operation ${seq}`);
}
