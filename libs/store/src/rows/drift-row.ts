import type { DriftAnswer, DriftDecision, DriftLook, ResourceDrift } from "@tandem/domain/drift";
import type { Slot } from "@tandem/domain/slot";
import { instantOf, instantOrNull, type Timestamp } from "./instant.ts";
import { NO_SLOT } from "./slot-row.ts";

export interface DriftDecisionRow {
  id: string;
  address: string;
  slot: string;
  answer: string;
  paths: string[];
  adopted_hash: string | null;
  until: Timestamp | null;
  reason: string;
  decided_by: string;
  decided_at: Timestamp;
  plan_id: string | null;
}

export const driftDecisionOf = (row: DriftDecisionRow): DriftDecision => ({
  id: row.id,
  address: row.address,
  slot: row.slot === NO_SLOT ? null : (row.slot as Slot),
  answer: row.answer as DriftAnswer,
  paths: row.paths,
  adoptedHash: row.adopted_hash,
  until: instantOrNull(row.until),
  reason: row.reason,
  decidedBy: row.decided_by,
  decidedAt: instantOf(row.decided_at),
  planId: row.plan_id,
});

export interface DriftLookRow {
  deployment_id: string;
  looked_at: Timestamp | null;
  complete: boolean;
  resources: ResourceDrift[];
  told: string[];
  due_at: Timestamp;
}

/** Null while the first look is under way. */
export const driftLookOf = (row: DriftLookRow): DriftLook | null =>
  row.looked_at === null
    ? null
    : { lookedAt: instantOf(row.looked_at), complete: row.complete, resources: row.resources };

/** Rows of `drift_decision` that are in force, `$1` the tenant and `$2` the deployment. */
export const DECISIONS_IN_FORCE = `
  SELECT * FROM drift_decision WHERE tenant_id = $1 AND deployment_id = $2 AND ended_at IS NULL
    AND (until IS NULL OR until > clock_timestamp()) ORDER BY address, slot`;
