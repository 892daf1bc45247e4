import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Binding } from "@tandem/domain/slot";
import {
  auditOf,
  claim,
  newDeployment,
  openWorld,
  startRollout,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("fenced transaction", () => {
  test("journals intent and outcome, numbers events, and counts versions", async () => {
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      expect(transaction.rollout?.id).toBe(rollout.id);
      await transaction.insertSteps(
        [0, 1].map((seq) => ({
          seq,
          stage: "apply",
          operation: { seq, address: `a/${seq}` } as never,
          state: "pending",
        })),
      );
      await transaction.appendEvent({ type: "operation-planned", payload: {} });
      await transaction.appendEvent({ type: "operation-planned", payload: {} });
    });
    await world.worker.fenced(lease, (transaction) =>
      transaction.patchStep(1, { state: "intent", isIntent: true, requestHash: "r1" }),
    );
    await world.worker.fenced(lease, (transaction) =>
      transaction.patchStep(1, {
        state: "done",
        externalId: "X1",
        outcome: { result: "created", detail: { status: 201 } },
      }),
    );
    const detail = await world.control.rollout(served.actor, rollout.id);
    expect(detail?.steps[0]).toMatchObject({ seq: 0, state: "pending", epoch: null, attempt: 0, intentAt: null });
    expect(detail?.steps[1]).toMatchObject({
      state: "done",
      epoch: lease.epoch,
      attempt: 1,
      requestHash: "r1",
      externalId: "X1",
      outcome: { result: "created", detail: { status: 201 } },
      operation: { seq: 1, address: "a/1" },
    });
    const events = await world.control.rolloutEvents(served.actor, rollout.id, 1, 10);
    expect(events.map((event) => event.seq)).toEqual([2, 3]);
    await expect(
      world.worker.fenced(lease, (transaction) => transaction.patchStep(9, { state: "done" })),
    ).rejects.toMatchObject({ code: "internal" });
  });

  test("commits whole or leaves nothing", async () => {
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    const failing = world.worker.fenced(lease, async (transaction) => {
      await transaction.patchSlot("blue", { state: "tainted", bundleHash: rollout.bundleHash });
      await transaction.appendEvent({ type: "x", payload: {} });
      await transaction.enqueue("x", {});
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const view = await world.worker.view(served.actor.tenantId, served.deployment.id);
    expect(view?.slots.blue).toMatchObject({ state: "empty", bundleHash: null });
    expect(await world.control.rolloutEvents(served.actor, rollout.id, 1, 10)).toEqual([]);
  });

  test("bindings are put, replaced, counted and removed; the serial grows with content only", async () => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const lease = await claim(world, served);
    const binding: Binding = {
      address: "crm.property/main",
      slot: null,
      kind: "crm.property",
      owner: "connection",
      connectionId: served.connectionId,
      externalKey: "shared-key",
      externalId: null,
      version: null,
      lastApplied: { a: 1 },
      lastAppliedHash: "h",
    };
    const serial = async () => (await world.worker.view(served.actor.tenantId, served.deployment.id))?.stateSerial;
    const first = await serial();
    await world.worker.fenced(lease, (transaction) => transaction.putBinding(binding));
    await world.worker.fenced(lease, (transaction) => transaction.putBinding({ ...binding, externalId: "P1" }));
    const other = await newDeployment(world, served.actor);
    const otherLease = await claim(world, other);
    await world.worker.fenced(otherLease, (transaction) =>
      transaction.putBinding({ ...binding, connectionId: other.connectionId }),
    );
    await world.worker.fenced(lease, async (transaction) => {
      expect(await transaction.countReferences("shared-key")).toBe(2);
      expect(await transaction.appliedElsewhere("shared-key")).toEqual([{ a: 1 }]);
      expect(await transaction.appliedElsewhere("another-key")).toEqual([]);
      await transaction.patchSlot("blue", { verified: true, intact: false });
    });
    expect(await serial()).toBe((first ?? 0) + 2);
    const view = await world.worker.view(served.actor.tenantId, served.deployment.id);
    expect(view?.bindings).toEqual([{ ...binding, externalId: "P1" }]);
    expect(view?.slots.blue).toMatchObject({ intact: false, verifiedAt: expect.any(String) });
    await world.worker.fenced(lease, (transaction) => transaction.removeBinding(binding.address, null));
    expect((await world.worker.view(served.actor.tenantId, served.deployment.id))?.bindings).toEqual([]);
    expect(await serial()).toBe((first ?? 0) + 3);
  });

  test("a pointer that has moved is not moved again", async () => {
    const served = await newDeployment(world);
    await switchTo(world, served, "1.0.0");
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      const next = { ...transaction.pointer, active: "green" as const, generation: 1 };
      expect(await transaction.movePointer(0, next, "switch", "worker:1")).toBe(false);
    });
    await expect(
      world.worker.fenced(lease, (transaction) =>
        transaction.movePointer(1, { ...transaction.pointer, generation: 5 }, "switch", "worker:1"),
      ),
    ).rejects.toMatchObject({ code: "internal" });
  });

  test("deadlocks are done again: two deployments' audits in one tenant never block each other for good", async () => {
    const first = await newDeployment(world);
    const pair = [first, await newDeployment(world, first.actor), await newDeployment(world, first.actor)];
    for (const served of pair) await startRollout(world, served);
    const leases = await Promise.all(pair.map((served) => claim(world, served)));
    const writes = leases.flatMap((lease) =>
      Array.from({ length: 8 }, (_, index) =>
        world.worker.fenced(lease, async (transaction) => {
          await transaction.audit(auditOf(`rollout/${transaction.rollout?.id}`));
          await transaction.patchRollout({ memory: { index } });
          await transaction.appendEvent({ type: "counted", payload: { index } });
        }),
      ),
    );
    await expect(Promise.all(writes)).resolves.toHaveLength(24);
    expect((await world.control.verifyAudit(first.actor)).intact).toBe(true);
  });
});
