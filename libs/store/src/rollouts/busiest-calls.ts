import type { Sql } from "../database/sql.ts";

/** Each call counts up when it begins and down when it ends; the highest the count ever was. Ends come before beginnings of the same moment. */
const BUSIEST = `
  WITH call AS (
    SELECT s.started_at AS began, least(coalesce(s.ended_at, s.started_at + interval '1 hour'), s.started_at + interval '1 hour') AS ended
    FROM session s
    WHERE s.tenant_id = $1 AND s.kind = 'live' AND s.started_at > clock_timestamp() - $3::int * interval '1 day'
      AND s.deployment_id IN (SELECT u.deployment_id FROM deployment_connection u WHERE u.tenant_id = $1 AND u.connection_id = $2)
  ), step AS (SELECT began AS at, 1 AS change FROM call UNION ALL SELECT ended, -1 FROM call),
  running AS (SELECT sum(change) OVER (ORDER BY at, change ROWS UNBOUNDED PRECEDING) AS at_once FROM step)
  SELECT coalesce(max(at_once), 0)::int AS busiest FROM running`;

/** The most live calls at once through an account in the last days, of all deployments that use it. */
export const busiestCalls = async (sql: Sql, tenantId: string, connectionId: string, days: number): Promise<number> =>
  (await sql.row<{ busiest: number }>(BUSIEST, [tenantId, connectionId, days]))?.busiest ?? 0;
