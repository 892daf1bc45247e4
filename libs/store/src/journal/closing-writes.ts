import type { JsonObject, NewId } from "@tandem/kernel";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import { appendAudit } from "../audit/append.ts";
import { json, type Sql } from "../database/sql.ts";
import { type Notice, notify, type WorkNotice, workNotice } from "../notices.ts";

const ENQUEUE = "INSERT INTO outbox (tenant_id, id, kind, payload) VALUES ($1::uuid, $2::uuid, $3, $4::jsonb)";

/**
 * What a transaction writes last, whenever it was asked for: messages, notices, and then the audit rows, whose lock orders the whole
 * tenant and must therefore be held for as short as possible and never before another lock.
 */
export class ClosingWrites {
  readonly #audits: { entry: AuditEntry; requestId: string | null }[] = [];
  readonly #messages: { kind: string; payload: JsonObject }[] = [];
  readonly #notices = new Map<string, Notice>();
  readonly #sql: Sql;
  readonly #tenantId: string;

  constructor(sql: Sql, tenantId: string) {
    this.#sql = sql;
    this.#tenantId = tenantId;
  }

  audit(entry: AuditEntry, requestId: string | null): void {
    this.#audits.push({ entry, requestId });
  }

  enqueue(kind: string, payload: JsonObject): void {
    this.#messages.push({ kind, payload });
  }

  /** The same notice is sent once. */
  notify(channel: Notice["channel"], payload: string): void {
    this.#notices.set(`${channel} ${payload}`, { channel, payload });
  }

  notifyWork(notice: WorkNotice): void {
    const { channel, payload } = workNotice(notice);
    this.notify(channel, payload);
  }

  async write(newId: NewId): Promise<void> {
    for (const { kind, payload } of this.#messages)
      await this.#sql.send(ENQUEUE, [this.#tenantId, newId(), kind, json(payload)]);
    await notify(this.#sql, [...this.#notices.values()]);
    for (const { entry, requestId } of this.#audits) await appendAudit(this.#sql, this.#tenantId, entry, requestId);
  }
}
