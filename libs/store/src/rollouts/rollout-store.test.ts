import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binding } from "@tandem/domain/slot";
import { openSessionWriter } from "../index.ts";
import {
  auditOf,
  bundleFor,
  claim,
  newDeployment,
  openWorld,
  planFor,
  policy,
  type Served,
  startRollout,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const isDue = async ({ deployment }: Served) =>
  (await world.worker.findDue(1_000)).some((due) => due.deploymentId === deployment.id);

describe("lease", () => {
  test("of 20 workers at once exactly one gets it, and the epoch has grown by one", async () => {
    const served = await newDeployment(world);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.worker.claim(served.actor.tenantId, served.deployment.id, `w${index}`, 60_000),
      ),
    );
    const held = claims.filter((lease) => lease !== null);
    expect(held).toHaveLength(1);
    expect(held[0]?.epoch).toBe(1);
  });

  test("expires by database time; the zombie's writes, renewals and releases then do nothing", async () => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const zombie = await claim(world, served, "zombie", 150);
    expect(await world.worker.claim(served.actor.tenantId, served.deployment.id, "heir", 1_000)).toBeNull();
    await sleep(200);
    const heir = await claim(world, served, "heir");
    expect(heir.epoch).toBe(zombie.epoch + 1);
    await expect(
      world.worker.fenced(zombie, (transaction) => transaction.patchRollout({ memory: { zombie: true } })),
    ).rejects.toMatchObject({ code: "lease_lost" });
    await expect(world.worker.renew(zombie)).rejects.toMatchObject({ code: "lease_lost" });
    await world.worker.release(zombie);
    await world.worker.fenced(heir, (transaction) => transaction.patchRollout({ memory: { heir: true } }));
    expect((await world.worker.view(served.actor.tenantId, served.deployment.id))?.rollout?.memory).toEqual({
      heir: true,
    });
  });

  test("a renewed lease outlives its first term; a released one is free at once", async () => {
    const served = await newDeployment(world);
    const lease = await claim(world, served, "w", 200);
    await sleep(120);
    const renewed = await world.worker.renew(lease);
    expect(renewed.grantedAtMonotonicMs).toBeGreaterThan(lease.grantedAtMonotonicMs);
    await sleep(120);
    expect(await world.worker.claim(served.actor.tenantId, served.deployment.id, "other", 1_000)).toBeNull();
    await world.worker.release(renewed);
    expect(await world.worker.claim(served.actor.tenantId, served.deployment.id, "other", 1_000)).not.toBeNull();
  });

  test("of a deployment that does not exist is not given", async () => {
    const { actor } = await newDeployment(world);
    expect(await world.worker.claim(actor.tenantId, actor.tenantId, "w", 1_000)).toBeNull();
  });
});

describe("due work", () => {
  test("is found across tenants while nobody holds the lease", async () => {
    const served = await newDeployment(world);
    expect(await isDue(served)).toBe(false);
    await startRollout(world, served);
    expect(await isDue(served)).toBe(true);
    const lease = await claim(world, served);
    expect(await isDue(served)).toBe(false);
    await world.worker.fenced(lease, (transaction) => transaction.patchRollout({ dueInMs: 80 }));
    await world.worker.release(lease);
    expect(await isDue(served)).toBe(false);
    await sleep(120);
    expect(await isDue(served)).toBe(true);
  });

  test("a held rollout waits for a person; one that resumes by itself falls due", async () => {
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    const hold = (dueInMs: number | null) =>
      world.worker.fenced(lease, async (transaction) => {
        await transaction.patchRollout({ phase: "held", heldPhase: "applying", dueInMs });
        await transaction.audit(auditOf(`rollout/${rollout.id}`));
      });
    await hold(null);
    await world.worker.release(lease);
    expect(await isDue(served)).toBe(false);
    await world.control.requestOfRollout(served.actor, rollout.id, "abort", null);
    expect(await isDue(served)).toBe(true);
  });

  test("an ended rollout is due, and in the view, while it has cleaning up to do", async () => {
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.insertSteps([{ seq: 0, stage: "cleanup", operation: { seq: 0 } as never, state: "pending" }]);
      await transaction.patchRollout({ phase: "aborted" });
      await transaction.audit(auditOf(`rollout/${rollout.id}`));
    });
    const view = () => world.worker.view(served.actor.tenantId, served.deployment.id);
    expect((await view())?.rollout?.id).toBe(rollout.id);
    await world.worker.fenced(lease, (transaction) => transaction.patchStep(0, { notBeforeInMs: 60_000 }));
    await world.worker.release(lease);
    expect(await isDue(served)).toBe(false);
    const again = await claim(world, served);
    await world.worker.fenced(again, (transaction) => transaction.patchStep(0, { notBeforeInMs: null }));
    await world.worker.release(again);
    expect(await isDue(served)).toBe(true);
    const last = await claim(world, served);
    await world.worker.fenced(last, (transaction) =>
      transaction.patchStep(0, { state: "done", outcome: { result: "done", detail: null } }),
    );
    await world.worker.release(last);
    expect(await isDue(served)).toBe(false);
    expect((await view())?.rollout).toBeNull();
  });
});

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

