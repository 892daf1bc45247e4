import { countSigns, HEALTH_EVENTS, type HealthSeries, type SeenCall, stackHealth } from "@tandem/domain/incident";
import type { HealthSpan } from "@tandem/ports/store/incidents";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { callsWithin } from "./health.ts";

/** Calls that are read of each window, the newest ones. */
const MOST_CALLS = 100;

const END = `
  SELECT coalesce($3::timestamptz, clock_timestamp()) AS "end" FROM deployment WHERE tenant_id = $1 AND id = $2`;
const WINDOWS = `
  SELECT w.at AS "from", w.at + w.length AS "to", calls.disposition, calls.events
  FROM (
    SELECT $4::timestamptz - n * length AS at, length
    FROM generate_series(1, $6::int) n, (SELECT $5::float8 * interval '1 millisecond' AS length) l) w
  LEFT JOIN LATERAL (${callsWithin("w.at", "(w.at + w.length)", MOST_CALLS)}) calls ON true
  ORDER BY w.at`;
const OPERATIONS = `
  SELECT s.operation ->> 'address' AS address, s.state = 'failed' OR (s.state = 'intent' AND s.attempt > 1) AS "hasFailed", s.intent_at AS at
  FROM step s JOIN rollout r ON r.tenant_id = s.tenant_id AND r.id = s.rollout_id
  WHERE s.tenant_id = $1 AND r.deployment_id = $2 AND s.intent_at >= $3 AND s.intent_at < $4`;

interface WindowRow {
  readonly from: Timestamp;
  readonly to: Timestamp;
  readonly disposition: string | null;
  /** Null: no call was in the window. */
  readonly events: SeenCall["events"] | null;
}
interface OperationRow {
  readonly address: string;
  readonly hasFailed: boolean;
  readonly at: Timestamp;
}

/** The health of windows that follow each other; null when the tenant has no such deployment. */
export async function readHealthSeries(
  sql: Sql,
  tenantId: string,
  deploymentId: string,
  { windowMs, windows, to }: HealthSpan,
): Promise<HealthSeries | null> {
  const row = await sql.row<{ end: Timestamp }>(END, [tenantId, deploymentId, to]);
  if (row === null) return null;
  const end = instantOf(row.end);
  const rows = await sql.rows<WindowRow>(WINDOWS, [tenantId, deploymentId, HEALTH_EVENTS, end, windowMs, windows]);
  const from = instantOf(new Date(Date.parse(end) - windows * windowMs));
  const operations = await sql.rows<OperationRow>(OPERATIONS, [tenantId, deploymentId, from, end]);
  const byWindow = Map.groupBy(rows, (each) => instantOf(each.from));
  return { windowMs, windows: [...byWindow.values()].map((each) => healthOf(each, operations)) };
}

function healthOf(rows: readonly WindowRow[], all: readonly OperationRow[]): HealthSeries["windows"][number] {
  const [first] = rows;
  if (first === undefined) throw new Error("a window has a row even without calls");
  const [from, to] = [instantOf(first.from), instantOf(first.to)];
  const calls = rows.flatMap(({ disposition, events }) => (events === null ? [] : [{ disposition, events }]));
  const operations = all.filter(({ at }) => instantOf(at) >= from && instantOf(at) < to);
  const seen = { operations, objects: [], isSafetyNetLagging: null };
  return { from, to, calls: calls.length, stacks: stackHealth(countSigns(calls, seen)) };
}
