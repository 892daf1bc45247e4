import { setTimeout as sleep } from "node:timers/promises";
import { setFaultHook } from "@tandem/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openCuttingProxy } from "../test-support/cutting-proxy.ts";
import {
  auditOf,
  claim,
  newDeployment,
  newTenant,
  openWorld,
  platform,
  startRollout,
  switchTo,
  type World,
} from "../test-support/world.ts";
import { openPool } from "./database/pool.ts";
import { inTransaction } from "./database/transaction.ts";
import { openControlStore, openRolloutStore } from "./index.ts";
import { resolveOptions } from "./options.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterEach(() => setFaultHook(undefined));
afterAll(() => world.close());

describe("the connection breaks while committing: the outcome is unknown, says so, and reading tells it", () => {
  test.each([
    ["before-commit", false],
    ["after-commit", true],
  ] as const)("%s", async (cut, isThere) => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const proxy = await openCuttingProxy(world.database.workerUrl);
    const worker = openRolloutStore({ url: proxy.url, maxConnections: 1 });
    const lease = (await worker.claim(served.actor.tenantId, served.deployment.id, "w", 60_000))!;
    proxy.cut = cut;
    const write = worker.fenced(lease, (transaction) => transaction.patchRollout({ memory: { written: true } }));
    await expect(write).rejects.toMatchObject({
      code: "database_unavailable",
      retryable: true,
      details: { outcome: "unknown" },
    });
    proxy.cut = "never";
    const view = await worker.view(served.actor.tenantId, served.deployment.id);
    expect(view?.rollout?.memory).toEqual(isThere ? { written: true } : {});
    await worker.close();
    await proxy.close();
  });

  test("through Prisma as well", async () => {
    const proxy = await openCuttingProxy(world.database.appUrl);
    const control = openControlStore({ url: proxy.url, maxConnections: 1 });
    const actor = { ...platform, effectId: "01a1f000-0000-7000-8000-000000000001" };
    await control.listTenants(actor, { limit: 1, cursor: null });
    proxy.cut = "after-commit";
    await expect(control.createTenant(actor, { slug: "cut", name: "Cut" })).rejects.toMatchObject({
      code: "database_unavailable",
      retryable: true,
    });
    proxy.cut = "never";
    expect(await control.createTenant(actor, { slug: "cut", name: "Cut" })).toMatchObject({
      id: actor.effectId,
      slug: "cut",
    });
    const audits = await world.superuser("SELECT 1 FROM audit WHERE object = $1", [`tenant/${actor.effectId}`]);
    expect(audits).toHaveLength(1);
    await control.close();
    await proxy.close();
  });

  test("a backend killed at COMMIT: rollback is repeatable and moves the pointer once", async () => {
    const served = await newDeployment(world);
    await switchTo(world, served, "1.0.0");
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.patchRollout({ phase: "succeeded" });
      await transaction.audit(auditOf(`rollout/${transaction.rollout?.id}`));
    });
    await world.worker.release(lease);
    await switchTo(world, served, "2.0.0");
    let kills = 0;
    setFaultHook(async (point) => {
      if (point !== "store.commit.before" || (kills += 1) > 1) return;
      let killed: readonly unknown[] = [];
      while (killed.length === 0) {
        killed = await world.superuser(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        );
      }
      await sleep(50);
    });
    await expect(world.control.rollback(served.actor, served.deployment.id, null)).rejects.toMatchObject({
      code: "database_unavailable",
    });
    await expect(world.control.rollback(served.actor, served.deployment.id, null)).resolves.toMatchObject({
      pointer: { active: "blue", generation: 3 },
    });
  });
});

describe("limits of a session", () => {
  test("are set on every connection", async () => {
    const pool = openPool(resolveOptions({ url: world.database.appUrl }));
    const setting = async (name: string) =>
      (await pool.query<{ value: string }>("SELECT current_setting($1) AS value", [name])).rows[0]?.value;
    expect([
      await setting("statement_timeout"),
      await setting("lock_timeout"),
      await setting("idle_in_transaction_session_timeout"),
      await setting("synchronous_commit"),
    ]).toEqual(["5s", "2s", "10s", "on"]);
    await pool.end();
  });

  test("a lock that does not come free is an error in 2 s, not a wait without end", async () => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const lease = await claim(world, served);
    const [locked, mayGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = world.worker.fenced(lease, () => (locked.resolve(), mayGo.promise));
    await locked.promise;
    const startedAt = performance.now();
    await expect(world.control.rollback(served.actor, served.deployment.id, null)).rejects.toMatchObject({
      code: "database_unavailable",
      retryable: true,
      details: { outcome: "none" },
    });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    mayGo.resolve();
    await holder;
  });
});

describe("retries", () => {
  test.each(["40001", "40P01"])("%s is done again, five times at most, each time from the beginning", async (code) => {
    const pool = openPool(resolveOptions({ url: world.database.workerUrl }));
    const { tenantId } = await newTenant(world);
    let attempts = 0;
    const failing = (until: number) =>
      inTransaction(pool, { tenantId }, async (sql) => {
        attempts += 1;
        if (attempts < until) await sql.run(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '${code}'; END $$`);
        return attempts;
      });
    expect(await failing(3)).toBe(3);
    attempts = 0;
    await expect(failing(99)).rejects.toMatchObject({ code: "database_unavailable", retryable: true });
    expect(attempts).toBe(5);
    await pool.end();
  });

  test("an error of the work itself comes out as it is and leaves the pool usable", async () => {
    const pool = openPool({ ...resolveOptions({ url: world.database.workerUrl }), maxConnections: 1 });
    const { tenantId } = await newTenant(world);
    const own = new TypeError("mine: Connection terminated is only in the text");
    await expect(inTransaction(pool, { tenantId }, () => Promise.reject(own))).rejects.toBe(own);
    expect(await inTransaction(pool, { tenantId }, (sql) => sql.row("SELECT 1 AS one"))).toEqual({ one: 1 });
    await pool.end();
  });
});

test("with no server there the store says so and does not end the process", async () => {
  const control = openControlStore({ url: "postgresql://tandem_api@127.0.0.1:1/none" });
  expect(await control.ping()).toBe(false);
  await expect(control.authenticate("k", "h")).rejects.toMatchObject({ code: "database_unavailable", retryable: true });
  await expect(control.listTenants(platform, { limit: 1, cursor: null })).rejects.toMatchObject({
    code: "database_unavailable",
    retryable: true,
  });
  await control.close();
});