describe("view", () => {
  test("has the plan, the bundles and the calls going on, without smoke calls, ended calls and calls that cannot last so long", async () => {
    const served = await newDeployment(world);
    const plan = await planFor(world, served);
    const rollout = await startRollout(world, served);
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.savePlan(plan);
      await transaction.patchRollout({ planId: plan.id, planHash: plan.hash });
      await transaction.patchSlot("blue", { bundleHash: rollout.bundleHash });
    });
    const writer = openSessionWriter({ url: world.database.mediaUrl });
    const session = (sessionId: string, minutesAgo: number, facts: object) => ({
      tenantId: served.actor.tenantId,
      deploymentId: served.deployment.id,
      sessionId: `${sessionId}-${served.deployment.id}`,
      callId: sessionId,
      slot: "blue" as const,
      bundleHash: rollout.bundleHash,
      generation: 1,
      kind: "live" as const,
      node: "n",
      from: null,
      endedAt: null,
      disposition: null,
      startedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
      ...facts,
    });
    const now = new Date().toISOString();
    await writer.write({
      events: [],
      sessions: [
        session("a", 1, {}),
        session("b", 29, {}),
        session("c", 31, {}),
        session("d", 1, { endedAt: now }),
        session("e", 1, { kind: "trial" }),
      ],
    });
    await writer.close();
    const view = await world.worker.view(served.actor.tenantId, served.deployment.id);
    expect(view?.slots.blue.liveCalls).toBe(2);
    expect(view?.slots.green.liveCalls).toBe(0);
    expect(view?.plan).toEqual(plan);
    expect(Object.keys(view?.bundles ?? {})).toEqual([rollout.bundleHash]);
    expect(view?.bundles[rollout.bundleHash]).toEqual(bundleFor(served, "1.0.0").bundle);
    expect(view).toMatchObject({
      tenantStatus: "active",
      deployment: served.deployment,
      connections: [{ id: served.connectionId }],
    });
  });
});

