import type { OverviewPage, OverviewRow, OverviewSort, OverviewState } from "@tandem/ports/store/overview";
import { overviewStates } from "@tandem/ports/store/overview";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

// `$1` search pattern, `$2` tenant, `$3` environment, `$4` playbook, `$5` version, `$6` state, `$7` key of the row before, `$8` limit.
// Every deployment is judged once, with what is cheap; only those of the page are looked at closely. Row security decides which there are.
const JUDGED = `
  SELECT d.tenant_id, d.id, d.name, d.pointer_active, d.pointer_mode, t.slug, r.id AS rollout_id, r.phase,
    n.is_held AND n.kept_generation IS DISTINCT FROM d.generation AS is_lagging, c.tenant_id IS NOT NULL AS lacks_credential,
    l.tenant_id IS NOT NULL AS has_drift, i.tenant_id IS NOT NULL AS has_incident
  FROM deployment d JOIN tenant t ON t.id = d.tenant_id
  LEFT JOIN rollout r ON r.tenant_id = d.tenant_id AND r.deployment_id = d.id
    AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
  LEFT JOIN drift_look l ON l.tenant_id = d.tenant_id AND l.deployment_id = d.id AND l.told <> '[]'
  LEFT JOIN (SELECT DISTINCT tenant_id, deployment_id FROM incident WHERE state <> 'resolved') i
    ON i.tenant_id = d.tenant_id AND i.deployment_id = d.id
  LEFT JOIN safety_net n ON n.tenant_id = d.tenant_id AND n.deployment_id = d.id
  LEFT JOIN (
    SELECT DISTINCT u.tenant_id, u.deployment_id FROM deployment_connection u
    JOIN connection k ON k.tenant_id = u.tenant_id AND k.id = u.connection_id
    WHERE k.credential_version IS NULL) c ON c.tenant_id = d.tenant_id AND c.deployment_id = d.id AND d.pointer_active <> 'none'
  WHERE ($2::text IS NULL OR t.slug = $2) AND ($3::text IS NULL OR d.environment = $3) AND ($4::text IS NULL OR d.playbook = $4)
    AND ($5::text IS NULL OR EXISTS (
      SELECT FROM slot s JOIN release v ON v.tenant_id = s.tenant_id AND v.hash = s.bundle_hash
      WHERE s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.slot = d.pointer_active AND v.version = $5))
    AND ($1::text IS NULL OR d.name ILIKE $1 OR t.name ILIKE $1 OR t.slug ILIKE $1 OR d.number ILIKE $1)`;

const STATE = `
  CASE WHEN has_incident OR is_lagging OR lacks_credential OR has_drift OR phase IN ('held', 'awaiting-approval', 'awaiting-promotion') THEN 'attention'
    WHEN rollout_id IS NOT NULL THEN 'rolling-out' WHEN pointer_active = 'none' THEN 'not-live'
    WHEN pointer_mode = 'diverted' THEN 'diverted' ELSE 'live' END`;

const FLAGS = `
  array_remove(ARRAY[CASE WHEN has_incident THEN 'incident' END, CASE WHEN page.phase = 'held' THEN 'held' END, CASE WHEN is_lagging THEN 'safety-net' END,
    CASE WHEN lacks_credential THEN 'credential' END, CASE WHEN page.phase = 'awaiting-approval' THEN 'approval' END,
    CASE WHEN page.phase = 'awaiting-promotion' THEN 'promotion' END, CASE WHEN has_drift THEN 'drift' END], NULL)`;

const URGENT = overviewStates.map((state, place) => `WHEN '${state}' THEN '${place}'`).join(" ");
const PLACED: Readonly<Record<OverviewSort, string>> = {
  attention: `(CASE state ${URGENT} END || chr(1) || slug || chr(1) || name || chr(1) || id)`,
  tenant: "(slug || chr(1) || name || chr(1) || id)",
  deployment: "(name || chr(1) || slug || chr(1) || id)",
};

