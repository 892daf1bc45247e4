// node tools/with-database.mjs <command> [arguments]: runs a command beside a throw-away PostgreSQL that has our roles and
// an empty database; TANDEM_DATABASE_OWNER_URL leads to it. For `prisma migrate dev`, `migrate diff` and the like.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { bootstrapRoles } from "./database-roles.mjs";
import { findFreePort, startPostgres } from "./embedded-postgres.mjs";
import { workspaceRoot } from "./projects.mjs";

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error("Usage: node tools/with-database.mjs <command> [arguments]");
  process.exit(2);
}

async function query(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const port = await findFreePort(24_000 + (process.pid % 8_000));
const server = await startPostgres({ dataDir: join(tmpdir(), `tandem-tool-${randomUUID()}`), port, throwAway: true });
process.exitCode = 1;
try {
  await query(`${server.url}/postgres`, async (admin) => {
    await admin.query("CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE");
    await admin.query("CREATE DATABASE tandem OWNER tandem_owner");
  });
  const ownerUrl = `${server.url.replace("postgres@", "tandem_owner@")}/tandem`;
  await query(ownerUrl, (owner) => bootstrapRoles(owner)); // shadow databases find them: roles belong to the server
  const path = `${join(workspaceRoot, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH: path, TANDEM_DATABASE_OWNER_URL: ownerUrl };
  const child = spawn(command, args, { cwd: workspaceRoot, stdio: "inherit", env });
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
} finally {
  await server.stop();
}
