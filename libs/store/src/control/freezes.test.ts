import { instant } from "@tandem/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actionsOf, person, start, underLock, window } from "../../test-support/gates.ts";
import {
  auditOf,
  claim,
  newDeployment,
  newTenant,
  openWorld,
  platform,
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

describe("freeze windows", () => {
  test.each([
    ["tenant", {}],
    ["playbook", { playbook: "after-hours-answering" }],
    ["tenant", { environment: "production" }],
  ] as const)(
    "of the %s refuse a start, naming end and override; rollback and divert go on",
    async (level, members) => {
      const served = await newDeployment(world);
      await switchTo(world, served, "1.0.0");
      await succeed(world, served);
      await switchTo(world, served, "2.0.0");
      const freeze = await world.control.createFreeze(served.actor, window(members));
      expect(await world.control.rollback(served.actor, served.deployment.id, null)).toMatchObject({ wasAbort: false });
      expect(await world.control.setMode(served.actor, served.deployment.id, "diverted", null)).toMatchObject({
        mode: "diverted",
      });
      await succeed(world, served);
      await expect(startRollout(world, served, "3.0.0")).rejects.toMatchObject({
        code: "frozen",
        details: { freezeId: freeze.id, level, endsAt: freeze.endsAt, override: "tenant-admin" },
      });
    },
  );

  test("of other playbooks, environments, tenants and times bind nobody", async () => {
    const served = await newDeployment(world);
    const stranger = await newTenant(world);
    await world.control.createFreeze(stranger, window());
    const later = { startsAt: instant(Date.now() + 60_000) };
    for (const members of [{ playbook: "other" }, { environment: "staging" }, later] as const)
      await world.control.createFreeze(served.actor, window(members));
    expect((await startRollout(world, served)).phase).toBe("queued");
    await expect(
      world.control.createFreeze(served.actor, window({ endsAt: instant(Date.now() - 1) })),
    ).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("are overridden by role, with a reason, for the windows known then; ending one wakes what waits", async () => {
    const served = await newDeployment(world);
    const { control } = world;
    const operator = await person(world, served, "operator");
    const first = await control.createFreeze(served.actor, window());
    const override = { freezeOverride: { by: "x", reason: "hotfix" } };
    await expect(start(world, served, operator, override)).rejects.toMatchObject({ code: "forbidden" });
    const rollout = await start(world, served, served.actor, override);
    expect(rollout.policy.freezeOverride).toMatchObject({ reason: "hotfix", freezes: [first.id] });
    const second = await control.createFreeze(served.actor, window({ reason: "audit week" }));
    const lease = await claim(world, served);
    await world.worker.fenced(lease, async (transaction) => {
      const reason = { code: "freeze-window", detail: "", nextAction: "" };
      await transaction.patchRollout({ reason, dueInMs: 3_600_000 });
      await transaction.audit(auditOf(`rollout/${rollout.id}`));
    });
    await world.worker.release(lease);
    await expect(control.overrideFreeze(operator, rollout.id, "no")).rejects.toMatchObject({ code: "forbidden" });
    const overridden = await control.overrideFreeze(served.actor, rollout.id, "hotfix");
    expect(overridden).toMatchObject({ dueAt: null, policy: { freezeOverride: { by: served.actor.subject } } });
    expect(new Set(overridden.policy.freezeOverride?.freezes)).toEqual(new Set([first.id, second.id]));
    expect(await actionsOf(world, served)).toContain("rollout.freeze-overridden");
    await control.endFreeze(served.actor, second.id, null);
    await expect(control.endFreeze(served.actor, second.id, null)).rejects.toMatchObject({ code: "conflict" });
    expect((await underLock(world, served)).freezes.map(({ id }) => id)).toEqual([first.id]);
  });

  test("a move that is under way is waited for, and none after it misses the window", async () => {
    const served = await newDeployment(world);
    await startRollout(world, served);
    const lease = await claim(world, served);
    const order: string[] = [];
    let creating: Promise<unknown> = Promise.resolve();
    await world.worker.fenced(lease, async (transaction) => {
      expect((await transaction.freezes()).windows).toEqual([]);
      creating = world.control.createFreeze(served.actor, window()).then(() => order.push("frozen"));
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push("moved");
    });
    await creating;
    expect(order).toEqual(["moved", "frozen"]);
    await world.worker.release(lease);
    expect((await underLock(world, served)).freezes).toHaveLength(1);
  });
});

describe("a window of the platform", () => {
  test("binds every tenant; only the platform makes, ends and exempts", async () => {
    const [served, other] = [await newDeployment(world), await newDeployment(world)];
    const freeze = await world.control.createFreeze(platform, window({ reason: "carrier works" }));
    const refusal = { code: "frozen", details: { level: "platform", override: "platform-admin" } };
    const override = { freezeOverride: { by: "x", reason: "hotfix" } };
    await expect(start(world, served, served.actor, override)).rejects.toMatchObject(refusal);
    await expect(world.control.endFreeze(served.actor, freeze.id, null)).rejects.toMatchObject({ code: "not_found" });
    await expect(
      world.control.exemptFromFreeze(served.actor, freeze.id, served.actor.tenantId, "x"),
    ).rejects.toMatchObject({ code: "forbidden" });
    await world.control.exemptFromFreeze(platform, freeze.id, served.actor.tenantId, "their launch");
    expect((await startRollout(world, served)).phase).toBe("queued");
    expect(await actionsOf(world, served)).toContain("freeze.exempted");
    await expect(startRollout(world, other)).rejects.toMatchObject(refusal);
    expect((await world.control.listFreezes(other.actor, { limit: 10, cursor: null })).items).toMatchObject([
      { id: freeze.id, level: "platform", isExempt: false },
    ]);
    await world.control.endFreeze(platform, freeze.id, "done");
    expect((await startRollout(world, other)).phase).toBe("queued");
  });
});
