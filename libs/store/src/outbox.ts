import type { JsonObject } from "@tandem/kernel";
import type pg from "pg";
import { openPool } from "./database/pool.ts";
import { inTransaction } from "./database/transaction.ts";
import { resolveOptions, type StoreOptions } from "./options.ts";

/** A message that a committed change left for the outside. The same one may come again: receivers go by its id. */
export interface OutboxMessage {
  readonly tenantId: string;
  readonly id: string;
  /** The audit action that caused it, e.g. `pointer.rolled-back`. */
  readonly kind: string;
  readonly payload: JsonObject;
  /** How often it has been taken, this time included. */
  readonly attempt: number;
}

/** Messages to the outside, at least once each. */
export interface Outbox {
  /** Takes up to `limit` unsent messages, oldest first; each comes again after `claimMs` unless it is reported. */
  take(limit: number, claimMs: number): Promise<readonly OutboxMessage[]>;
  sent(message: OutboxMessage): Promise<void>;
  /** Not before this many milliseconds from database now. */
  postpone(message: OutboxMessage, inMs: number): Promise<void>;
  /** Removes messages of a tenant that were sent longer ago than this; answers how many. */
  removeSent(tenantId: string, olderThanMs: number): Promise<number>;
  close(): Promise<void>;
}

const UNSENT = `
  SELECT tenant_id, id FROM outbox WHERE sent_at IS NULL AND not_before <= clock_timestamp() ORDER BY not_before, id LIMIT $1`;
const TAKE = `
  UPDATE outbox SET attempts = attempts + 1, not_before = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND sent_at IS NULL AND not_before <= clock_timestamp()
  RETURNING tenant_id AS "tenantId", id, kind, payload, attempts AS attempt`;
const SENT = "UPDATE outbox SET sent_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2 AND sent_at IS NULL";
const POSTPONE = `
  UPDATE outbox SET not_before = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE tenant_id = $1 AND id = $2 AND sent_at IS NULL`;
const REMOVE = `
  DELETE FROM outbox WHERE tenant_id = $1 AND sent_at < clock_timestamp() - $2::float8 * interval '1 millisecond'`;

/** `options.url` logs in as `tandem_worker`. */
export function openOutbox(options: StoreOptions): Outbox {
  const pool = openPool({ ...resolveOptions(options), maxConnections: options.maxConnections ?? 2 });
  const run = (tenantId: string, text: string, parameters: readonly (string | number)[]) =>
    inTransaction(pool, { tenantId }, (sql) => sql.run(text, parameters));
  return {
    take: (limit, claimMs) => take(pool, limit, claimMs),
    sent: async ({ tenantId, id }) => void (await run(tenantId, SENT, [tenantId, id])),
    postpone: async ({ tenantId, id }, inMs) => void (await run(tenantId, POSTPONE, [tenantId, id, inMs])),
    removeSent: (tenantId, olderThanMs) => run(tenantId, REMOVE, [tenantId, olderThanMs]),
    close: () => pool.end(),
  };
}

async function take(pool: pg.Pool, limit: number, claimMs: number): Promise<readonly OutboxMessage[]> {
  const unsent = await inTransaction(pool, { tenantId: null, role: "tandem_sweeper" }, (sql) =>
    sql.rows<{ tenant_id: string; id: string }>(UNSENT, [limit]),
  );
  const taken: OutboxMessage[] = [];
  for (const { tenant_id: tenantId, id } of unsent) {
    const message = await inTransaction(pool, { tenantId }, (sql) =>
      sql.row<OutboxMessage>(TAKE, [tenantId, id, claimMs]),
    );
    if (message !== null) taken.push(message);
  }
  return taken;
}
