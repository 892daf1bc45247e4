import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  auditOf,
  claim,
  newDeployment,
  openWorld,
  startRollout,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function twoReleases() {
  const served = await newDeployment(world);
  await switchTo(world, served, "1.0.0");
  await succeed(world, served);
  await switchTo(world, served, "2.0.0");
  return served;
}

describe("rollback", () => {
  test("gives the previous slot its calls back, with history, event, audit, message and a fence", async () => {
    const served = await twoReleases();
    const { actor, deployment } = served;
    expect((await world.control.deployment(actor, deployment.id))?.wayBack).toMatchObject({ possible: true });
    const lease = await claim(world, served, "busy-worker");

    const { pointer, rollout, wasAbort } = await world.control.rollback(actor, deployment.id, "callers complain");

    expect(pointer).toMatchObject({ active: "blue", generation: 3 });
    expect(wasAbort).toBe(false);
    expect(rollout).toMatchObject({
      phase: "rolling-back",
      desired: "rollback",
      reason: { code: "rollback-asked" },
      dueAt: null,
    });
    const after = await world.control.deployment(actor, deployment.id);
    expect(after?.slots.blue.state).toBe("active");
    expect(after?.slots.green).toMatchObject({ state: "draining", readyBundleHash: null });
    expect(after?.wayBack.possible).toBe(false);
    const history = await world.control.pointerHistory(actor, deployment.id, { limit: 10, cursor: null });
    expect(history.items.map((item) => [item.pointer.generation, item.cause])).toEqual([
      [3, "rollback"],
      [2, "switch"],
      [1, "switch"],
    ]);
    const events = await world.control.rolloutEvents(actor, rollout!.id, 0, 100);
    expect(events.at(-1)).toMatchObject({ type: "phase-entered", phase: "rolling-back" });
    const audit = await world.control.audit(actor, { limit: 1, cursor: null });
    expect(audit.items[0]).toMatchObject({
      action: "pointer.rolled-back",
      actor: "key:admin",
      reason: "callers complain",
      requestId: "request-1",
    });
    await expect(
      world.superuser("SELECT kind FROM outbox WHERE payload->>'deploymentId' = $1 AND kind = 'pointer.rolled-back'", [
        deployment.id,
      ]),
    ).resolves.toHaveLength(1);
    await expect(world.worker.fenced(lease, async () => {})).rejects.toMatchObject({ code: "lease_lost" });
    await expect(world.worker.renew(lease)).rejects.toMatchObject({ code: "lease_lost" });
    expect(await world.worker.claim(actor.tenantId, deployment.id, "next-worker", 1_000)).not.toBeNull();
  });

  test("waits for an open stage transaction only, then wins over it", async () => {
    const served = await twoReleases();
    const lease = await claim(world, served);
    const [entered, mayGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stage = world.worker.fenced(lease, async (transaction) => {
      await transaction.patchRollout({ memory: { checks: 1 } });
      entered.resolve();
      await mayGo.promise;
    });
    await entered.promise;
    const rollback = world.control.rollback(served.actor, served.deployment.id, null);
    await new Promise((resolve) => setTimeout(resolve, 50));
    mayGo.resolve();
    await stage;
    await expect(rollback).resolves.toMatchObject({ pointer: { active: "blue" }, rollout: { memory: { checks: 1 } } });
    await expect(
      world.worker.fenced(lease, (transaction) => transaction.patchRollout({ memory: {} })),
    ).rejects.toMatchObject({ code: "lease_lost" });
  });

  test("before the switch it is an abort", async () => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const result = await world.control.rollback(served.actor, served.deployment.id, null);
    expect(result).toMatchObject({
      wasAbort: true,
      pointer: { active: "none", generation: 0 },
      rollout: { phase: "aborting", desired: "abort" },
    });
  });

  test("is refused with a code when there is nothing to go back to, and then fences nobody", async () => {
    const served = await newDeployment(world);
    await expect(world.control.rollback(served.actor, served.deployment.id, null)).rejects.toMatchObject({
      code: "rollout_refused",
      details: { reason: "not-switched" },
    });
    await switchTo(world, served, "1.0.0");
    const lease = await claim(world, served);
    await expect(world.control.rollback(served.actor, served.deployment.id, null)).rejects.toMatchObject({
      code: "previous_slot_gone",
    });
    await expect(world.worker.renew(lease)).resolves.toBeDefined();
  });

  test("of 20 clicks at once exactly one moves the pointer", async () => {
    const { actor, deployment } = await twoReleases();
    const clicks = await Promise.allSettled(
      Array.from({ length: 20 }, () => world.control.rollback(actor, deployment.id, null)),
    );
    expect(clicks.filter((click) => click.status === "fulfilled")).toHaveLength(1);
    expect((await world.control.deployment(actor, deployment.id))?.pointer.generation).toBe(3);
  });
});

