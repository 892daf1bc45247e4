// npm run bench [-- name … --flag …]: runs bench/*.bench.ts one after the other and prints what each measured against its bar.
// Every figure is a ratio inside one run; absolute numbers are for orientation. Benchmarks that need a database get a private
// PostgreSQL with durability on; TANDEM_BENCH_SUPERUSER_URL, _OWNER_URL and one URL per login role lead to it.
await import("./ensure-installed.mjs");
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
const { default: pg } = await import("pg");
const { findFreePort, startPostgres } = await import("./embedded-postgres.mjs");
const { prepareDatabase } = await import("./prepare-database.mjs");
const { LOGIN_ROLES } = await import("./database-roles.mjs");
const { workspaceRoot } = await import("./projects.mjs");
const { nodePath, run } = await import("./up/processes.mjs");

const flags = process.argv.slice(2).filter((word) => word.startsWith("--"));
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const files = globSync("bench/*.bench.ts", { cwd: workspaceRoot })
  .toSorted()
  .filter((file) => wanted.length === 0 || wanted.includes(basename(file, ".bench.ts")));
if (files.length === 0) {
  console.error(`No such benchmark: ${wanted.join(", ")}`);
  process.exit(2);
}

await run("tools/generate-client.mjs", [], "The database client could not be generated.");
const folder = mkdtempSync(join(tmpdir(), "tandem-bench-"));
const server = await startPostgres({
  dataDir: join(folder, "postgres"),
  port: await findFreePort(21_000 + (process.pid % 8_000)),
});
const failed = [];
try {
  const environment = await database(server.url);
  for (const file of files) {
    console.log(`\n══ ${basename(file, ".bench.ts")} ${"═".repeat(80)}`);
    if (!(await bench(file, environment))) failed.push(file);
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length > 0) {
  console.error(`\nDid not run to the end: ${failed.join(", ")}`);
  process.exitCode = 1;
}

async function database(url) {
  const admin = new pg.Client({ connectionString: `${url}/postgres` });
  await admin.connect();
  await admin.query("CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE");
  await admin.query("CREATE DATABASE tandem OWNER tandem_owner");
  await admin.end();
  const as = (role) => `${url.replace("postgres@", `${role}@`)}/tandem`;
  await prepareDatabase({ ownerUrl: as("tandem_owner"), queueInPostgres: true });
  return {
    TANDEM_BENCH_SUPERUSER_URL: as("postgres"),
    TANDEM_BENCH_OWNER_URL: as("tandem_owner"),
    ...Object.fromEntries(
      Object.entries(LOGIN_ROLES).map(([app, { name }]) => [`TANDEM_BENCH_${app.toUpperCase()}_URL`, as(name)]),
    ),
  };
}

/** A benchmark prints words and ends with one line of JSON; both are shown. */
async function bench(file, environment) {
  const options = ["--conditions=@tandem/source", "--import", join(workspaceRoot, "tools/ts-hooks.mjs"), "--expose-gc"];
  const child = spawn(nodePath, [...options, join(workspaceRoot, file), ...flags], {
    cwd: workspaceRoot,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...environment },
  });
  const [code] = await once(child, "exit");
  return code === 0;
}
