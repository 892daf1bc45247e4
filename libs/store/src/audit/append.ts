import { contentHash, type Json } from "@tandem/kernel";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import type { Actor } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";

/** What a person's request adds to an entry. */
export type PersonalEntry = Omit<AuditEntry, "actor" | "via">;

const hashOrNull = (value: Json | undefined): string | null => (value === undefined ? null : contentHash(value));

const APPEND = "SELECT append_audit($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9)";

/** Arguments of the database function `append_audit`, in order: values enter the chain as hashes only. */
export const auditArguments = (tenantId: string, entry: AuditEntry, requestId: string | null) =>
  [
    tenantId,
    entry.actor,
    entry.via,
    entry.action,
    entry.object,
    hashOrNull(entry.before),
    hashOrNull(entry.after),
    entry.reason ?? null,
    requestId,
  ] as const;

/** Appends to the tenant's chain. To be called last in a transaction: it holds the chain's lock until commit. */
export async function appendAudit(
  sql: Sql,
  tenantId: string,
  entry: AuditEntry,
  requestId: string | null,
): Promise<void> {
  await sql.send(APPEND, auditArguments(tenantId, entry, requestId));
}

/** An entry of a person's request. */
export const entryOf = (actor: Actor, entry: PersonalEntry): AuditEntry => ({
  actor: actor.subject,
  via: actor.via,
  ...entry,
});
