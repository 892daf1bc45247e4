import { ROLLOUT_EVENT, rolloutMessage } from "@tandem/domain/notification";
import type { RolloutEvent } from "@tandem/domain/rollout";
import type { Pointer, PointerCause } from "@tandem/domain/slot";
import type { JsonObject, NewId } from "@tandem/kernel";
import type { AuditEntry } from "@tandem/ports/store/rollouts";
import type { ChangeNotice } from "@tandem/ports/store/overview";
import { auditFacts } from "../audit/facts.ts";
import { changeNotice, changeOf } from "../change-notice.ts";
import { json, type Sql } from "../database/sql.ts";
import { appendStatement } from "./append-statement.ts";
import { CHANNELS, type Notice, type WorkNotice, workNotice } from "../notices.ts";

/** A rollout event before it has its number. */
export type UnnumberedEvent = Pick<RolloutEvent, "rolloutId" | "type" | "phase" | "payload">;

/** The history row that every generation of a pointer has. */
export interface PointerRecord {
  readonly deploymentId: string;
  readonly pointer: Pointer;
  readonly cause: PointerCause;
  readonly actor: string;
  readonly rolloutId: string | null;
}

/** What a transaction appends: collected whenever it is asked for and written at the end. */
export class ClosingWrites {
  readonly #history: PointerRecord[] = [];
  readonly #events: (UnnumberedEvent & { n: number })[] = [];
  readonly #messages: { kind: string; payload: JsonObject; id?: string }[] = [];
  readonly #notices = new Map<string, { channel: string; payload: string }>();
  readonly #audits: ReturnType<typeof auditFacts>[] = [];
  readonly #sql: Sql;
  readonly #tenantId: string;
  readonly #deploymentId: string | null;

  /** `deploymentId`: the one that all of it is about, where it is about one. */
  constructor(sql: Sql, tenantId: string, deploymentId: string | null = null) {
    this.#sql = sql;
    this.#tenantId = tenantId;
    this.#deploymentId = deploymentId;
  }

  pointerMoved(record: PointerRecord): void {
    this.#history.push(record);
    const [tenantId, { deploymentId: deployment, pointer }] = [this.#tenantId, record];
    this.#tell({ tenantId, kind: "deployment", deployment, generation: pointer.generation });
  }

  /** Appends an event and tells its watchers, and the outside what it is told of. */
  event(event: UnnumberedEvent): void {
    const n = this.#events.filter(({ rolloutId }) => rolloutId === event.rolloutId).length + 1;
    this.#events.push({ ...event, n });
    const message = rolloutMessage(event);
    if (message !== null) this.enqueue(ROLLOUT_EVENT, message);
    this.notify("rollout", event.rolloutId);
  }

  /** `id`: the message's own where somebody was told it; a new one when absent. */
  enqueue(kind: string, payload: JsonObject, id?: string): void {
    this.#messages.push({ kind, payload, ...(id !== undefined && { id }) });
  }

  /** The same notice is sent once. */
  notify(channel: Notice["channel"], payload: string): void {
    this.#notices.set(`${channel} ${payload}`, { channel: CHANNELS[channel], payload });
  }

  notifyWork(notice: WorkNotice): void {
    const { channel, payload } = workNotice(notice);
    this.notify(channel, payload);
  }

  audit(entry: AuditEntry, requestId: string | null): void {
    this.#audits.push(auditFacts(entry, requestId));
    this.#tell(changeOf(this.#tenantId, entry.object, this.#deploymentId));
  }

  #tell(change: ChangeNotice): void {
    const { channel, payload } = changeNotice(change);
    this.notify(channel, payload);
  }

  async write(newId: NewId): Promise<void> {
    const given = {
      history: this.#history,
      events: this.#events,
      messages: this.#messages.map((message) => ({ id: newId(), ...message })),
      notices: [...this.#notices.values()],
      audits: this.#audits.map((audit, n) => ({ n, ...audit })),
    };
    const filled = Object.entries(given).filter(([, list]) => list.length > 0);
    if (filled.length === 0) return;
    const text = appendStatement(new Set(filled.map(([kind]) => kind as keyof typeof given)));
    await this.#sql.send(text, [this.#tenantId, json(Object.fromEntries(filled))]);
  }
}
