import { contentHash, type JsonObject, type NewId } from "@tandem/kernel";
import type { ClaimedOffBoarding, RecordingNote, RecordingsEnd } from "@tandem/ports/store/tenant-life";
import type pg from "pg";
import { json, type Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { becomeIn } from "./both-chains.ts";
import { ERASABLE } from "./erasable.ts";
import { fencedRow, offBoardingObject, type OffBoardingRow } from "./off-boarding-row.ts";

const AT_ONCE = 500;
const ROWS_AT_ONCE = 5000;

const RECORDINGS = `
  SELECT session_id AS "sessionId", seq, payload ->> 'key' AS key FROM session_event
  WHERE tenant_id = $1 AND type = 'recording-started' AND payload ? 'key' ORDER BY session_id, seq LIMIT ${AT_ONCE}`;

/** Read as the eraser: only of a tenant that has left. */
export const recordingsOf = (pool: pg.Pool, { tenantId }: ClaimedOffBoarding): Promise<readonly RecordingNote[]> =>
  inTransaction(pool, { tenantId, role: "tandem_eraser" }, (sql) => sql.rows<RecordingNote>(RECORDINGS, [tenantId]));

const FORGET = `
  DELETE FROM session_event WHERE tenant_id = $1 AND (session_id, seq) IN (
    SELECT n."sessionId", n.seq FROM jsonb_to_recordset($2::jsonb) AS n ("sessionId" text, seq integer))`;

/** The events that say where recordings lay, once these are gone. */
export async function forgetRecordings(
  sql: Sql,
  claim: ClaimedOffBoarding,
  notes: readonly RecordingNote[],
  what: RecordingsEnd,
): Promise<void> {
  const row = await fencedRow(sql, claim);
  await becomeIn(sql, claim.tenantId, "tandem_eraser");
  const rows = await sql.run(FORGET, [claim.tenantId, json(notes)]);
  await becomeIn(sql, claim.tenantId, null);
  await note(sql, claim, row, { [what]: rows, session_event: rows });
}

/** Large tables part by part, so that no transaction holds many rows for long. */
const IN_PARTS: Readonly<Record<string, string>> = {
  session_event: `DELETE FROM session_event WHERE tenant_id = $1 AND (session_id, seq) IN (
    SELECT session_id, seq FROM session_event WHERE tenant_id = $1 LIMIT ${ROWS_AT_ONCE})`,
  session: `DELETE FROM session WHERE tenant_id = $1 AND id IN (SELECT id FROM session WHERE tenant_id = $1 LIMIT ${ROWS_AT_ONCE})`,
};
const wholeOf = (table: string): string => `DELETE FROM ${table} WHERE tenant_id = $1`;

/**
 * Erases the next rows in the order of references, counted in the same transaction. A pass that finds nothing anywhere writes the proof
 * and ends the off-boarding: then, and only then, true.
 */
export async function eraseSome(sql: Sql, newId: NewId, claim: ClaimedOffBoarding): Promise<boolean> {
  const row = await fencedRow(sql, claim);
  if (row.phase !== "erasing") return row.phase === "done";
  await becomeIn(sql, claim.tenantId, "tandem_eraser");
  for (const table of ERASABLE) {
    const rows = await sql.run(IN_PARTS[table] ?? wholeOf(table), [claim.tenantId]);
    if (rows === 0) continue;
    await becomeIn(sql, claim.tenantId, null);
    await note(sql, claim, row, { [table]: rows });
    return false;
  }
  await becomeIn(sql, claim.tenantId, null);
  await prove(sql, newId, claim, row);
  return true;
}

const NOTE = "UPDATE off_boarding SET found = $3::jsonb WHERE tenant_id = $1 AND id = $2";

async function note(
  sql: Sql,
  { tenantId, id }: ClaimedOffBoarding,
  { found }: OffBoardingRow,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  const erased: Record<string, number> = { ...(found["erased"] as Record<string, number>) };
  for (const [table, rows] of Object.entries(counts)) erased[table] = (erased[table] ?? 0) + rows;
  await sql.run(NOTE, [tenantId, id, json({ ...found, erased })]);
}

const HEAD = "SELECT seq, hash FROM audit_head WHERE tenant_id = $1";
const NOW = "SELECT clock_timestamp() AS now";
const NAMELESS = "UPDATE tenant SET name = slug WHERE id = $1";
const DONE = `
  UPDATE off_boarding SET phase = 'done', report = $3::jsonb, report_hash = $4, waits_for = NULL, due_at = NULL, lease_owner = NULL,
    lease_until = NULL, phase_since = clock_timestamp(), ended_at = clock_timestamp()
  WHERE tenant_id = $1 AND id = $2`;

/** Report and its hash, in the row that outlives the data, in the tenant's chain, and in the platform's. */
async function prove(sql: Sql, newId: NewId, claim: ClaimedOffBoarding, row: OffBoardingRow): Promise<void> {
  const { tenantId, id } = claim;
  const head = await sql.row<{ seq: number; hash: string }>(HEAD, [tenantId]);
  const clock = await sql.row<{ now: Timestamp }>(NOW, []);
  const times = { askedAt: instantOf(row.created_at), erasedAt: clock === null ? null : instantOf(clock.now) };
  const report: JsonObject = { schema: 1, tenantId, offBoardingId: id, ...times, ...row.found, auditHeadBefore: head };
  const reportHash = contentHash(report);
  await sql.run(DONE, [tenantId, id, json(report), reportHash]);
  const entry = { actor: "system:worker", via: "worker", after: report, reason: reportHash } as const;
  const own = new ClosingWrites(sql, tenantId);
  own.audit({ ...entry, action: "tenant.erased", object: offBoardingObject(id) }, null);
  await own.write(newId);
  await becomeIn(sql, tenantId, "tandem_eraser");
  await sql.run(NAMELESS, [tenantId]);
  await becomeIn(sql, PLATFORM_TENANT_ID, "tandem_fleet");
  const platform = new ClosingWrites(sql, PLATFORM_TENANT_ID);
  platform.audit({ ...entry, action: "tenant.offboarded", object: `tenant/${tenantId}` }, null);
  await platform.write(newId);
  // What is checked at the commit looks for the tenant's own audit row.
  await becomeIn(sql, tenantId, null);
}