describe("commands", () => {
  test("a plan asked for is claimed once, seen with its bundle, and kept under the id that was answered", async () => {
    const served = await newDeployment(world);
    const asked = bundleFor(served, "3.0.0");
    const { planId } = await world.control.requestPlan(served.actor, { deploymentId: served.deployment.id, ...asked });
    expect(await world.control.plan(served.actor, planId)).toEqual({ state: "pending" });
    const claims = await Promise.all([1, 2, 3].map((n) => world.worker.claimCommands(`w${n}`, 100, 60_000)));
    const mine = claims.flat().filter((command) => command.id === planId);
    expect(mine).toHaveLength(1);
    const view = await world.worker.commandView(mine[0]!);
    expect(view?.bundles[asked.bundleHash]).toEqual(asked.bundle);
    const plan = { ...(await planFor(world, served, "3.0.0")), bundleHash: asked.bundleHash };
    await world.worker.finishPlan(mine[0]!, plan);
    expect(await world.control.plan(served.actor, planId)).toEqual({ state: "ready", plan: { ...plan, id: planId } });
    await world.worker.failCommand(mine[0]!, "internal", "too late");
    expect(await world.control.plan(served.actor, planId)).toMatchObject({ state: "ready" });
  });

  test("an expired claim goes to the next worker; what no worker finishes is given up", async () => {
    const served = await newDeployment(world);
    const { checkId } = await world.control.requestCheck(served.actor, {
      kind: "drift",
      subjectId: served.deployment.id,
    });
    let claimed = 0;
    for (let round = 0; round < 7; round += 1) {
      const commands = await world.worker.claimCommands("w", 100, 1);
      claimed += commands.filter((command) => command.id === checkId).length;
      await sleep(5);
    }
    expect(claimed).toBe(5);
    expect(await world.control.check(served.actor, checkId)).toMatchObject({ state: "failed", code: "internal" });
  });

  test("results and failures of checks are kept", async () => {
    const served = await newDeployment(world);
    const { checkId } = await world.control.requestCheck(served.actor, {
      kind: "test-connection",
      subjectId: served.connectionId,
    });
    const command = (await world.worker.claimCommands("w", 100, 60_000)).find(({ id }) => id === checkId)!;
    expect(command).toMatchObject({
      kind: "test-connection",
      subjectId: served.connectionId,
      bundleHash: null,
      requestedBy: "key:admin",
    });
    await world.worker.finishCheck(command, { account: "AC1" });
    expect(await world.control.check(served.actor, checkId)).toEqual({ state: "done", result: { account: "AC1" } });
    await expect(
      world.control.requestCheck(served.actor, { kind: "drift", subjectId: served.connectionId }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("starting", () => {
  test("a second live rollout is refused, also when both begin at once", async () => {
    const served = await newDeployment(world);
    const starts = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => startRollout(world, served, `1.0.${index}`)),
    );
    expect(starts.filter((start) => start.status === "fulfilled")).toHaveLength(1);
    for (const start of starts)
      if (start.status === "rejected")
        expect(start.reason).toMatchObject({ code: "rollout_live", details: { phase: "queued" } });
  });

  test("a saved plan that still holds is taken; one whose base has moved is stale and says what moved", async () => {
    const served = await newDeployment(world);
    const save = async (findings: readonly unknown[] = []) => {
      const { planId } = await world.control.requestPlan(served.actor, {
        deploymentId: served.deployment.id,
        ...bundleFor(served),
      });
      const command = (await world.worker.claimCommands("w", 100, 60_000)).find(({ id }) => id === planId)!;
      await world.worker.finishPlan(command, { ...(await planFor(world, served)), findings: findings as never });
      return planId;
    };
    const stale = await save();
    await world.control.putConfiguration(
      served.actor,
      served.deployment.id,
      { number: null, connections: { telephony: served.connectionId }, overlay: { greeting: "Hallo" } },
      1,
    );
    await expect(startRollout(world, served, "1.0.0", stale)).rejects.toMatchObject({
      code: "plan_stale",
      details: { moved: [{ path: "configuration.version", planned: 1, now: 2 }] },
    });
    const blocked = await save([{ severity: "error", code: "x", summary: "", detail: "", address: "", fix: "" }]);
    await expect(startRollout(world, served, "1.0.0", blocked)).rejects.toMatchObject({ code: "plan_blocked" });
    const good = await save();
    await expect(startRollout(world, served, "2.0.0", good)).rejects.toMatchObject({ code: "plan_stale" });
    expect(await startRollout(world, served, "1.0.0", good)).toMatchObject({
      phase: "queued",
      planId: good,
      planHash: "f".repeat(64),
      targetSlot: "blue",
      policy,
    });
  });

  test("a suspended tenant starts nothing; its view says so", async () => {
    const served = await newDeployment(world);
    const operator = { ...served.actor, tenantId: null };
    await world.control.setTenantStatus(operator, served.actor.tenantId, "suspended", "unpaid");
    await expect(startRollout(world, served)).rejects.toMatchObject({
      code: "rollout_refused",
      details: { reason: "tenant-suspended" },
    });
    expect((await world.worker.view(served.actor.tenantId, served.deployment.id))?.tenantStatus).toBe("suspended");
    await world.control.setTenantStatus(operator, served.actor.tenantId, "active", null);
    await expect(startRollout(world, served)).resolves.toBeDefined();
  });
});

describe("requests of a person", () => {
  test("approval by somebody else, with event, audit and due at once; refusals name phase and reason", async () => {
    const served = await newDeployment(world);
    const author = { ...served.actor, subject: "key:author" };
    const gated = { ...policy, approval: "required" } as const;
    const rollout = await world.control.startRollout(author, {
      deploymentId: served.deployment.id,
      ...bundleFor(served),
      policy: gated,
      planId: null,
    });
    await expect(world.control.requestOfRollout(served.actor, rollout.id, "approve", null)).rejects.toMatchObject({
      code: "rollout_refused",
      details: { phase: "queued", reason: "not-awaiting-approval" },
    });
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.patchRollout({ phase: "awaiting-approval", dueInMs: 60_000 });
      await transaction.audit(auditOf(`rollout/${rollout.id}`));
    });
    await expect(world.control.requestOfRollout(author, rollout.id, "approve", null)).rejects.toMatchObject({
      details: { reason: "author-approves" },
    });
    const approved = await world.control.requestOfRollout(served.actor, rollout.id, "approve", "looks right");
    expect(approved).toMatchObject({
      approvedBy: "key:admin",
      approvedAt: expect.any(String),
      dueAt: null,
      version: 3,
    });
    expect((await world.control.rolloutEvents(served.actor, rollout.id, 1, 10)).at(-1)).toMatchObject({
      type: "approval-given",
      phase: "awaiting-approval",
    });
  });

  test("detach needs an attached number; then it is a rollout of its own", async () => {
    const served = await newDeployment(world);
    await expect(world.control.requestDetach(served.actor, served.deployment.id)).rejects.toMatchObject({
      code: "conflict",
    });
    await switchTo(world, served, "1.0.0");
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      await transaction.setAttachment({ attached: true, storedRouting: { numberId: "PN1" } as never });
      await transaction.patchRollout({ phase: "succeeded" });
      await transaction.audit(auditOf(`deployment/${served.deployment.id}`));
    });
    const detail = await world.control.deployment(served.actor, served.deployment.id);
    expect(detail?.attachment).toEqual({ attached: true, storedRouting: { numberId: "PN1" } });
    expect(await world.control.requestDetach(served.actor, served.deployment.id)).toMatchObject({
      phase: "rolling-back",
      desired: "detach",
      targetSlot: "blue",
    });
    await expect(world.worker.renew(lease)).rejects.toMatchObject({ code: "lease_lost" });
  });
});
