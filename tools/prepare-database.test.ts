import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../vitest.database.ts";
import { prepareDatabase } from "./prepare-database.mjs";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function query(url: string, ...statements: string[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let result;
    for (const statement of statements) result = await client.query(statement);
    return result?.rows ?? [];
  } finally {
    await client.end();
  }
}

describe("roles", () => {
  test("no login role is superuser, bypasses row security or owns a table", async () => {
    const rows = await query(
      database.ownerUrl,
      `SELECT rolname FROM pg_roles WHERE rolname LIKE 'tandem%' AND (rolsuper OR rolbypassrls)
       UNION SELECT tableowner FROM pg_tables WHERE schemaname IN ('public', 'bullmq') AND tableowner <> 'tandem_owner'`,
    );
    expect(rows).toEqual([]);
  });

  test.each([
    ["api may become platform", "appUrl", "tandem_platform", true],
    ["api may not become sweeper", "appUrl", "tandem_sweeper", false],
    ["worker may become sweeper", "workerUrl", "tandem_sweeper", true],
    ["worker may become retention", "workerUrl", "tandem_retention", true],
    ["api may not become retention", "appUrl", "tandem_retention", false],
    ["worker may not become platform", "workerUrl", "tandem_platform", false],
    ["media becomes nobody else", "mediaUrl", "tandem_app", false],
  ] as const)("%s", async (_name, url, role, allowed) => {
    const attempt = query(database[url], `SET ROLE ${role}`);
    if (allowed) await expect(attempt).resolves.toBeDefined();
    else await expect(attempt).rejects.toThrow(/permission denied/);
  });

  test("the ledger of migrations is closed to the apps", async () => {
    await expect(query(database.appUrl, 'SELECT 1 FROM "_prisma_migrations"')).rejects.toThrow(/permission denied/);
  });

  test("the queue is open to api and worker, closed to media", async () => {
    await expect(query(database.workerUrl, "SELECT 1 FROM bullmq.migration")).resolves.toBeDefined();
    await expect(query(database.mediaUrl, "SELECT 1 FROM bullmq.migration")).rejects.toThrow(/permission denied/);
  });
});

test("preparing again, from several places at once, changes nothing", async () => {
  const again = () => prepareDatabase({ ownerUrl: database.ownerUrl, queueInPostgres: true });
  await expect(Promise.all([again(), again(), again()])).resolves.toEqual([[], [], []]);
});
