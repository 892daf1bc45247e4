import { AppError } from "@tandem/kernel";
import pg from "pg";

/** Where the queue lives: Redis when `redisUrl` is given, else PostgreSQL. */
export interface QueueLocation {
  readonly redisUrl: string | null;
  /** PostgreSQL without a transaction pooler; used when there is no Redis. */
  readonly databaseUrl: string;
}

const STATE = `SELECT CASE WHEN to_regnamespace('bullmq') IS NULL THEN 'missing'
  WHEN NOT has_schema_privilege(current_user, 'bullmq', 'usage') THEN 'forbidden'
  WHEN to_regclass('bullmq.migration') IS NULL THEN 'missing'
  WHEN NOT has_table_privilege(current_user, 'bullmq.job', 'insert') THEN 'forbidden' ELSE 'ready' END AS state`;

/**
 * Throws `config_invalid` with the fix when the PostgreSQL backend's schema or rights are missing. Without this check BullMQ 6.7
 * answers both with an endless error loop. Redis needs no preparation.
 */
export async function requireQueueSchema(location: QueueLocation): Promise<void> {
  if (location.redisUrl !== null) return;
  const client = new pg.Client({ connectionString: location.databaseUrl, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ state: "missing" | "forbidden" | "ready" }>(STATE);
    if (rows[0]?.state === "ready") return;
    const what =
      rows[0]?.state === "forbidden"
        ? "The database role may not use the queue's schema bullmq"
        : "The database has no queue schema bullmq";
    throw new AppError(
      "config_invalid",
      `${what}: prepare the database as its owner (npm run db:prepare), or set REDIS_URL`,
    );
  } finally {
    await client.end();
  }
}
