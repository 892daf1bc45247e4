import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDeployment, openWorld, type World } from "../../test-support/world.ts";
import { loneReads } from "./lone-reads.ts";
import { openPool } from "./pool.ts";

let world: World;
let pool: pg.Pool;
beforeAll(async () => {
  world = await openWorld();
  pool = openPool({
    url: world.database.workerUrl,
    maxConnections: 1,
    applicationName: "lone reads",
    isKeyed: true,
  });
});
afterAll(async () => {
  await pool.end();
  await world.close();
});

const DEPLOYMENTS = "SELECT id FROM deployment";
const DIVIDE = "SELECT 12 / $1::int AS part";
const SETTING = "SELECT current_setting('app.tenant_id', true) AS tenant";

test("a read sees its own tenant only, and leaves nothing behind on the connection", async () => {
  const [one, two] = [await newDeployment(world), await newDeployment(world)];
  for (const { actor, deployment } of [one, two, one])
    expect(await loneReads(pool, actor.tenantId).rows(DEPLOYMENTS)).toEqual([{ id: deployment.id }]);
  expect((await pool.query<{ tenant: string | null }>(SETTING)).rows[0]?.tenant || null).toBeNull();
});

test("a read that fails says why, writes are refused, and the connection goes on", async () => {
  const { actor, deployment } = await newDeployment(world);
  const reads = loneReads(pool, actor.tenantId);
  await expect(reads.rows(DIVIDE, [0])).rejects.toMatchObject({ details: { sqlState: "22012" } });
  await expect(
    reads.rows("UPDATE deployment SET lease_owner = 'nobody' WHERE id = $1 RETURNING id", [deployment.id]),
  ).rejects.toMatchObject({ details: { sqlState: "25006" } });
  expect(await reads.row(DIVIDE, [4])).toEqual({ part: 3 });
});

test("a tenant id that is none is what failed, not what was refused after it", async () => {
  await expect(loneReads(pool, "nobody").row(DEPLOYMENTS)).rejects.toMatchObject({ details: { sqlState: "22P02" } });
});

test("a connection that is cut is told, and the next read has a new one", async () => {
  const reads = loneReads(pool, (await newDeployment(world)).actor.tenantId);
  const slow = expect(reads.rows("SELECT pg_sleep(3)")).rejects.toMatchObject({ code: "database_unavailable" });
  await world.superuser(
    "SELECT pg_sleep(0.3), (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'lone reads')",
  );
  await slow;
  expect(await reads.row(DIVIDE, [6])).toEqual({ part: 2 });
});