/** One page and the counts of all states, in one statement. */
export const overviewStatement = (sort: OverviewSort): string => `
  WITH judged AS MATERIALIZED (SELECT *, ${STATE} AS state FROM (${JUDGED}) j),
  placed AS (SELECT *, ${PLACED[sort]} COLLATE "C" AS key FROM judged WHERE $6::text IS NULL OR state = $6 OFFSET 0),
  page AS (SELECT * FROM placed WHERE $7::text IS NULL OR key > $7 ORDER BY key LIMIT $8)
  SELECT (SELECT json_object_agg(state, n) FROM (SELECT state, count(*) AS n FROM judged GROUP BY state) c) AS counts,
    (SELECT json_agg(row_to_json(shown) ORDER BY shown.key) FROM (
      SELECT page.key, page.tenant_id, page.slug, t.name AS tenant_name, t.status, page.id, page.name, d.playbook, d.environment, d.number, coalesce(d.time_zone, v.time_zone) AS time_zone,
        page.state, ${FLAGS} AS flags, page.pointer_active, d.pointer_candidate, d.pointer_weight_bp, page.pointer_mode, s.bundle_hash, v.version,
        moved.at AS since, moved.actor AS by, page.rollout_id, page.phase, r.reason, r.created_at AS rollout_started_at,
        CASE WHEN r.phase <> 'held' OR r.due_at < clock_timestamp() + interval '1 day' THEN r.due_at END AS due_at,
        w.version AS rollout_version, x.words AS health, x.looked_at AS health_at,
        (SELECT count(*)::int FROM session c WHERE c.tenant_id = page.tenant_id AND c.deployment_id = page.id
          AND c.ended_at IS NULL AND c.kind = 'live') AS calls
      FROM page JOIN deployment d ON d.tenant_id = page.tenant_id AND d.id = page.id JOIN tenant t ON t.id = page.tenant_id
      LEFT JOIN slot s ON s.tenant_id = page.tenant_id AND s.deployment_id = page.id AND s.slot = page.pointer_active
      LEFT JOIN release v ON v.tenant_id = s.tenant_id AND v.hash = s.bundle_hash
      LEFT JOIN LATERAL (
        SELECT h.at, h.actor FROM pointer_history h WHERE h.tenant_id = page.tenant_id AND h.deployment_id = page.id
          AND h.cause IN ('switch', 'rollback') ORDER BY h.generation DESC LIMIT 1) moved ON page.pointer_active <> 'none'
      LEFT JOIN rollout r ON r.tenant_id = page.tenant_id AND r.id = page.rollout_id
      LEFT JOIN stack_health x ON x.tenant_id = page.tenant_id AND x.deployment_id = page.id AND x.looked_at IS NOT NULL
      LEFT JOIN release w ON w.tenant_id = r.tenant_id AND w.hash = r.bundle_hash) shown) AS rows`;

interface JudgedRow {
  readonly key: string;
  readonly tenant_id: string;
  readonly slug: string;
  readonly tenant_name: string;
  readonly status: string;
  readonly id: string;
  readonly name: string;
  readonly playbook: string;
  readonly environment: OverviewRow["environment"];
  readonly number: string | null;
  readonly time_zone: string | null;
  readonly state: OverviewState;
  readonly flags: OverviewRow["flags"];
  readonly pointer_active: string;
  readonly pointer_candidate: string | null;
  readonly pointer_weight_bp: number;
  readonly pointer_mode: OverviewRow["mode"];
  readonly bundle_hash: string | null;
  readonly version: string | null;
  readonly since: Timestamp | null;
  readonly by: string | null;
  readonly calls: number;
  readonly health: NonNullable<OverviewRow["health"]>["stacks"] | null;
  readonly health_at: Timestamp;
  readonly rollout_id: string | null;
  readonly phase: string;
  readonly rollout_version: string | null;
  readonly rollout_started_at: Timestamp;
  readonly due_at: Timestamp | null;
  readonly reason: NonNullable<OverviewRow["rollout"]>["reason"];
}

/** What the statement answers. */
export interface OverviewAnswer {
  readonly counts: Partial<Record<OverviewState, number>> | null;
  readonly rows: readonly JudgedRow[] | null;
}

export function overviewPageOf({ counts, rows }: OverviewAnswer, limit: number): OverviewPage {
  const shown = (rows ?? []).slice(0, limit);
  const last = (rows ?? []).length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(overviewRowOf),
    next: last === undefined ? null : Buffer.from(last.key).toString("base64url"),
    counts: Object.fromEntries(overviewStates.map((state) => [state, counts?.[state] ?? 0])) as OverviewPage["counts"],
  };
}

const overviewRowOf = (row: JudgedRow): OverviewRow => ({
  tenant: { id: row.tenant_id, slug: row.slug, name: row.tenant_name, status: row.status },
  id: row.id,
  name: row.name,
  playbook: row.playbook,
  environment: row.environment,
  number: row.number,
  timeZone: row.time_zone,
  state: row.state,
  flags: row.flags,
  mode: row.pointer_mode,
  live:
    row.pointer_active === "none"
      ? null
      : {
          slot: row.pointer_active,
          bundleHash: row.bundle_hash,
          version: row.version,
          since: instantOrNull(row.since),
          by: row.by,
        },
  candidateBp: row.pointer_candidate === null ? 0 : row.pointer_weight_bp,
  calls: row.calls,
  health: row.health === null ? null : { at: instantOf(row.health_at), stacks: row.health },
  rollout:
    row.rollout_id === null
      ? null
      : {
          id: row.rollout_id,
          phase: row.phase,
          version: row.rollout_version,
          startedAt: instantOf(row.rollout_started_at),
          dueAt: instantOrNull(row.due_at),
          reason: row.reason,
        },
});
