import { type CallFacts, callFacts, EVIDENCE_EVENTS, type Stretch } from "@tandem/domain/evidence";
import type { CallEvent } from "@tandem/domain/kpi";
import type pg from "pg";
import { json } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";

/** The ended live calls of one release in stretches of time. */
export interface Calls {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly release: string;
  readonly stretches: readonly Stretch[];
}

const STRETCHES = "unnest($4::timestamptz[], $5::timestamptz[]) AS st (lo, hi)";

/** Events of a call may come in for a while after its end: so long it is folded again. */
const SETTLED = "interval '60 seconds'";
const CALLS_AT_ONCE = 1000;
/** A first look at much history goes on with the next one: a look must stay well within its lease. */
const MOST_ROUNDS = 4;

// Newest first: what a watch is about. NOT IN, so that both sides are read once each, whatever the planner thinks of their sizes.
const UNFOLDED = `
  SELECT s.id, s.started_at, s.ended_at, s.disposition, (
    SELECT jsonb_agg(jsonb_build_object('type', e.type,
      'payload', e.payload - 'callerText' - 'agentText' - 'tools' - 'summary') ORDER BY e.at, e.seq)
    FROM session_event e WHERE e.tenant_id = s.tenant_id AND e.session_id = s.id AND e.type = ANY ($6)) AS events
  FROM (
    SELECT c.id FROM ${STRETCHES}
    JOIN session c ON c.tenant_id = $1 AND c.deployment_id = $2 AND c.bundle_hash = $3 AND c.kind = 'live' AND c.ended_at IS NOT NULL
      AND c.started_at >= st.lo AND c.started_at < st.hi
    WHERE c.id NOT IN (
      SELECT f.session_id FROM ${STRETCHES}
      JOIN call_figure f ON f.tenant_id = $1 AND f.deployment_id = $2 AND f.bundle_hash = $3
        AND f.started_at >= st.lo AND f.started_at < st.hi AND f.folded_at >= f.ended_at + ${SETTLED})
    ORDER BY c.started_at DESC LIMIT ${CALLS_AT_ONCE}
  ) unfolded
  JOIN session s ON s.tenant_id = $1 AND s.id = unfolded.id`;

const KEEP = `
  INSERT INTO call_figure (tenant_id, session_id, deployment_id, bundle_hash, started_at, ended_at, is_agents, is_booked, is_self_served,
    handling_ms, is_error, is_hang_up, is_crash, has_silence, response_ms)
  SELECT $1, id, $2, $3, "startedAt", "endedAt", "isAgents", "isBooked", "isSelfServed", "handlingMs", "isError", "isHangUp", "isCrash",
    "hasSilence", ARRAY(SELECT ms::float8 FROM jsonb_array_elements_text("responseMs") AS ms ORDER BY 1)
  FROM jsonb_to_recordset($4::jsonb) AS r (id text, "startedAt" timestamptz, "endedAt" timestamptz, "isAgents" boolean, "isBooked" boolean,
    "isSelfServed" boolean, "handlingMs" integer, "isError" boolean, "isHangUp" boolean, "isCrash" boolean, "hasSilence" boolean,
    "responseMs" jsonb)
  ON CONFLICT (tenant_id, session_id) DO UPDATE SET folded_at = clock_timestamp(), ended_at = excluded.ended_at,
    is_agents = excluded.is_agents, is_booked = excluded.is_booked, is_self_served = excluded.is_self_served,
    handling_ms = excluded.handling_ms, is_error = excluded.is_error, is_hang_up = excluded.is_hang_up, is_crash = excluded.is_crash,
    has_silence = excluded.has_silence, response_ms = excluded.response_ms`;

interface EndedRow {
  readonly id: string;
  readonly started_at: Date;
  readonly ended_at: Date;
  readonly disposition: string | null;
  readonly events: readonly CallEvent[] | null;
}

/** Folds the calls that have not been folded yet, or not since all of their events must be there. */
export async function foldCalls(pool: pg.Pool, calls: Calls): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) if ((await foldOnce(pool, calls)) < CALLS_AT_ONCE) return;
}

function foldOnce(pool: pg.Pool, { tenantId, deploymentId, release, stretches }: Calls): Promise<number> {
  return inTransaction(pool, { tenantId }, async (sql) => {
    const rows = await sql.rows<EndedRow>(UNFOLDED, [
      tenantId,
      deploymentId,
      release,
      ...boundsOf(stretches),
      EVIDENCE_EVENTS,
    ]);
    const kept = rows.map((row) => ({
      id: row.id,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      ...wholeMs(factsOf(row, release)),
    }));
    if (kept.length > 0) await sql.run(KEEP, [tenantId, deploymentId, release, json(kept)]);
    return rows.length;
  });
}

/** The stretches as two arrays of one statement. */
export const boundsOf = (stretches: readonly Stretch[]): [readonly string[], readonly string[]] => [
  stretches.map(({ fromMs }) => new Date(fromMs).toISOString()),
  stretches.map(({ toMs }) => new Date(toMs).toISOString()),
];

const factsOf = ({ id, started_at, ended_at, disposition, events }: EndedRow, release: string): CallFacts =>
  callFacts(
    {
      sessionId: id,
      release,
      startedAtMs: new Date(started_at).getTime(),
      endedAtMs: new Date(ended_at).getTime(),
      disposition,
      caller: null,
    },
    events ?? [],
  );

const wholeMs = (facts: CallFacts): CallFacts => ({
  ...facts,
  handlingMs: facts.handlingMs === null ? null : Math.round(facts.handlingMs),
});
