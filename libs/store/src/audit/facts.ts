import { contentHash, type Json } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { AuditEntry } from "@tandem/ports/store/rollouts";

/** What a person's request adds to an entry. */
export type PersonalEntry = Omit<AuditEntry, "actor" | "via">;

const hashOrNull = (value: Json | undefined): string | null => (value === undefined ? null : contentHash(value));

/** An entry as the database function `append_audit` takes it: values enter the chain as hashes only. */
export const auditFacts = (entry: AuditEntry, requestId: string | null) => ({
  actor: entry.actor,
  via: entry.via,
  action: entry.action,
  object: entry.object,
  before: hashOrNull(entry.before),
  after: hashOrNull(entry.after),
  reason: entry.reason ?? null,
  request: requestId,
});

/** An entry of a person's request. */
export const entryOf = (actor: Actor, entry: PersonalEntry): AuditEntry => ({
  actor: actor.subject,
  via: actor.via,
  ...entry,
});
