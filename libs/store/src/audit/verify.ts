import { canonicalJson, type Json, sha256Hex } from "@tandem/kernel";
import type { AuditVerdict } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";

interface ChainRow {
  tenant_id: string;
  seq: number;
  at: Date;
  actor: string;
  via: string;
  action: string;
  object: string;
  before_hash: string | null;
  after_hash: string | null;
  reason: string | null;
  request_id: string | null;
  prev_hash: string;
  hash: string;
}

const GENESIS = "0".repeat(64);
const ROWS_AT_A_TIME = 1_000;
const ROWS = "SELECT * FROM audit WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const HEAD = "SELECT seq, hash FROM audit_head WHERE tenant_id = $1";

/** The hash a row must have: of the hash before it and of its own canonical JSON. */
export const rowHash = (row: ChainRow): string =>
  sha256Hex(
    row.prev_hash +
      canonicalJson({
        tenantId: row.tenant_id,
        seq: row.seq,
        at: row.at.toISOString(),
        actor: row.actor,
        via: row.via,
        action: row.action,
        object: row.object,
        beforeHash: row.before_hash,
        afterHash: row.after_hash,
        reason: row.reason,
        requestId: row.request_id,
      } satisfies Record<string, Json>),
  );

type Head = { readonly seq: number; readonly hash: string };

/** Walks a tenant's chain from its beginning: every edit, removal, swap or invented row breaks it, at the end too. */
export async function verifyChain(sql: Sql, tenantId: string, expectedHead: Head | null): Promise<AuditVerdict> {
  let last: Head = { seq: 0, hash: GENESIS };
  const passed = new Map<number, string>();
  for (;;) {
    const rows = await sql.rows<ChainRow>(ROWS, [tenantId, last.seq, ROWS_AT_A_TIME]);
    for (const row of rows) {
      const problem = problemOf(row, last);
      if (problem !== null)
        return { intact: false, rows: last.seq, head: last.seq === 0 ? null : last, brokenAt: last.seq + 1, problem };
      last = { seq: row.seq, hash: row.hash };
      if (row.seq === expectedHead?.seq) passed.set(row.seq, row.hash);
    }
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  const recorded = await sql.row<Head>(HEAD, [tenantId]);
  const problem = headProblem(last, recorded, expectedHead, passed);
  return {
    intact: problem === null,
    rows: last.seq,
    head: last.seq === 0 ? null : last,
    brokenAt: problem === null ? null : last.seq + 1,
    problem,
  };
}

function problemOf(row: ChainRow, last: Head): string | null {
  if (row.seq !== last.seq + 1) return `row ${last.seq + 1} is missing`;
  if (row.prev_hash !== last.hash) return `row ${row.seq} does not follow on row ${last.seq}`;
  return rowHash(row) === row.hash ? null : `row ${row.seq} was changed`;
}

function headProblem(
  last: Head,
  recorded: Head | null,
  expected: Head | null,
  passed: ReadonlyMap<number, string>,
): string | null {
  if ((recorded?.seq ?? 0) !== last.seq || (recorded !== null && recorded.hash !== last.hash))
    return `rows after ${last.seq} are missing`;
  if (expected !== null && passed.get(expected.seq) !== expected.hash)
    return `the checkpoint at row ${expected.seq} does not fit`;
  return null;
}
