// Global set-up: one throw-away PostgreSQL for the whole run, with a migrated template that tests clone.
import { randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { findFreePort, startPostgres } from "./tools/embedded-postgres.mjs";
import { prepareDatabase } from "./tools/prepare-database.mjs";

/** The database that freshDatabase() clones. */
const TEMPLATE = "template_app";
// Not a superuser, so that row security binds the owner in tests as it does in production.
const OWNER = "CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE";

/** Starting a server costs a second: only when a selected project's files mention the database at all. */
async function needsDatabase(project: TestProject): Promise<boolean> {
  if (project.vitest.config.watch) return true;
  const { filenamePattern } = project.vitest as { filenamePattern?: string[] }; // there, but not in its types
  const selected = await project.vitest.globTestSpecifications(filenamePattern);
  const roots = new Set(selected.map((each) => each.project.config.root));
  return [...roots].some((root) =>
    globSync("**/*.ts", {
      cwd: root,
      exclude: (name) => name === "node_modules" || name === "dist" || name === "generated",
    }).some((file) => /freshDatabase|pgUrl/.test(readFileSync(join(root, file), "utf8"))),
  );
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!(await needsDatabase(project))) {
    project.provide("pgUrl", "");
    return undefined;
  }
  const dataDir = join(tmpdir(), `tandem-test-${randomUUID()}`);
  const port = await findFreePort(16_000 + (process.pid % 8_000)); // apart from other runs on the same machine
  const server = await startPostgres({ dataDir, port, throwAway: true });
  const admin = new pg.Client({ connectionString: `${server.url}/postgres` });
  await admin.connect();
  await admin.query(OWNER);
  await admin.query(`CREATE DATABASE ${TEMPLATE} OWNER tandem_owner`);
  await admin.end();
  const ownerUrl = `${server.url.replace("postgres@", "tandem_owner@")}/${TEMPLATE}`;
  await prepareDatabase({ ownerUrl, queueInPostgres: true });
  project.provide("pgUrl", server.url);
  return () => server.stop();
}
