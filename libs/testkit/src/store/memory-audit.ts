import { hash } from "node:crypto";
import { canonicalJson, type Json } from "@tandem/kernel";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import type { ChainedAudit } from "../history/event.ts";

const GENESIS = { seq: 0, hash: "0".repeat(64) };

/** The audit log in memory: one chain per tenant, each row hashed over the hash before it and its own canonical JSON. */
export class MemoryAudit {
  readonly heads: Record<string, { readonly seq: number; readonly hash: string }>;

  constructor(heads: Readonly<MemoryAudit["heads"]> = {}) {
    this.heads = { ...heads };
  }

  /** `at`: database time of the row. */
  append(tenantId: string, at: string, entry: AuditEntry): ChainedAudit {
    const last = this.heads[tenantId] ?? GENESIS;
    const facts = {
      action: entry.action,
      actor: entry.actor,
      afterHash: hashOrNull(entry.after),
      at,
      beforeHash: hashOrNull(entry.before),
      object: entry.object,
      reason: entry.reason ?? null,
      requestId: null,
      seq: last.seq + 1,
      tenantId,
      via: entry.via,
    };
    const row = { ...facts, prevHash: last.hash, hash: hash("sha256", last.hash + JSON.stringify(facts)) }; // canonical: plain members in their order
    this.heads[tenantId] = { seq: row.seq, hash: row.hash };
    return row;
  }
}

/** Hashes of the texts that were hashed last: most rows say what others have said. */
const known = new Map<string, string>();
const MOST_KNOWN = 10_000;

function hashOrNull(value: Json | undefined): string | null {
  if (value === undefined) return null;
  const text = canonicalJson(value);
  const present = known.get(text);
  if (present !== undefined) return present;
  if (known.size >= MOST_KNOWN) known.clear();
  const made = hash("sha256", text);
  known.set(text, made);
  return made;
}
