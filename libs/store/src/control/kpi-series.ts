import {
  AGENT_OUTCOMES,
  AGENT_STARTS,
  type CallFigures,
  resolvableBefore,
  type SeriesCounts,
} from "@tandem/domain/kpi";
import type { ControlStore } from "@tandem/ports/store/control";
import type { SeriesCell, SeriesMove, SeriesQuery, SeriesRows } from "@tandem/ports/store/kpi-series";
import type { Parameter, Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { figuresOfCalls } from "./call-statistics.ts";
import { type ControlContext, inActorsTenant, requireTenant, UUID } from "./context.ts";

const MOST_MOVES = 1000;
/** Calls whose events are read to be priced: shared out over the cells. */
const MOST_PRICED = 2000;
const MOST_PRICED_PER_CELL = 100;

const list = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

const DEPLOYMENTS = `
  SELECT id FROM deployment WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::text IS NULL OR playbook = $3)`;
const BOUNDS = `
  SELECT bound FROM generate_series(date_trunc($1, $2::timestamptz, $4), $3::timestamptz + ('2 ' || $1)::interval, ('1 ' || $1)::interval, $4) AS bound
  ORDER BY bound`;
/** The ended calls of the span, each with its bucket and line; `more` are columns over the calls of every release, seven days beyond the span included. */
const calls = (more: string): string => `
  WITH seen AS (
    SELECT s.id, s.deployment_id, s.bundle_hash, s.started_at, s.ended_at, s.caller, coalesce(s.disposition, '') AS outcome${more}
    FROM session s
    WHERE s.tenant_id = $1 AND s.deployment_id = ANY ($2::uuid[]) AND s.kind = 'live' AND s.started_at >= $3
      AND s.started_at < $4::timestamptz + interval '7 days'
  ), placed AS MATERIALIZED (
    SELECT c.*, width_bucket(c.started_at, $5::timestamptz[]) - 1 AS bucket,
      c.outcome IN (${list(AGENT_OUTCOMES)}) OR (c.outcome <> 'voicemail' AND EXISTS (
        SELECT FROM session_event e WHERE e.tenant_id = $1 AND e.session_id = c.id AND e.type IN (${list(AGENT_STARTS)}))) AS is_agents,
      CASE WHEN $7 THEN coalesce((r.bundle #>> '{playbook,name}') || '@' || (r.bundle #>> '{playbook,version}'), 'unknown')
        ELSE c.bundle_hash END AS line
    FROM seen c LEFT JOIN release r ON $7 AND r.tenant_id = $1 AND r.hash = c.bundle_hash
    WHERE c.started_at < $4 AND c.ended_at IS NOT NULL AND ($6::text IS NULL OR c.bundle_hash = $6)
  )`;
const NEXT_CALL = ", lead(s.started_at) OVER (PARTITION BY s.deployment_id, s.caller ORDER BY s.started_at) AS next_at";
const IS_RESOLVABLE = "is_agents AND outcome <> 'emergency' AND caller IS NOT NULL AND started_at < $8";
const CELLS = `${calls(NEXT_CALL)}
  SELECT bucket, line,
    (count(*) FILTER (WHERE outcome <> 'voicemail'))::int AS calls,
    (count(*) FILTER (WHERE outcome IN ('abandoned', 'dropped', 'lost')))::int AS missed,
    (count(*) FILTER (WHERE is_agents))::int AS "withAgent",
    (count(*) FILTER (WHERE is_agents AND outcome = 'booked'))::int AS booked,
    coalesce(sum(greatest(0, extract(epoch FROM ended_at - started_at))) FILTER (WHERE is_agents), 0)::float8 AS "handlingSeconds",
    (count(*) FILTER (WHERE is_agents AND outcome <> 'emergency'))::int AS judged,
    (count(*) FILTER (WHERE is_agents AND outcome IN ('booked', 'handled')))::int AS "selfServed",
    (count(*) FILTER (WHERE is_agents AND outcome NOT IN ('transferred', 'emergency')))::int AS contained,
    (count(*) FILTER (WHERE ${IS_RESOLVABLE}))::int AS resolvable,
    (count(*) FILTER (WHERE ${IS_RESOLVABLE} AND outcome IN ('booked', 'handled')
      AND (next_at IS NULL OR next_at > started_at + interval '7 days')))::int AS resolved
  FROM placed GROUP BY bucket, line ORDER BY bucket, line`;
// Ids of calls are keyed hashes: the first ones by id are a random sample, and the same one at every look.
const SAMPLE = `${calls("")}
  SELECT id, bucket, line FROM (
    SELECT id, bucket, line, row_number() OVER (PARTITION BY bucket, line ORDER BY id) AS place FROM placed WHERE is_agents
  ) ranked WHERE place <= $8`;
const MOVES = `
  SELECT p.at, p.deployment_id AS "deploymentId", p.cause, p.generation, p.pointer ->> 'active' AS active, p.rollout_id AS "rolloutId",
    r.bundle_hash AS release, p.actor
  FROM pointer_history p LEFT JOIN rollout r ON r.tenant_id = p.tenant_id AND r.id = p.rollout_id
  WHERE p.tenant_id = $1 AND p.deployment_id = ANY ($2::uuid[]) AND p.at >= $3 AND p.at < $4
  ORDER BY p.at DESC LIMIT ${MOST_MOVES}`;

/** KPIs in buckets of time. */
export function kpiSeriesMethods(context: ControlContext): Pick<ControlStore, "kpiSeries"> {
  return {
    kpiSeries: (actor, query) => inActorsTenant(context, actor, (sql) => readSeries(sql, requireTenant(actor), query)),
  };
}

async function readSeries(sql: Sql, tenantId: string, query: SeriesQuery): Promise<SeriesRows> {
  const { of, step, timeZone, fromMs, toMs, release } = query;
  const [deploymentId, playbook] = "playbook" in of ? [null, of.playbook] : [of.deploymentId, null];
  if (deploymentId !== null && !UUID.test(deploymentId)) return { bounds: [], cells: [], moves: [] };
  const deployments = await sql.rows<{ id: string }>(DEPLOYMENTS, [tenantId, deploymentId, playbook]);
  const ids = deployments.map(({ id }) => id);
  const to = new Date(toMs);
  const bounds = await sql.rows<{ bound: Timestamp }>(BOUNDS, [step, new Date(fromMs), to, timeZone]);
  const starts = boundsUpTo(
    bounds.map(({ bound }) => instantOf(bound)),
    toMs,
  );
  const from = starts[0] ?? new Date(fromMs).toISOString();
  const asked = [tenantId, ids, from, to, starts.slice(0, -1), release, playbook !== null] as const;
  const before = new Date(resolvableBefore(Date.now()));
  const cells = await sql.rows<Counted>(CELLS, [...asked, before]);
  const moves = await sql.rows<Omit<SeriesMove, "at"> & { at: Timestamp }>(MOVES, [tenantId, ids, from, to]);
  return {
    bounds: starts,
    cells: await withSamples(sql, cells, [...asked, sampleSize(cells.length)]),
    moves: moves.map((move) => ({ ...move, at: instantOf(move.at) })).toReversed(),
  };
}

type Counted = SeriesCounts & Pick<SeriesCell, "bucket" | "line">;

const sampleSize = (cells: number): number =>
  Math.min(MOST_PRICED_PER_CELL, Math.max(1, Math.floor(MOST_PRICED / Math.max(1, cells))));

const cellKey = ({ bucket, line }: Pick<SeriesCell, "bucket" | "line">): string => `${bucket} ${line}`;

async function withSamples(
  sql: Sql,
  cells: readonly Counted[],
  parameters: readonly Parameter[],
): Promise<readonly SeriesCell[]> {
  const chosen = await sql.rows<{ id: string; bucket: number; line: string }>(SAMPLE, parameters);
  const cellOf = new Map(chosen.map((each) => [each.id, cellKey(each)]));
  const samples = new Map<string, CallFigures[]>();
  for (const figures of await figuresOfCalls(sql, String(parameters[0]), [...cellOf.keys()])) {
    const key = cellOf.get(figures.sessionId) ?? "";
    samples.set(key, [...(samples.get(key) ?? []), figures]);
  }
  return cells.map((cell) => ({ ...cell, sample: samples.get(cellKey(cell)) ?? [] }));
}

/** The bounds up to the first one at or after the end. */
function boundsUpTo(bounds: readonly string[], toMs: number): string[] {
  const last = bounds.findIndex((bound) => Date.parse(bound) >= toMs);
  return last < 0 ? [...bounds] : bounds.slice(0, last + 1);
}
