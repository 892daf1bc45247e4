import { type CallEvent, type CallFigures, callFigures, FIGURE_EVENTS, type Span } from "@tandem/domain/kpi";
import type { LatencyParts } from "@tandem/domain/session";
import type { LatencyRow, VendorLatencyRow } from "@tandem/ports/store/calls";
import type { ControlStore } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { type ControlContext, inActorsTenant, requireTenant, UUID } from "./context.ts";

const COMPONENTS = [
  "transcribeMs",
  "endOfTurnMs",
  "modelMs",
  "speechMs",
  "sendMs",
  "networkMs",
  "totalMs",
] as const satisfies readonly (keyof LatencyParts)[];

// Openings answer nobody, and what a vendor says about its own agent is another kind of figure (ruling 40). Each turn is read once and each
// component sorted once: a week of 100,000 turns must fit into a statement's time.
const MEASURED = `
  SELECT e.deployment_id AS "deploymentId", s.region, s.slot, s.bundle_hash AS release, count(*)::int AS turns,
    ${COMPONENTS.map((part) => `percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY part."${part}") AS "${part}"`).join(", ")}
  FROM session_event e
  JOIN session s ON s.tenant_id = e.tenant_id AND s.id = e.session_id
  CROSS JOIN LATERAL jsonb_to_record(e.payload -> 'latency') AS part (${COMPONENTS.map((part) => `"${part}" float8`).join(", ")})
  WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.deployment_id = $2) AND s.kind = $3 AND e.at >= $4 AND e.at < $5
    AND e.type = 'turn-ended' AND e.payload ->> 'source' = 'measured' AND jsonb_typeof(e.payload -> 'latency') = 'object'
    AND e.payload -> 'turn' <> '0'
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
const VENDOR_REPORTED = `
  SELECT e.deployment_id AS "deploymentId", s.slot, s.bundle_hash AS release, split_part(fact.key, '.', 2) AS component,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY fact.value::float8) FILTER (WHERE fact.key LIKE '%.p50') AS "medianP50Ms",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY fact.value::float8) FILTER (WHERE fact.key LIKE '%.p95') AS "medianP95Ms",
    count(DISTINCT e.session_id)::int AS calls
  FROM session_event e
  JOIN session s ON s.tenant_id = e.tenant_id AND s.id = e.session_id
  CROSS JOIN LATERAL jsonb_each_text(e.payload) AS fact
  WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.deployment_id = $2) AND s.kind = $3 AND e.at >= $4 AND e.at < $5
    AND s.started_at >= $4::timestamptz - interval '5 hours' AND s.started_at < $5
    AND e.type = 'agent-call-analyzed' AND fact.key LIKE 'latency.%.p%' AND jsonb_typeof(e.payload -> fact.key) = 'number'
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
const SERVED = `
  SELECT bundle_hash AS release, min(started_at) AS "firstCallAt", max(started_at) AS "lastCallAt", count(*)::int AS calls
  FROM session WHERE tenant_id = $1 AND deployment_id = $2 AND kind = 'live' AND started_at > now() - interval '90 days'
  GROUP BY bundle_hash ORDER BY max(started_at) DESC LIMIT $3`;
const BATCH = 2000;
const figureColumns = (events: string): string => `
  s.id, s.bundle_hash AS release, s.started_at, s.ended_at, s.disposition, s.caller, (
    SELECT jsonb_agg(jsonb_build_object('type', e.type,
      'payload', e.payload - 'callerText' - 'agentText' - 'latency' - 'tools') ORDER BY e.at, e.seq)
    FROM session_event e WHERE e.tenant_id = s.tenant_id AND e.session_id = s.id AND e.type = ANY (${events})) AS events
  FROM session s`;
const CALLS_BY_ID = `SELECT ${figureColumns("$3")} WHERE s.tenant_id = $1 AND s.id = ANY ($2::text[])`;
const CALLS = `
  SELECT ${figureColumns("$5")}
  WHERE s.tenant_id = $1 AND s.deployment_id = $2 AND s.kind = 'live' AND s.started_at < $4
    AND (s.started_at, s.id) > ($3::timestamptz, $6)
  ORDER BY s.started_at, s.id LIMIT ${BATCH}`;