describe("mode", () => {
  test("diverts and resumes, each once", async () => {
    const { actor, deployment } = await twoReleases();
    expect(await world.control.setMode(actor, deployment.id, "diverted", "fire drill")).toMatchObject({
      mode: "diverted",
      generation: 3,
    });
    await expect(world.control.setMode(actor, deployment.id, "diverted", null)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await world.control.setMode(actor, deployment.id, "live", null)).toMatchObject({
      mode: "live",
      active: "green",
      generation: 4,
    });
  });
});

describe("the pointer under 100 racers", () => {
  test("moves one generation at a time and its history is complete", async () => {
    const served = await twoReleases();
    const { actor, deployment } = served;
    const racers = Array.from({ length: 100 }, (_, index) =>
      world.control.setMode(actor, deployment.id, index % 2 === 0 ? "diverted" : "live", null),
    );
    const moved = (await Promise.allSettled(racers))
      .filter((racer) => racer.status === "fulfilled")
      .map((racer) => racer.value.generation);
    expect(moved.length).toBeGreaterThan(1);
    expect(moved.toSorted((a, b) => a - b)).toEqual(moved.map((_, index) => index + 3));
    const rows = await world.superuser<{ generation: number }>(
      "SELECT generation FROM pointer_history WHERE deployment_id = $1 ORDER BY generation",
      [deployment.id],
    );
    expect(rows.map((row) => row.generation)).toEqual(
      Array.from({ length: moved.length + 2 }, (_, index) => index + 1),
    );
  });
});

describe("what the database itself refuses (I1, I5)", () => {
  const asWorker = async (
    work: (client: pg.Client, served: Awaited<ReturnType<typeof twoReleases>>) => Promise<void>,
  ) => {
    const served = await twoReleases();
    const client = new pg.Client({ connectionString: world.database.workerUrl });
    await client.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [served.actor.tenantId]);
      await work(client, served);
    } finally {
      await client.end();
    }
  };

  test("a rollout that changes phase without an audit row", () =>
    asWorker(async (client, { deployment }) => {
      await client.query("UPDATE rollout SET phase = 'retiring' WHERE deployment_id = $1 AND phase = 'baking'", [
        deployment.id,
      ]);
      await expect(client.query("COMMIT")).rejects.toThrow(/without an audit row/);
    }));

  test("a second live rollout", () =>
    asWorker(async (client, { deployment }) => {
      const copy = `INSERT INTO rollout (tenant_id, id, deployment_id, phase, policy, bundle_hash, target_slot, memory, engine_version, created_by)
        SELECT tenant_id, gen_random_uuid(), deployment_id, 'queued', policy, bundle_hash, target_slot, '{}', '1', 'x'
        FROM rollout WHERE deployment_id = $1 AND phase = 'baking'`;
      await expect(client.query(copy, [deployment.id])).rejects.toThrow(/rollout_one_live/);
    }));

  test("a pointer that moves without history", () =>
    asWorker(async (client, { deployment }) => {
      await client.query("UPDATE deployment SET pointer_active = 'blue', generation = generation + 1 WHERE id = $1", [
        deployment.id,
      ]);
      await expect(client.query("COMMIT")).rejects.toThrow(/without history/);
    }));

  test.each(["generation", "generation + 2", "generation - 1"])("a pointer that moves to %s", (generation) =>
    asWorker(async (client, { deployment }) => {
      await expect(
        client.query(`UPDATE deployment SET pointer_active = 'blue', generation = ${generation} WHERE id = $1`, [
          deployment.id,
        ]),
      ).rejects.toThrow(/only move to generation/);
    }),
  );

  test("through the store the same is an error, and leaves nothing", async () => {
    const served = await twoReleases();
    const lease = await claim(world, served);
    await expect(
      world.worker.fenced(lease, (transaction) => transaction.patchRollout({ phase: "retiring" })),
    ).rejects.toMatchObject({ code: "internal" });
    expect((await world.worker.view(served.actor.tenantId, served.deployment.id))?.rollout?.phase).toBe("baking");
    const other = auditOf("rollout/00000000-0000-0000-0000-000000000000");
    await expect(
      world.worker.fenced(lease, async (transaction) => {
        await transaction.patchRollout({ phase: "retiring" });
        await transaction.audit(other);
      }),
    ).rejects.toMatchObject({ code: "internal" });
  });
});
