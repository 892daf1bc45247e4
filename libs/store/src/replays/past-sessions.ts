import type { RecordedTool } from "@tandem/domain/replay";
import type { JsonObject } from "@tandem/kernel";
import type { PastQuery, PastSession } from "@tandem/ports/store/replays";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

/** Days that a release keeps words; one without a policy keeps none. */
const KEPT_DAYS = "coalesce((r.bundle #>> '{policies,retention,transcriptDays}')::int, 0)";

/** Calls that the agent talked on to an end of its own; those that broke, or that it did not have to itself, tell nothing of it. */
const CANDIDATES = `
  SELECT s.id AS "sessionId", s.disposition FROM session s
  JOIN release r ON r.tenant_id = s.tenant_id AND r.hash = s.bundle_hash
  WHERE s.tenant_id = $1 AND s.deployment_id = $2 AND s.bundle_hash = $3 AND s.kind = 'live' AND s.ended_at IS NOT NULL
    AND s.disposition IN ('booked', 'transferred', 'emergency', 'handled')
    AND s.started_at > now() - make_interval(days => least($4::int, ${KEPT_DAYS}))
    AND EXISTS (SELECT 1 FROM session_event e WHERE e.tenant_id = s.tenant_id AND e.session_id = s.id AND e.type = 'turn-ended'
      AND (e.payload ->> 'turn')::int > 0 AND e.payload ->> 'callerText' <> '')
    AND NOT EXISTS (SELECT 1 FROM session_event e WHERE e.tenant_id = s.tenant_id AND e.session_id = s.id AND e.type = 'call-answered'
      AND e.payload ->> 'direction' = 'outbound')
  ORDER BY s.started_at DESC, s.id LIMIT $5`;
const SESSION = `
  SELECT s.disposition, s.started_at, s.started_at + make_interval(days => ${KEPT_DAYS}) AS kept_until FROM session s
  JOIN release r ON r.tenant_id = s.tenant_id AND r.hash = s.bundle_hash
  WHERE s.tenant_id = $1 AND s.id = $2 AND s.started_at > now() - make_interval(days => ${KEPT_DAYS})`;
const EVENTS = `
  SELECT type, payload FROM session_event WHERE tenant_id = $1 AND session_id = $2
    AND (type = 'turn-ended' AND payload ? 'callerText' OR type = 'tool-finished' AND payload ? 'exchange')
  ORDER BY at, seq`;

export const candidates = (sql: Sql, { tenantId, deploymentId, release, maxAgeDays, limit }: PastQuery) =>
  sql.rows<{ sessionId: string; disposition: string }>(CANDIDATES, [
    tenantId,
    deploymentId,
    release,
    maxAgeDays,
    limit,
  ]);

/** A session with the words that are kept of it; null when there are none any more. */
export async function pastSession(sql: Sql, tenantId: string, sessionId: string): Promise<PastSession | null> {
  const row = await sql.row<{ disposition: string; started_at: Timestamp; kept_until: Timestamp }>(SESSION, [
    tenantId,
    sessionId,
  ]);
  if (row === null) return null;
  const events = await sql.rows<{ type: string; payload: JsonObject }>(EVENTS, [tenantId, sessionId]);
  const turns = events.filter(({ type, payload }) => type === "turn-ended" && payload["turn"] !== 0);
  if (turns.length === 0) return null;
  return {
    sessionId,
    disposition: row.disposition,
    startedAt: instantOf(row.started_at),
    said: turns.map(({ payload }) => String(payload["callerText"])),
    recorded: events.filter(({ type }) => type === "tool-finished").map(({ payload }) => recordedOf(payload)),
    keptUntil: instantOf(row.kept_until),
  };
}

/** As the media service wrote it. */
function recordedOf({ tool, outcome, exchange }: JsonObject): RecordedTool {
  const told = exchange as unknown as Pick<RecordedTool, "arguments" | "reply">;
  return { tool: String(tool), outcome: outcome as RecordedTool["outcome"], ...told };
}