type Methods = Pick<ControlStore, "latency" | "servedReleases" | "callFigures">;

/** Figures over many calls. */
export function callStatisticsMethods(context: ControlContext): Methods {
  return {
    latency: (actor, { deploymentId, kind, span }) =>
      inActorsTenant(context, actor, async (sql) => {
        if (deploymentId !== null && !UUID.test(deploymentId)) return { measured: [], vendorReported: [] };
        const parameters = [requireTenant(actor), deploymentId, kind, new Date(span.fromMs), new Date(span.toMs)];
        return {
          measured: (await sql.rows<MeasuredRow>(MEASURED, parameters)).flatMap(componentsOf),
          vendorReported: await sql.rows<VendorLatencyRow>(VENDOR_REPORTED, parameters),
        };
      }),
    servedReleases: async (actor, deploymentId, limit) => {
      if (!UUID.test(deploymentId)) return [];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<{ release: string; firstCallAt: Timestamp; lastCallAt: Timestamp; calls: number }>(SERVED, [
          requireTenant(actor),
          deploymentId,
          limit,
        ]),
      );
      return rows.map((row) => ({
        ...row,
        firstCallAt: instantOf(row.firstCallAt),
        lastCallAt: instantOf(row.lastCallAt),
      }));
    },
    callFigures: async (actor, deploymentId, span) => {
      if (!UUID.test(deploymentId)) return [];
      return inActorsTenant(context, actor, (sql) => allFigures(sql, requireTenant(actor), deploymentId, span));
    },
  };
}

type MeasuredRow = Pick<LatencyRow, "deploymentId" | "region" | "slot" | "release" | "turns"> & {
  readonly [Component in (typeof COMPONENTS)[number]]: readonly [number | null, number | null, number | null] | null;
};

/** One row per component; a component that no turn had is left out. */
function componentsOf({ deploymentId, region, slot, release, turns, ...parts }: MeasuredRow): LatencyRow[] {
  return COMPONENTS.flatMap((component) => {
    const [p50Ms, p95Ms, p99Ms] = parts[component] ?? [];
    if (p50Ms == null || p95Ms == null || p99Ms == null) return [];
    return [{ deploymentId, region, slot, release, component, p50Ms, p95Ms, p99Ms, turns }];
  });
}

interface FiguresRow {
  readonly id: string;
  readonly release: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly disposition: string | null;
  readonly caller: string | null;
  readonly events: readonly CallEvent[] | null;
}

/** Batch by batch, so that events never stand in memory all at once. */
async function allFigures(sql: Sql, tenantId: string, deploymentId: string, span: Span): Promise<CallFigures[]> {
  const figures: CallFigures[] = [];
  let [afterStart, afterId] = [new Date(span.fromMs), ""];
  for (;;) {
    const parameters = [tenantId, deploymentId, afterStart, new Date(span.toMs), FIGURE_EVENTS, afterId];
    const rows = await sql.rows<FiguresRow>(CALLS, parameters);
    for (const row of rows) figures.push(figuresOf(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return figures;
    [afterStart, afterId] = [last.started_at, last.id];
  }
}

/** Calls of these ids, in no order. */
export async function figuresOfCalls(sql: Sql, tenantId: string, ids: readonly string[]): Promise<CallFigures[]> {
  const figures: CallFigures[] = [];
  for (let from = 0; from < ids.length; from += BATCH) {
    const rows = await sql.rows<FiguresRow>(CALLS_BY_ID, [tenantId, ids.slice(from, from + BATCH), FIGURE_EVENTS]);
    for (const row of rows) figures.push(figuresOf(row));
  }
  return figures;
}

const figuresOf = ({ id, release, started_at, ended_at, disposition, caller, events }: FiguresRow): CallFigures =>
  callFigures(
    {
      sessionId: id,
      release,
      startedAtMs: new Date(started_at).getTime(),
      endedAtMs: ended_at === null ? null : new Date(ended_at).getTime(),
      disposition,
      caller,
    },
    events ?? [],
  );
