import { counted } from "@tandem/kernel";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import type pg from "pg";
import { openPool } from "../database/pool.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { TEXT_MEMBERS } from "../control/sessions.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { type ResolvedOptions, resolveOptions, type StoreOptions } from "../options.ts";
import { removeCallBacks } from "./call-backs.ts";

/** What one pass took out of one tenant's calls. */
export interface RetentionCounts {
  readonly tenantId: string;
  /** Events and replays whose words were taken out. */
  readonly texts: number;
  /** Calls whose caller was taken out. */
  readonly callers: number;
  /** Call-backs whose number and words of consent were taken out. */
  readonly callBacks: number;
}

export interface RetentionOptions extends StoreOptions {
  /** Key of the proofs that consents leave. */
  readonly proofKey: string;
}

type Counts = Omit<RetentionCounts, "tenantId">;

/** Takes out what the policies of the releases keep no longer. */
export interface Retention {
  /** One pass over all tenants that have deployments; each tenant in transactions of its own, with an audit row that tells the counts. */
  sweep(): Promise<readonly RetentionCounts[]>;
  close(): Promise<void>;
}

/** Calls of a release that is gone keep their texts this long. */
const DEFAULT_DAYS = 90;
/** Repeated calls are counted for seven days: callers stay at least as long. */
const LEAST_CALLER_DAYS = 7;
const BATCH = 1000;

const TENANTS = "SELECT DISTINCT tenant_id AS id FROM deployment ORDER BY 1";
const isOver = (least: number) => `
  s.started_at < now() - make_interval(days => greatest(${least},
    coalesce((r.bundle #>> '{policies,retention,transcriptDays}')::int, ${DEFAULT_DAYS})))`;
const HAS_TEXT = TEXT_MEMBERS.map((member) => `e.payload ? '${member}'`).join(" OR ");
const REMOVE_TEXTS = `
  UPDATE session_event SET payload = payload${TEXT_MEMBERS.map((member) => ` - '${member}'`).join("")} || '{"areTextsRemoved": true}'
  WHERE tenant_id = $1 AND (session_id, seq) IN (
    SELECT e.session_id, e.seq FROM session_event e
    JOIN session s ON s.tenant_id = e.tenant_id AND s.id = e.session_id
    LEFT JOIN release r ON r.tenant_id = s.tenant_id AND r.hash = s.bundle_hash
    WHERE e.tenant_id = $1 AND (${HAS_TEXT}) AND ${isOver(0)}
    ORDER BY e.at LIMIT ${BATCH})`;
const REMOVE_REPLAYED_WORDS =
  "UPDATE replay_session SET words = NULL WHERE tenant_id = $1 AND words IS NOT NULL AND words_until < now()";
const REMOVE_CALLERS = `
  UPDATE session SET caller = NULL
  WHERE tenant_id = $1 AND id IN (
    SELECT s.id FROM session s LEFT JOIN release r ON r.tenant_id = s.tenant_id AND r.hash = s.bundle_hash
    WHERE s.tenant_id = $1 AND s.caller IS NOT NULL AND ${isOver(LEAST_CALLER_DAYS)}
    ORDER BY s.started_at LIMIT ${BATCH})`;

/** `options.url` logs in as `tandem_worker`, which becomes `tandem_sweeper` to find tenants and `tandem_retention` inside each of them. */
export function openRetention(options: RetentionOptions): Retention {
  const resolved = { ...resolveOptions(options), proofKey: options.proofKey };
  const pool = openPool({ ...resolved, maxConnections: options.maxConnections ?? 1 });
  return {
    sweep: async () => {
      const tenants = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
        sql.rows<{ id: string }>(TENANTS),
      );
      const counts: RetentionCounts[] = [];
      for (const { id } of tenants) counts.push(await sweepTenant(pool, resolved, id));
      return counts.filter((each) => hasAny(each));
    },
    close: () => pool.end(),
  };
}

type SweepOptions = ResolvedOptions & Pick<RetentionOptions, "proofKey">;

const hasAny = ({ texts, callers, callBacks }: Counts): boolean => texts > 0 || callers > 0 || callBacks > 0;

/** Batch after batch, so that no transaction holds many rows for long. */
async function sweepTenant(pool: pg.Pool, options: SweepOptions, tenantId: string): Promise<RetentionCounts> {
  let [texts, callers, callBacks] = [0, 0, 0];
  for (;;) {
    const batch = await inTransaction(pool, { tenantId, role: "tandem_retention" }, (sql) =>
      removeBatch(sql, options, tenantId),
    );
    [texts, callers, callBacks] = [texts + batch.texts, callers + batch.callers, callBacks + batch.callBacks];
    if (Math.max(batch.texts, batch.callers, batch.callBacks) < BATCH) return { tenantId, texts, callers, callBacks };
  }
}

async function removeBatch(sql: Sql, options: SweepOptions, tenantId: string): Promise<Counts> {
  const replayed = await sql.run(REMOVE_REPLAYED_WORDS, [tenantId]);
  const texts = replayed + (await sql.run(REMOVE_TEXTS, [tenantId]));
  const callers = await sql.run(REMOVE_CALLERS, [tenantId]);
  const callBacks = await removeCallBacks(sql, tenantId, { proofKey: options.proofKey, most: BATCH });
  const counts = { texts, callers, callBacks };
  if (hasAny(counts)) {
    // The audit log belongs to the login role's own rights.
    await sql.run("SET LOCAL ROLE NONE");
    const closing = new ClosingWrites(sql, tenantId);
    closing.audit(removed(counts), null);
    await closing.write(options.newId);
  }
  return counts;
}

const removed = ({ texts, callers, callBacks }: Counts): AuditEntry => ({
  actor: "system:retention",
  via: "worker",
  action: "retention.remove",
  object: "sessions",
  after: { texts, callers, callBacks },
  reason: `${counted(texts, "text")}, ${counted(callers, "caller")} and ${counted(callBacks, "call-back")} past their days`,
});
