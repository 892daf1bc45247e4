import type { AttentionItem, AttentionKind, AttentionPage, OverviewScope } from "@tandem/ports/store/overview";
import { instantOrNull, type Timestamp } from "../rows/instant.ts";
import { PAUSED_FLEETS, type PausedFleet } from "./paused-fleets.ts";

/** How long before its end a credential is told of. */
const ENDING = "interval '14 days'";
const LIVE = "r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')";
const USED = `
  SELECT DISTINCT ON (k.tenant_id, k.id) k.tenant_id, k.id, k.name, k.vendor, k.credential_version, u.deployment_id
  FROM connection k JOIN deployment_connection u ON u.tenant_id = k.tenant_id AND u.connection_id = k.id
  ORDER BY k.tenant_id, k.id, u.deployment_id`;

// Rows of one shape from each place where something waits: kind, urgency, deployment, rollout, connection, since, until, code, detail, next.
const ROLLOUTS = `
  SELECT CASE WHEN r.phase = 'awaiting-approval' THEN 'approval' WHEN r.phase = 'awaiting-promotion' THEN 'promotion'
      WHEN r.reason ->> 'code' IN ('evidence-inconclusive', 'replay-differs') THEN 'evidence' ELSE 'held' END AS kind,
    CASE WHEN r.phase = 'held' THEN 1 ELSE 2 END AS urgency,
    r.tenant_id, r.deployment_id, r.id AS rollout_id, NULL::uuid AS connection_id, r.updated_at AS since,
    CASE WHEN r.phase <> 'held' THEN r.due_at END AS until,
    coalesce(r.reason ->> 'code', r.phase) AS code, coalesce(r.reason ->> 'detail', '') AS detail,
    coalesce(r.reason ->> 'nextAction', '') AS next, NULL::uuid AS incident_id
  FROM rollout r WHERE ${LIVE} AND r.phase IN ('held', 'awaiting-approval', 'awaiting-promotion')`;
const INCIDENTS = `
  SELECT 'incident', CASE WHEN x.severity = 'sev-1' THEN 0 ELSE 1 END, x.tenant_id, x.deployment_id, NULL::uuid, NULL::uuid, x.opened_at,
    x.resolution_due_at, x.severity, coalesce('The ' || x.opened_stack || ' stack is not well.', 'Something is not well.'),
    'Walk the stacks in order; roll back where the release is to blame.', x.id
  FROM incident x WHERE x.state <> 'resolved'`;
const SAFETY_NETS = `
  SELECT 'safety-net', 2, n.tenant_id, n.deployment_id, NULL::uuid, NULL::uuid,
    (SELECT min(h.at) FROM pointer_history h WHERE h.tenant_id = n.tenant_id AND h.deployment_id = n.deployment_id
      AND h.generation > coalesce(n.kept_generation, 0)), NULL, 'safety-net-lagging',
    coalesce(n.failure, 'The agents behind the webhook do not follow the pointer yet.'),
    'Look at the connection that holds the number; it is tried again by itself.', NULL::uuid
  FROM safety_net n JOIN deployment p ON p.tenant_id = n.tenant_id AND p.id = n.deployment_id
  WHERE n.is_held AND n.kept_generation IS DISTINCT FROM p.generation`;
const REFUSED = `
  SELECT 'credential-refused', 2, k.tenant_id, k.deployment_id, NULL::uuid, k.id, v.changed_at, NULL, 'credential-refused',
    coalesce(v.detail, ''), 'Send a credential that the vendor accepts.', NULL::uuid
  FROM (${USED}) k JOIN LATERAL (
    SELECT state, detail, changed_at FROM credential_version c WHERE c.tenant_id = k.tenant_id AND c.connection_id = k.id
    ORDER BY version DESC LIMIT 1) v ON v.state = 'refused'`;
const MISSING = `
  SELECT 'credential-missing', 3, k.tenant_id, k.deployment_id, NULL::uuid, k.id, NULL, NULL, 'credential-missing',
    'No credential is in force.', 'Store one and test the connection.', NULL::uuid
  FROM (${USED}) k WHERE k.credential_version IS NULL`;
const TESTED = `
  SELECT CASE WHEN c.state = 'failed' THEN 'connection-failing' ELSE 'credential-ending' END, CASE WHEN c.state = 'failed' THEN 2 ELSE 3 END,
    k.tenant_id, k.deployment_id, NULL::uuid, k.id, c.finished_at, (c.result ->> 'expiresAt')::timestamptz,
    coalesce(c.code, 'credential-ending'), coalesce(c.detail, 'The credential ends soon.'),
    CASE WHEN c.state = 'failed' THEN 'Correct the connection and test it again.' ELSE 'Rotate the credential before it ends.' END, NULL::uuid
  FROM (${USED}) k JOIN LATERAL (
    SELECT state, code, detail, result, finished_at FROM command c
    WHERE c.tenant_id = k.tenant_id AND c.subject_id = k.id AND c.kind = 'test-connection' AND c.state <> 'pending'
    ORDER BY c.id DESC LIMIT 1) c
    ON c.state = 'failed' OR (c.result ->> 'expiresAt')::timestamptz < clock_timestamp() + ${ENDING}`;
