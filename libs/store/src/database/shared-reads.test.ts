import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDeployment, openWorld, type World } from "../../test-support/world.ts";
import { openPool } from "./pool.ts";
import { sharedRead } from "./shared-reads.ts";

let world: World;
let pool: pg.Pool;
beforeAll(async () => {
  world = await openWorld();
  pool = openPool({ url: world.database.appUrl, maxConnections: 4, applicationName: "shared reads" });
});
afterAll(async () => {
  await pool.end();
  await world.close();
});

const SUMMARY = "SELECT shown_deployment($1, $2, '')::json ->> 'id' AS id, pg_backend_pid() AS pid";
const DIVIDE = "SELECT 12 / $1::int AS part";
const SETTING = "SELECT current_setting('app.tenant_id', true) AS tenant";

test("reads of several tenants on one connection see their own tenant each, and leave nothing behind", async () => {
  const [one, two] = [await newDeployment(world), await newDeployment(world)];
  const pairs = Array.from({ length: 60 }, (_, index) => {
    const [mine, other] = index % 2 === 0 ? [one, two] : [two, one];
    return { tenant: mine.actor.tenantId, id: (index % 3 === 0 ? other : mine).deployment.id, isOwn: index % 3 !== 0 };
  });
  const read = ({ tenant, id }: (typeof pairs)[number]) =>
    sharedRead<{ id: string | null; pid: number }>(pool, SUMMARY, [tenant, id]);
  const answers = (await Promise.all(pairs.map(read))).map(([row]) => row);
  expect(answers.map((row) => row?.id)).toEqual(pairs.map(({ id, isOwn }) => (isOwn ? id : null)));
  expect(new Set(answers.map((row) => row?.pid)).size).toBeLessThanOrEqual(4);
  const [left] = await sharedRead<{ tenant: string | null }>(pool, SETTING, []);
  expect(left?.tenant || null).toBeNull();
});

test("a read that fails fails alone", async () => {
  const divisors = [1, 2, 0, 3, 0, 4];
  const outcomes = await Promise.allSettled(divisors.map((by) => sharedRead<{ part: number }>(pool, DIVIDE, [by])));
  expect(outcomes.map((each) => (each.status === "fulfilled" ? each.value[0]?.part : "failed"))).toEqual([
    12,
    6,
    "failed",
    4,
    "failed",
    3,
  ]);
});

test("when the connection is cut everybody on it hears so, and the next read has a new one", async () => {
  const slow = "SELECT pg_backend_pid() AS pid, pg_sleep(0.3)";
  const reads = Array.from({ length: 8 }, () => sharedRead<{ pid: number }>(pool, slow, []));
  const settled = Promise.allSettled(reads);
  await world.superuser(
    "SELECT pg_terminate_backend(pid), pg_sleep(0.05) FROM pg_stat_activity WHERE application_name = 'shared reads'",
  );
  for (const each of await settled)
    expect(each).toMatchObject({ status: "rejected", reason: { code: "database_unavailable" } });
  expect(await sharedRead(pool, DIVIDE, [1])).toEqual([{ part: 12 }]);
});
