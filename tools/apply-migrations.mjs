// Applies prisma/migrations with node-postgres and keeps Prisma's own ledger, so that `prisma migrate status` or
// `deploy` on another machine sees exactly what it would have written itself, without Prisma being installed here.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PRISMA_LOCK = 72707369; // the advisory lock that Prisma's own engine takes
const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/** The migrations of a folder in order, each with its SQL and the checksum Prisma would store; [] when there is no folder. */
export function readMigrations(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "migration.sql")))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/**
 * Applies what is pending, each migration in one transaction.
 * Refuses a history that is not ours to continue: a migration that failed before, or one edited after it was applied.
 * @param {import("pg").Client} client connected as the owner of the schema
 * @returns {Promise<string[]>} the names applied now
 */
export async function applyMigrations(client, folder) {
  await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
  try {
    await client.query(LEDGER);
    const { rows } = await client.query('SELECT * FROM "_prisma_migrations" WHERE rolled_back_at IS NULL');
    const pending = comparedWithLedger(readMigrations(folder), rows);
    for (const migration of pending) await applyOne(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [PRISMA_LOCK]);
  }
}

function comparedWithLedger(migrations, rows) {
  const failed = rows.find((row) => !row.finished_at);
  if (failed) {
    throw new Error(
      `Migration ${failed.migration_name} failed earlier (${failed.logs ?? "interrupted"}). Fix: mend its SQL, then ` +
        `\`npx prisma migrate resolve --rolled-back ${failed.migration_name}\` and start again.`,
    );
  }
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const edited = migrations.find(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (edited) {
    throw new Error(
      `Migration ${edited.name} was edited after this database had applied it. Fix: restore the file and put the change ` +
        "into a new migration; or, when the data does not matter, start from an empty database (remove .data/postgres).",
    );
  }
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) console.warn(`The database is newer than this checkout; it also has: ${unknown.join(", ")}`);
  return migrations.filter(({ name }) => !applied.has(name));
}

async function applyOne(client, { name, sql, checksum }) {
  const id = randomUUID();
  await client.query('INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    await client.query(sql); // simple protocol: all statements in one implicit transaction, as the engine does
  } catch (error) {
    await client.query("ROLLBACK"); // a no-op unless the file opened a transaction itself
    await client.query('UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1', [
      id,
      `${error.code ?? ""} ${error.message}`,
    ]);
    const line = error.position ? sql.slice(0, Number(error.position)).split("\n").length : "?";
    throw new Error(`Migration ${name}, line ${line}: ${error.message} (${error.code ?? "no code"})`, { cause: error });
  }
  await client.query('UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [
    id,
  ]);
}
