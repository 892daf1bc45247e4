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
 * A pool on the app's login role. Statements written one after the other without waiting share a round trip. Behind a pooler its
 * configuration must let the start-up parameter `options` through.
 */
export function openPool(options: Pick<ResolvedOptions, "url" | "maxConnections" | "applicationName">): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    pipeline: true,
    options: Object.entries(SESSION_SETTINGS)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
  });
  // A connection that breaks is found out by whoever uses it next; without listeners it would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
