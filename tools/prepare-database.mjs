// Brings a database to the state the apps expect: roles, schema, BullMQ's schema. Runs as the owner; the apps log in as
// roles that own nothing and cannot bypass row security. By hand: TANDEM_DATABASE_OWNER_URL=… node tools/prepare-database.mjs
// (add TANDEM_DATABASE_PASSWORD_API, _WORKER and _MEDIA to set the passwords of the login roles).
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { applyMigrations } from "./apply-migrations.mjs";
import { bootstrapRoles } from "./database-roles.mjs";
import { workspaceRoot } from "./projects.mjs";

const ONE_AT_A_TIME = 7_263_001; // advisory lock: two migrate jobs may start together

// No CREATE on the schema: every job of ours has a jobId, so BullMQ never needs its sequence per queue.
const QUEUE_RIGHTS = `
  GRANT USAGE ON SCHEMA bullmq TO tandem_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO tandem_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bullmq TO tandem_app;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO tandem_app;`;

/**
 * Prepares one database; safe to repeat and to run from several places at once.
 * @param {object} options
 * @param {string} options.ownerUrl
 * @param {boolean} [options.queueInPostgres] whether BullMQ keeps its jobs here (no Redis)
 * @param {Record<string, string>} [options.passwords] of the login roles, by app
 * @param {string} [options.migrations]
 * @returns {Promise<string[]>} the migrations applied now
 */
export async function prepareDatabase({
  ownerUrl,
  queueInPostgres = !process.env.REDIS_URL,
  passwords,
  migrations = join(workspaceRoot, "prisma/migrations"),
}) {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ONE_AT_A_TIME]);
    await bootstrapRoles(client, passwords);
    const applied = await applyMigrations(client, migrations);
    // Not in a migration: shadow databases have no such table, and the statement would fail there.
    await client.query('REVOKE ALL ON TABLE "_prisma_migrations" FROM tandem_app, PUBLIC');
    if (queueInPostgres) {
      const { runMigrations } = await import("bullmq");
      await runMigrations(client);
      await client.query(QUEUE_RIGHTS);
    }
    return applied;
  } finally {
    await client.end(); // releases the lock too
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const ownerUrl = process.env.TANDEM_DATABASE_OWNER_URL ?? process.env.DATABASE_URL;
  if (!ownerUrl) {
    console.error("Set TANDEM_DATABASE_OWNER_URL to the URL of a role that owns the database and may create roles.");
    process.exit(2);
  }
  const password = (app) => process.env[`TANDEM_DATABASE_PASSWORD_${app.toUpperCase()}`];
  const passwords = Object.fromEntries(["api", "worker", "media"].map((app) => [app, password(app)]));
  try {
    const applied = await prepareDatabase({ ownerUrl, passwords });
    console.log(`Database ready; ${applied.length} migrations applied${applied.map((name) => `\n  ${name}`).join("")}`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
