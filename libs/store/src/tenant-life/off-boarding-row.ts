import type { OffBoardingPhase } from "@tandem/domain/tenant";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { ClaimedOffBoarding, OffBoarding } from "@tandem/ports/store/tenant-life";
import type { Sql } from "../database/sql.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface OffBoardingRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly phase: OffBoardingPhase;
  readonly status_before: "active" | "suspended";
  readonly waits_for: { readonly code: string; readonly detail: string } | null;
  readonly asked_by: string;
  readonly why: string;
  readonly found: JsonObject;
  readonly report: JsonObject | null;
  readonly report_hash: string | null;
  readonly phase_ms: number;
  readonly created_at: Timestamp;
  readonly ended_at: Timestamp | null;
}

export const offBoardingOf = (row: OffBoardingRow): OffBoarding => ({
  tenantId: row.tenant_id,
  id: row.id,
  phase: row.phase,
  waitsFor: row.waits_for,
  askedBy: row.asked_by,
  why: row.why,
  createdAt: instantOf(row.created_at),
  endedAt: instantOrNull(row.ended_at),
  report: row.report,
  reportHash: row.report_hash,
});

const COLUMNS = "*, (extract(epoch FROM clock_timestamp() - phase_since) * 1000)::float8 AS phase_ms";
const NEWEST = `SELECT ${COLUMNS} FROM off_boarding WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1`;
const HELD = `SELECT ${COLUMNS} FROM off_boarding WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 FOR UPDATE`;

export const newestOffBoarding = (sql: Sql, tenantId: string): Promise<OffBoardingRow | null> =>
  sql.row<OffBoardingRow>(NEWEST, [tenantId]);

/** The row under the claim's fence, held until the transaction ends. Throws `lease_lost`. */
export async function fencedRow(sql: Sql, { tenantId, id, epoch }: ClaimedOffBoarding): Promise<OffBoardingRow> {
  const row = await sql.row<OffBoardingRow>(HELD, [tenantId, id, epoch]);
  if (row === null) throw new AppError("lease_lost", "The off-boarding has moved on.", { details: { id } });
  return row;
}

export const offBoardingObject = (id: string): string => `off-boarding/${id}`;
