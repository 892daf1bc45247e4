import { type AuditCheckpoint, type ChainHead, ChainWalk } from "@tandem/domain/audit";
import type { JsonObject } from "@tandem/kernel";
import type pg from "pg";
import { openPool } from "../database/pool.ts";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { checkpointOf, type CheckpointRow, linksAfter, recordedHead } from "./chain-rows.ts";

/** A chain that has grown since its last checkpoint. */
export interface DueChain {
  readonly tenantId: string;
}

/** A chain that fits: its end, and how long ago the first row behind the known head was written; both null when there is none. */
export interface WalkedChain {
  readonly head: ChainHead | null;
  readonly unsignedMs: number | null;
}

/** What makes checkpoints needs of the log. */
export interface AuditWork {
  /** Chains with rows past their last checkpoint that is at least so old; the longest without one first. */
  dueChains(intervalMs: number, limit: number): Promise<readonly DueChain[]>;
  /** Last checkpoint in the database; null when there is none. */
  lastCheckpoint(tenantId: string): Promise<AuditCheckpoint | null>;
  /**
   * Walks the rows after `known` (a head that was vouched for; null: from the beginning) to the end of the chain. The end when all fits,
   * otherwise what does not.
   */
  walkFrom(
    tenantId: string,
    known: ChainHead | null,
  ): Promise<WalkedChain | { readonly seq: number; readonly problem: string }>;
  /** Stores a checkpoint; one that is there already stays. */
  keep(checkpoint: AuditCheckpoint): Promise<void>;
  /** Leaves a message to the outside, of a kind at most once a day. */
  report(tenantId: string, kind: "audit.checkpoint-missing" | "audit.chain-broken", payload: JsonObject): Promise<void>;
  close(): Promise<void>;
}

const DUE = `
  SELECT h.tenant_id AS "tenantId"
  FROM audit_head h LEFT JOIN LATERAL (
    SELECT k.seq, k.at FROM audit_checkpoint k WHERE k.tenant_id = h.tenant_id ORDER BY k.seq DESC LIMIT 1) c ON true
  WHERE c.seq IS NULL OR (c.seq <> h.seq AND c.at <= clock_timestamp() - $1::float8 * interval '1 millisecond')
  ORDER BY c.at NULLS FIRST LIMIT $2`;
const LAST = "SELECT * FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1";
const ROW = "SELECT seq, hash FROM audit WHERE tenant_id = $1 AND seq = $2";
const SINCE = `
  SELECT (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS "unsignedMs" FROM audit WHERE tenant_id = $1 AND seq = $2`;
const KEEP = `
  INSERT INTO audit_checkpoint (tenant_id, seq, hash, at, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`;
const TOLD = `
  SELECT 1 FROM outbox WHERE tenant_id = $1 AND kind = $2 AND created_at > clock_timestamp() - interval '1 day' LIMIT 1`;
const ROWS_AT_A_TIME = 1_000;

/** `options.url` logs in as `tandem_worker`, which may also become `tandem_sweeper`. */
export function openAuditWork(options: StoreOptions): AuditWork {
  const resolved = resolveOptions(options);
  const pool = openPool({ ...resolved, maxConnections: options.maxConnections ?? 2 });
  const within = <Result>(tenantId: string, work: (sql: Sql) => Promise<Result>) =>
    inTransaction(pool, { tenantId }, work);
  return {
    dueChains: (intervalMs, limit) =>
      inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
        sql.rows<DueChain>(DUE, [intervalMs, limit]),
      ),
    lastCheckpoint: (tenantId) =>
      within(tenantId, async (sql) => {
        const row = await sql.row<CheckpointRow>(LAST, [tenantId]);
        return row === null ? null : checkpointOf(row);
      }),
    walkFrom: (tenantId, known) => walkFrom(pool, tenantId, known),
    keep: ({ tenantId, seq, hash, at, keyId, signature }) =>
      within(tenantId, (sql) => sql.send(KEEP, [tenantId, seq, hash, at, keyId, signature])),
    report: (tenantId, kind, payload) =>
      within(tenantId, async (sql) => {
        if ((await sql.row(TOLD, [tenantId, kind])) !== null) return;
        const closing = new ClosingWrites(sql, tenantId);
        closing.enqueue(kind, payload);
        await closing.write(resolved.newId);
      }),
    close: () => pool.end(),
  };
}

async function walkFrom(pool: pg.Pool, tenantId: string, known: ChainHead | null): ReturnType<AuditWork["walkFrom"]> {
  return inTransaction(pool, { tenantId }, async (sql) => {
    if (known !== null) {
      const row = await sql.row<ChainHead>(ROW, [tenantId, known.seq]);
      if (row === null) return { seq: known.seq, problem: `row ${known.seq}, which a checkpoint names, is missing` };
      if (row.hash !== known.hash)
        return { seq: known.seq, problem: `row ${known.seq} is not what a checkpoint names` };
    }
    const walk = new ChainWalk([], known ?? undefined);
    for (;;) {
      const links = await linksAfter(sql, tenantId, walk.last.seq, ROWS_AT_A_TIME);
      if (!links.every((link) => walk.take(link)) || links.length < ROWS_AT_A_TIME) break;
    }
    const verdict = walk.finish(await recordedHead(sql, tenantId));
    if (verdict.problem !== null) return { seq: verdict.brokenAt ?? verdict.rows, problem: verdict.problem };
    const since = await sql.row<{ unsignedMs: number }>(SINCE, [tenantId, (known?.seq ?? 0) + 1]);
    return { head: verdict.head, unsignedMs: since?.unsignedMs ?? null };
  });
}
