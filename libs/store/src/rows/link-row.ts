import type { DecisionLink } from "@tandem/domain/gate";
import { instantOf, instantOrNull, type Timestamp } from "./instant.ts";

export interface LinkRow {
  id: string;
  rollout_id: string;
  deployment_id: string;
  action: string;
  addressee: string;
  plan_hash: string | null;
  generation: number | null;
  expires_at: Timestamp;
  created_by: string;
  created_at: Timestamp;
  used_at: Timestamp | null;
  revoked_at: Timestamp | null;
}

export const linkOf = (row: LinkRow): DecisionLink => ({
  id: row.id,
  rolloutId: row.rollout_id,
  deploymentId: row.deployment_id,
  action: row.action as DecisionLink["action"],
  addressee: row.addressee,
  planHash: row.plan_hash,
  generation: row.generation,
  expiresAt: instantOf(row.expires_at),
  createdBy: row.created_by,
  createdAt: instantOf(row.created_at),
  usedAt: instantOrNull(row.used_at),
  revokedAt: instantOrNull(row.revoked_at),
});
