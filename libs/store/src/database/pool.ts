import pg from "pg";
import type { ResolvedOptions } from "../options.ts";

/** What every session of ours is bound by, in milliseconds: no statement or lock is waited for without end. */
const SESSION_SETTINGS = {
  statement_timeout: 5_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  synchronous_commit: "on",
};

/**
 * Of a door whose every statement goes by a key. A connection keeps its plans, and one that was made while a table was next to empty would
 * go on reading the whole table until it is analysed anew.
 */
const KEYED_SETTINGS = { enable_seqscan: "off", jit: "off" };

type PoolOptions = Pick<ResolvedOptions, "url" | "maxConnections" | "applicationName"> & { readonly isKeyed?: boolean };

/**
 * A pool on the app's login role. Statements written one after the other without waiting share a round trip. Behind a pooler its
 * configuration must let the start-up parameter `options` through.
 */
export function openPool(options: PoolOptions): pg.Pool {
  const settings = { ...SESSION_SETTINGS, ...(options.isKeyed === true && KEYED_SETTINGS) };
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    pipeline: true,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
  });
  // A connection that breaks is found out by whoever uses it next; without listeners it would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
