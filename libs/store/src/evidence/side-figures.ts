import { ALARM_RESPONSE_MS, type SideFigures, type SlowLimits, type Sums } from "@tandem/domain/evidence";
import type { Sql } from "../database/sql.ts";
import { boundsOf, type Calls } from "./fold-calls.ts";

/** Calls of one release that a weighing reads at the most, the newest ones. */
const MOST_CALLS = 20_000;

const sums = (name: string, column: string): string =>
  `count(${column})::int AS "${name}Calls", coalesce(sum(${column}), 0)::float8 AS "${name}Sum",
   coalesce(sum(${column} * ${column}), 0)::float8 AS "${name}Squares"`;

/** Of yes and no the sum of the squares is the sum. */
const shares = (name: string, column: string): string =>
  `count(${column})::int AS "${name}Calls", (count(*) FILTER (WHERE ${column}))::float8 AS "${name}Sum",
   (count(*) FILTER (WHERE ${column}))::float8 AS "${name}Squares"`;

/** Nothing is measured more finely; times are kept in ascending order, so that those up to a limit are counted by halving. */
const RESOLUTION_MS = 0.000001;

const PERCENTILE = 0.95;

// Without limits of its own ($6) a side's slow turns are those beyond its own 95th percentile. That one is as percentile_cont makes it, between
// the two times around its rank: both are found among the slowest, as sorting all turns would be half of the work.
const SIDE = `
  WITH calls AS MATERIALIZED (
    SELECT f.is_booked, f.is_self_served, f.handling_ms::float8 AS handling, f.is_error, f.is_hang_up, f.is_crash, f.has_silence,
      f.response_ms
    FROM unnest($4::timestamptz[], $5::timestamptz[]) AS st (lo, hi)
    JOIN call_figure f ON f.tenant_id = $1 AND f.deployment_id = $2 AND f.bundle_hash = $3
      AND f.started_at >= st.lo AND f.started_at < st.hi AND f.ended_at < st.hi AND f.is_agents
    ORDER BY f.started_at DESC LIMIT ${MOST_CALLS}
  ), totals AS MATERIALIZED (
    SELECT coalesce(sum(cardinality(response_ms)), 0)::int AS turns,
      coalesce(sum(cardinality(response_ms) - width_bucket(${ALARM_RESPONSE_MS}, response_ms)), 0)::int AS over_alarm,
      ${PERCENTILE}::float8 * (coalesce(sum(cardinality(response_ms)), 0) - 1) AS rank
    FROM calls
  ), around AS (
    SELECT ms FROM (
      SELECT unnest(response_ms) AS ms FROM calls ORDER BY ms DESC LIMIT (SELECT turns - floor(rank)::int FROM totals)) slowest
    ORDER BY ms LIMIT 2
  ), speed AS MATERIALIZED (
    SELECT turns, over_alarm, (SELECT min(ms) + (rank - floor(rank)) * (max(ms) - min(ms)) FROM around) AS p95 FROM totals
  ), shares AS MATERIALIZED (
    SELECT 1 - width_bucket(coalesce($6, p95), response_ms)::float8 / cardinality(response_ms) AS slow,
      1 - width_bucket(coalesce($7, p95) - ${RESOLUTION_MS}, response_ms)::float8 / cardinality(response_ms) AS slower
    FROM calls CROSS JOIN speed WHERE cardinality(response_ms) > 0
  )
  SELECT c.*, s.*, speed.turns, speed.over_alarm AS "overAlarm", speed.p95 AS "p95Ms" FROM (
    SELECT count(*)::int AS calls, (count(*) FILTER (WHERE is_crash))::int AS crashes, (count(*) FILTER (WHERE has_silence))::int AS silences,
      ${shares("booked", "is_booked")}, ${shares("selfServe", "is_self_served")}, ${sums("handlingMs", "handling")}, ${shares("errors", "is_error")},
      ${shares("hangUps", "is_hang_up")} FROM calls) c
    CROSS JOIN (SELECT ${sums("slow", "slow")}, ${sums("slower", "slower")} FROM shares) s CROSS JOIN speed`;

type Figure = "booked" | "selfServe" | "handlingMs" | "errors" | "hangUps" | "slow" | "slower";
type SideRow = Pick<SideFigures, "calls" | "crashes" | "silences"> & {
  readonly [Column in `${Figure}${"Calls" | "Sum" | "Squares"}`]: number;
} & { readonly turns: number; readonly overAlarm: number; readonly p95Ms: number | null };

/** Adds up what has been folded. `limits` null: of its own 95th percentile. */
export async function sideFigures(sql: Sql, calls: Calls, limits: SlowLimits | null): Promise<SideFigures> {
  const { tenantId, deploymentId, release, stretches } = calls;
  const parameters = [
    tenantId,
    deploymentId,
    release,
    ...boundsOf(stretches),
    limits?.slowMs ?? null,
    limits?.slowerMs ?? null,
  ];
  const row = await sql.row<SideRow>(SIDE, parameters);
  if (row === null) throw new Error("an aggregate gave no row");
  const of = (name: Figure): Sums => ({
    calls: row[`${name}Calls`],
    sum: row[`${name}Sum`],
    squares: row[`${name}Squares`],
  });
  return {
    calls: row.calls,
    booked: of("booked"),
    selfServe: of("selfServe"),
    handlingMs: of("handlingMs"),
    errors: of("errors"),
    hangUps: of("hangUps"),
    crashes: row.crashes,
    silences: row.silences,
    response: {
      turns: row.turns,
      p95Ms: row.p95Ms,
      overAlarm: row.overAlarm,
      slow: of("slow"),
      slower: of("slower"),
    },
  };
}
