import type { AuditCheckpoint, AuditLink, ChainHead } from "@tandem/domain/audit";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import type { Sql } from "../database/sql.ts";

interface ChainRow {
  readonly tenant_id: string;
  readonly seq: number;
  readonly at: Timestamp;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly before_hash: string | null;
  readonly after_hash: string | null;
  readonly reason: string | null;
  readonly request_id: string | null;
  readonly prev_hash: string;
  readonly hash: string;
}

export const linkOf = (row: ChainRow): AuditLink => ({
  tenantId: row.tenant_id,
  seq: row.seq,
  at: instantOf(row.at),
  actor: row.actor,
  via: row.via,
  action: row.action,
  object: row.object,
  beforeHash: row.before_hash,
  afterHash: row.after_hash,
  reason: row.reason,
  requestId: row.request_id,
  prevHash: row.prev_hash,
  hash: row.hash,
});

export interface CheckpointRow {
  readonly tenant_id: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: Timestamp;
  readonly key_id: string;
  readonly signature: string;
}

export const checkpointOf = (row: CheckpointRow): AuditCheckpoint => ({
  tenantId: row.tenant_id,
  seq: row.seq,
  hash: row.hash,
  at: instantOf(row.at),
  keyId: row.key_id,
  signature: row.signature,
});

const ROWS = "SELECT * FROM audit WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const HEAD = "SELECT seq, hash FROM audit_head WHERE tenant_id = $1";
const CHECKPOINTS = "SELECT * FROM audit_checkpoint WHERE tenant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq";

/** Rows after a number, in order. */
export const linksAfter = async (sql: Sql, tenantId: string, seq: number, limit: number): Promise<AuditLink[]> =>
  (await sql.rows<ChainRow>(ROWS, [tenantId, seq, limit])).map(linkOf);

/** The end that the log itself tells; null when it is empty. */
export const recordedHead = (sql: Sql, tenantId: string): Promise<ChainHead | null> =>
  sql.row<ChainHead>(HEAD, [tenantId]);

/** Checkpoints after a number up to another, in order. */
export const checkpointsWithin = async (
  sql: Sql,
  tenantId: string,
  [after, upTo]: readonly [number, number],
): Promise<AuditCheckpoint[]> =>
  (await sql.rows<CheckpointRow>(CHECKPOINTS, [tenantId, after, upTo])).map(checkpointOf);
