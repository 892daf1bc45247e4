import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../vitest.database.ts";
import { applyMigrations } from "./apply-migrations.mjs";
import { findFreePort, startPostgres } from "./embedded-postgres.mjs";

const newFolder = () => join(tmpdir(), `tandem-tool-${randomUUID()}`);

describe("the embedded server", () => {
  test("a second start adopts the running one, and stopping it there stops it", async () => {
    const dataDir = newFolder();
    const port = await findFreePort(12_000);
    const first = await startPostgres({ dataDir, port, throwAway: true });
    const second = await startPostgres({ dataDir, throwAway: true });
    expect(second).toMatchObject({ adopted: true, port, url: first.url });
    await second.stop();
    const third = await startPostgres({ dataDir, port, throwAway: true });
    expect(third.adopted).toBe(false);
    await third.stop();
    expect(existsSync(dataDir)).toBe(false);
  });

  test("a postmaster.pid whose number belongs to somebody else is no obstacle", async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "postmaster.pid"), `${process.ppid}\n${dataDir}\n0\n1\n`);
    const server = await startPostgres({ dataDir, throwAway: true });
    expect(server.adopted).toBe(false);
    await server.stop();
  });

  test("a port that is taken is named with the variable that changes it", async () => {
    const dataDir = newFolder();
    const server = await startPostgres({ dataDir, throwAway: true });
    const again = startPostgres({ dataDir: newFolder(), port: server.port, portVariable: "TANDEM_POSTGRES_PORT" });
    await expect(again).rejects.toThrow(/is taken\. Fix: set TANDEM_POSTGRES_PORT/);
    await server.stop();
  });

  test("a folder of another version is reported with the way out", async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "PG_VERSION"), "9\n");
    await expect(startPostgres({ dataDir })).rejects.toThrow(/did not start.*Fix: move it aside/s);
    rmSync(dataDir, { recursive: true });
  });
});

describe("migrations", () => {
  let database: FreshDatabase;
  let client: pg.Client;
  const folder = newFolder();
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "migration.sql"), sql);
  };
  beforeAll(async () => {
    database = await freshDatabase();
    client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  test("pending ones are applied once, in order", async () => {
    write("20990101000000_b", "CREATE TABLE planted (id int);");
    write("20990102000000_c", "INSERT INTO planted VALUES (1);");
    await expect(applyMigrations(client, folder)).resolves.toEqual(["20990101000000_b", "20990102000000_c"]);
    await expect(applyMigrations(client, folder)).resolves.toEqual([]);
  });

  test("an applied one that was edited stops everything", async () => {
    write("20990102000000_c", "INSERT INTO planted VALUES (2);");
    await expect(applyMigrations(client, folder)).rejects.toThrow(/20990102000000_c was edited.*Fix:/s);
    write("20990102000000_c", "INSERT INTO planted VALUES (1);");
  });

  test("a failing one names file and line, leaves nothing behind, and blocks the next run until resolved", async () => {
    write("20990103000000_d", "CREATE TABLE half (id int);\nSELECT nonsense;\n");
    await expect(applyMigrations(client, folder)).rejects.toThrow(/20990103000000_d, line 2: column "nonsense"/);
    await expect(client.query("SELECT 1 FROM half")).rejects.toThrow(/does not exist/);
    await expect(applyMigrations(client, folder)).rejects.toThrow(/failed earlier.*prisma migrate resolve/s);
  });
});
