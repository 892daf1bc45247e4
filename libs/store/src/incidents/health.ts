import {
  countSigns,
  type DeploymentHealth,
  HEALTH_EVENTS,
  type SeenCall,
  type SeenObjects,
  stackHealth,
} from "@tandem/domain/incident";
import { placeOf, type ResourceDrift } from "@tandem/domain/drift";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

/** Calls that one look reads, the newest ones. */
const MOST_CALLS = 500;

const NOW = "SELECT clock_timestamp() AS now FROM deployment WHERE tenant_id = $1 AND id = $2";
/** Live calls that had something in a span, with its events: `$1` tenant, `$2` deployment, `$3` event types. */
export const callsWithin = (from: string, to: string, most: number): string => `
  SELECT s.disposition, coalesce((
    SELECT jsonb_agg(jsonb_build_object('type', e.type, 'payload', e.payload - 'callerText' - 'agentText' - 'summary' - 'exchange'))
    FROM session_event e
    WHERE e.tenant_id = s.tenant_id AND e.session_id = s.id AND e.type = ANY ($3::text[]) AND e.at >= ${from} AND e.at < ${to}), '[]') AS events
  FROM session s
  WHERE s.tenant_id = $1 AND s.deployment_id = $2 AND s.kind = 'live'
    AND s.started_at >= ${from} - interval '30 minutes' AND s.started_at < ${to} AND (s.ended_at IS NULL OR s.ended_at >= ${from})
  ORDER BY s.started_at DESC LIMIT ${most}`;
const CALLS = callsWithin("$4::timestamptz", "$5::timestamptz", MOST_CALLS);
const OPERATIONS = `
  SELECT s.operation ->> 'address' AS address, s.state = 'failed' OR (s.state = 'intent' AND s.attempt > 1) AS "hasFailed"
  FROM step s JOIN rollout r ON r.tenant_id = s.tenant_id AND r.id = s.rollout_id
  WHERE s.tenant_id = $1 AND r.deployment_id = $2 AND s.intent_at >= $3 AND s.intent_at < $4`;
const OBJECTS = "SELECT resources, told FROM drift_look WHERE tenant_id = $1 AND deployment_id = $2";
const SAFETY_NET = `
  SELECT n.kept_generation IS DISTINCT FROM d.generation AND n.failure IS NOT NULL AS "isLagging"
  FROM safety_net n JOIN deployment d ON d.tenant_id = n.tenant_id AND d.id = n.deployment_id
  WHERE n.tenant_id = $1 AND n.deployment_id = $2 AND n.is_held`;

/** The health of a deployment over the window that ends now; null when the tenant has no such deployment. */
export async function readHealth(
  sql: Sql,
  tenantId: string,
  deploymentId: string,
  windowMs: number,
): Promise<DeploymentHealth | null> {
  const row = await sql.row<{ now: Timestamp }>(NOW, [tenantId, deploymentId]);
  if (row === null) return null;
  const to = instantOf(row.now);
  const from = instantOf(new Date(Date.parse(to) - windowMs));
  const calls = await sql.rows<SeenCall>(CALLS, [tenantId, deploymentId, HEALTH_EVENTS, from, to]);
  const seen = await seenObjects(sql, [tenantId, deploymentId, from, to]);
  return { from, to, calls: calls.length, stacks: stackHealth(countSigns(calls, seen)) };
}

async function seenObjects(sql: Sql, span: readonly [string, string, string, string]): Promise<SeenObjects> {
  const key = span.slice(0, 2);
  const operations = await sql.rows<SeenObjects["operations"][number]>(OPERATIONS, span);
  const look = await sql.row<{ resources: readonly ResourceDrift[]; told: readonly string[] }>(OBJECTS, key);
  const net = await sql.row<{ isLagging: boolean }>(SAFETY_NET, key);
  const told = look?.told ?? [];
  return {
    operations,
    objects: (look?.resources ?? []).map((resource) => ({
      address: resource.address,
      isAstray: told.some((each) => each.startsWith(`${placeOf(resource)} `)),
    })),
    isSafetyNetLagging: net?.isLagging ?? null,
  };
}