const DRIFT = `
  SELECT 'drift', 4, l.tenant_id, l.deployment_id, NULL::uuid, NULL::uuid, l.looked_at, NULL, 'drift-found',
    jsonb_array_length(l.told) || CASE jsonb_array_length(l.told) WHEN 1 THEN ' of the vendors'' objects is not as it was applied.'
      ELSE ' of the vendors'' objects are not as they were applied.' END, 'Adopt, revert or ignore each of them.', NULL::uuid
  FROM drift_look l WHERE l.told <> '[]'`;

const KEY = `concat_ws(chr(1), f.urgency, to_char(coalesce(f.since, 'epoch') AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSMS'), f.kind,
  f.tenant_id, f.deployment_id, f.rollout_id, f.connection_id, f.incident_id, f.fleet ->> 'id')`;

const OF_DEPLOYMENTS = `
  SELECT d.*, NULL::jsonb AS fleet
  FROM (${[ROLLOUTS, INCIDENTS, SAFETY_NETS, REFUSED, MISSING, TESTED, DRIFT].join(" UNION ALL ")}) d`;
/** A tenant's key has no right to look at fleet rollouts; of a person row security knows. */
const SOURCES = { tenant: OF_DEPLOYMENTS, person: `${OF_DEPLOYMENTS} UNION ALL ${PAUSED_FLEETS}` } as const;

/** `$1` a tenant's slug, `$2` key of the item before, `$3` limit. Fleet rollouts belong to no tenant, so that a slug leaves them out. */
export const attentionStatement = (kind: OverviewScope["kind"]): string => `
  WITH found AS MATERIALIZED (
    SELECT f.*, ${KEY} AS key, t.slug, t.name AS tenant_name, d.name, d.environment, d.time_zone,
      d.pointer_active, k.name AS connection_name, k.vendor
    FROM (${SOURCES[kind]}) f
    LEFT JOIN tenant t ON t.id = f.tenant_id LEFT JOIN deployment d ON d.tenant_id = f.tenant_id AND d.id = f.deployment_id
    LEFT JOIN connection k ON k.tenant_id = f.tenant_id AND k.id = f.connection_id
    WHERE (f.fleet IS NOT NULL OR (t.id IS NOT NULL AND d.id IS NOT NULL)) AND ($1::text IS NULL OR t.slug = $1))
  SELECT (SELECT json_object_agg(kind, n) FROM (SELECT kind, count(*) AS n FROM found GROUP BY kind) c) AS counts,
    (SELECT json_agg(row_to_json(shown) ORDER BY shown.key COLLATE "C") FROM (
      SELECT found.*, coalesce(time_zone, (
        SELECT v.time_zone FROM slot s JOIN release v ON v.tenant_id = s.tenant_id AND v.hash = s.bundle_hash
        WHERE s.tenant_id = found.tenant_id AND s.deployment_id = found.deployment_id AND s.slot = found.pointer_active)) AS zone
      FROM found WHERE $2::text IS NULL OR key COLLATE "C" > $2 ORDER BY key COLLATE "C" LIMIT $3) shown) AS rows`;

interface FoundRow {
  readonly key: string;
  readonly kind: AttentionKind;
  readonly urgency: number;
  readonly tenant_id: string | null;
  readonly slug: string;
  readonly tenant_name: string;
  readonly deployment_id: string | null;
  readonly name: string;
  readonly environment: NonNullable<AttentionItem["deployment"]>["environment"];
  readonly zone: string | null;
  readonly rollout_id: string | null;
  readonly connection_id: string | null;
  readonly incident_id: string | null;
  readonly connection_name: string;
  readonly vendor: string;
  readonly since: Timestamp | null;
  readonly until: Timestamp | null;
  readonly code: string;
  readonly detail: string;
  readonly next: string;
  readonly fleet: PausedFleet | null;
}

/** What the statement answers. */
export interface AttentionAnswer {
  readonly counts: Partial<Record<AttentionKind, number>> | null;
  readonly rows: readonly FoundRow[] | null;
}

export function attentionPageOf({ counts, rows }: AttentionAnswer, limit: number): AttentionPage {
  const shown = (rows ?? []).slice(0, limit);
  const last = (rows ?? []).length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(itemOf),
    next: last === undefined ? null : Buffer.from(last.key).toString("base64url"),
    counts: counts ?? {},
  };
}

const itemOf = (row: FoundRow): AttentionItem => ({
  kind: row.kind,
  urgency: row.urgency,
  tenant: row.tenant_id === null ? null : { id: row.tenant_id, slug: row.slug, name: row.tenant_name },
  deployment:
    row.deployment_id === null
      ? null
      : { id: row.deployment_id, name: row.name, environment: row.environment, timeZone: row.zone },
  rolloutId: row.rollout_id,
  incidentId: row.incident_id,
  connection:
    row.connection_id === null ? null : { id: row.connection_id, name: row.connection_name, vendor: row.vendor },
  fleet: row.fleet,
  since: instantOrNull(row.since),
  until: instantOrNull(row.until),
  code: row.code,
  detail: row.detail,
  nextAction: row.next,
});
