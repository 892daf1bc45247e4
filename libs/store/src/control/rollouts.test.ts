import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  auditOf,
  bundleFor,
  claim,
  newDeployment,
  openWorld,
  planFor,
  policy,
  startRollout,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

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
