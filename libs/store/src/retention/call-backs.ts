import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { consentProof } from "./consent-proof.ts";

/** A consent that could still permit a call keeps its number: nobody is called twice on it. */
const PAST = `
  SELECT id, to_number, consent_given_at, consent_text FROM outbound_call
  WHERE tenant_id = $1 AND to_number IS NOT NULL AND finished_at < now() - make_interval(days => kept_days) AND expires_at < now()
  ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED`;
const REMOVE = `
  UPDATE outbound_call AS call SET to_number = NULL, consent_text = NULL, consent_proof = past.proof
  FROM jsonb_to_recordset($2::jsonb) AS past (id uuid, proof text)
  WHERE call.tenant_id = $1 AND call.id = past.id`;

interface PastRow {
  readonly id: string;
  readonly to_number: string;
  readonly consent_given_at: Timestamp;
  readonly consent_text: string;
}

/** Puts the proof of their consent in the place of number and words, in up to `most` call-backs that are past their days; returns how many. */
export async function removeCallBacks(
  sql: Sql,
  tenantId: string,
  by: { readonly proofKey: string; readonly most: number },
) {
  const rows = await sql.rows<PastRow>(PAST, [tenantId, by.most]);
  if (rows.length === 0) return 0;
  const past = rows.map(({ id, to_number: to, consent_given_at: givenAt, consent_text: text }) => ({
    id,
    proof: consentProof(by.proofKey, { to, givenAt: instantOf(givenAt), text }),
  }));
  return sql.run(REMOVE, [tenantId, JSON.stringify(past)]);
}
