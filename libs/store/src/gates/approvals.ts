import type { Approval } from "@tandem/domain/gate";
import type { Sql } from "../database/sql.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

interface ApprovalRow {
  subject: string;
  decision: string;
  via: string;
  plan_hash: string;
  reason: string | null;
  at: Timestamp;
  is_entitled: boolean;
}

// A key or a person counts while it is live and holds one of the roles that the rollout's policy names; through a link its holder acts for
// this once. What a person may do in every tenant stands with the platform.
const APPROVALS = `
  SELECT a.*, CASE WHEN a.subject LIKE 'key:%' THEN EXISTS (
    SELECT FROM api_key k
    WHERE k.tenant_id = a.tenant_id AND 'key:' || k.key_id = a.subject AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp()
      AND (a.via = 'link' OR r.policy -> 'approvers' IS NULL
        OR k.roles && ARRAY(SELECT jsonb_array_elements_text(r.policy -> 'approvers'))))
  WHEN a.subject LIKE 'person:%' THEN EXISTS (
    SELECT FROM membership m
    WHERE m.tenant_id IN (a.tenant_id, '${PLATFORM_TENANT_ID}') AND 'person:' || m.person_id = a.subject AND m.disabled_at IS NULL
      AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())
      AND (a.via = 'link' OR r.policy -> 'approvers' IS NULL
        OR m.roles && ARRAY(SELECT jsonb_array_elements_text(r.policy -> 'approvers'))))
  ELSE true END AS is_entitled
  FROM approval a JOIN rollout r ON r.tenant_id = a.tenant_id AND r.id = a.rollout_id
  WHERE a.tenant_id = $1 AND a.rollout_id = $2 ORDER BY a.at, a.subject`;
const INSERT = `
  INSERT INTO approval (tenant_id, rollout_id, plan_hash, subject, decision, via, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT DO NOTHING`;

export async function readApprovals(sql: Sql, tenantId: string, rolloutId: string): Promise<readonly Approval[]> {
  const rows = await sql.rows<ApprovalRow>(APPROVALS, [tenantId, rolloutId]);
  return rows.map((row) => ({
    subject: row.subject,
    decision: row.decision as Approval["decision"],
    via: row.via as Approval["via"],
    planHash: row.plan_hash,
    reason: row.reason,
    at: instantOf(row.at),
    isEntitled: row.is_entitled,
  }));
}

export const insertApproval = (
  sql: Sql,
  key: { readonly tenantId: string; readonly rolloutId: string },
  { planHash, subject, decision, via, reason }: Omit<Approval, "at" | "isEntitled">,
): Promise<void> => sql.send(INSERT, [key.tenantId, key.rolloutId, planHash, subject, decision, via, reason]);
