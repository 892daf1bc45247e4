import { randomUUID } from "node:crypto";
import { builtInPolicies, type GatePolicy, linkBinding } from "@tandem/domain/gate";
import type { RolloutPolicy } from "@tandem/domain/rollout";
import { instant } from "@tandem/kernel";
import type { Actor, ActorRole } from "@tandem/ports/store/control";
import type { FreezeWish } from "@tandem/ports/store/gates";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  auditOf,
  bundleFor,
  claim,
  newDeployment,
  newTenant,
  openWorld,
  planFor,
  platform,
  policy,
  type Served,
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

/** An actor whose key is there, so that the approval of its holder counts. */
async function person({ actor }: Served, ...roles: ActorRole[]): Promise<Actor & { tenantId: string }> {
  const keyId = randomUUID().slice(0, 12).replaceAll("-", "x");
  const expiresAt = instant(Date.now() + 3_600_000);
  await world.control.createApiKey(actor, {
    keyId,
    secretHash: randomUUID(),
    name: "k",
    roles,
    tenantId: actor.tenantId,
    expiresAt,
  });
  return { ...actor, subject: `key:${keyId}`, roles };
}

const gated = (members: Partial<GatePolicy>): GatePolicy => ({ ...builtInPolicies.production, ...members });
const start = (served: Served, actor: Actor, own: Partial<RolloutPolicy>, version?: string) =>
  world.control.startRollout(actor, {
    deploymentId: served.deployment.id,
    ...bundleFor(served, version),
    policy: { ...policy, ...own },
    planId: null,
  });

/** Brings a rollout to its approval gate, with a plan of this hash. */
async function toGate(served: Served, hash = "f".repeat(64)): Promise<void> {
  const plan = { ...(await planFor(world, served)), hash };
  const lease = await claim(world, served);
  await world.worker.fenced(lease, async (transaction) => {
    await transaction.savePlan(plan);
    await transaction.patchRollout({ phase: "awaiting-approval", planId: plan.id, planHash: plan.hash });
    await transaction.audit(auditOf(`rollout/${transaction.rollout?.id}`));
  });
  await world.worker.release(lease);
}

/** What a worker sees under its lock. */
async function underLock(served: Served) {
  const lease = await claim(world, served);
  const seen = await world.worker.fenced(lease, async (transaction) => ({
    freezes: (await transaction.freezes()).windows,
    approvals: await transaction.approvals(),
    rollout: transaction.rollout,
  }));
  await world.worker.release(lease);
  return seen;
}

const actionsOf = async ({ actor }: Served): Promise<string[]> =>
  (
    await world.superuser<{ action: string }>("SELECT action FROM audit WHERE tenant_id = $1 ORDER BY seq", [
      actor.tenantId,
    ])
  ).map(({ action }) => action);

describe("gate policy", () => {
  test("is the tenant's own, else the platform's, else what Tandem brings; written over the version that was read", async () => {
    const { actor } = await newDeployment(world);
    expect(await world.control.gatePolicy(actor, "staging")).toMatchObject({ source: "built-in", version: 0 });
    await world.control.putGatePolicy(platform, "staging", gated({ approvals: 1 }), 0);
    expect(await world.control.gatePolicy(actor, "staging")).toMatchObject({
      source: "platform",
      version: 0,
      policy: { approvals: 1 },
    });
    await world.control.putGatePolicy(actor, "staging", gated({ approvals: 2 }), 0);
    expect(await world.control.gatePolicy(actor, "staging")).toMatchObject({ source: "own", version: 1 });
    await expect(world.control.putGatePolicy(actor, "staging", gated({}), 0)).rejects.toMatchObject({
      code: "precondition_failed",
    });
    const both = [1, 2].map(() => world.control.putGatePolicy(actor, "staging", gated({ approvals: 3 }), 1));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await world.control.gatePolicy(platform, "staging")).toMatchObject({ source: "own", version: 1 });
  });

  test("never lets an author approve in production", async () => {
    const { actor } = await newDeployment(world);
    const lax = gated({ authorMayApprove: true });
    await expect(world.control.putGatePolicy(actor, "production", lax, 0)).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect((await world.control.putGatePolicy(actor, "development", lax, 0)).version).toBe(1);
  });

  test("refuses a rollout that is laxer, naming each member; a stricter one begins", async () => {
    const served = await newDeployment(world);
    const wanted = gated({ approvals: 2, bakeMs: 3_600_000, promotion: "manual", mayLoosen: false });
    await world.control.putGatePolicy(served.actor, "production", wanted, 0);
    const refused = await start(served, served.actor, {}).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "policy_refused" });
    const members = (refused as { details: { members: { member: string }[] } }).details.members;
    expect(members.map(({ member }) => member).toSorted()).toEqual(["approvals", "bakeMs", "promoters", "promotion"]);
    const strict = {
      approval: "required",
      approvals: 3,
      approvers: ["approver"],
      promotion: "manual",
      promoters: ["operator"],
      bakeMs: 3_600_000,
    } as const;
    expect((await start(served, served.actor, strict)).phase).toBe("queued");
  });
});

describe("approvals", () => {
  test("of distinct people who hold the role and are not the author open the gate; each is bound to the plan", async () => {
    const served = await newDeployment(world);
    const { control } = world;
    const [anna, ben, other] = [
      await person(served, "approver"),
      await person(served, "approver"),
      await person(served, "operator"),
    ];
    const rollout = await start(served, served.actor, {
      approval: "required",
      approvals: 2,
      approvers: ["approver"],
    });
    await toGate(served, "a".repeat(64));
    const approve = (actor: Actor, planHash?: string) =>
      control.requestOfRollout(actor, rollout.id, "approve", "read it", planHash);
    const refusals = [
      [approve(served.actor), "rollout_refused", "author-approves"],
      [approve(other), "forbidden", "not-allowed-to-approve"],
    ] as const;
    for (const [attempt, code, reason] of refusals)
      await expect(attempt).rejects.toMatchObject({ code, details: { reason } });
    const stale = await approve(anna, "b".repeat(64)).catch((error: unknown) => error);
    expect(stale).toMatchObject({
      code: "plan_stale",
      details: { moved: [{ path: "plan.hash", planned: "b".repeat(64), now: "a".repeat(64) }] },
    });
    expect((await approve(anna, "a".repeat(64))).approvedBy).toBeNull();
    await expect(approve(anna)).rejects.toMatchObject({ details: { reason: "approved-by-you" } });
    expect((await approve(ben)).approvedBy).toBe(ben.subject);
    expect(await control.approvals(served.actor, rollout.id)).toMatchObject([
      { subject: anna.subject, decision: "approve", planHash: "a".repeat(64), reason: "read it", isEntitled: true },
      { subject: ben.subject, isEntitled: true },
    ]);
    expect((await actionsOf(served)).filter((action) => action === "rollout.approved")).toHaveLength(2);
    await control.revokeApiKey(served.actor, ben.subject.slice("key:".length));
    expect((await underLock(served)).approvals.map(({ isEntitled }) => isEntitled)).toEqual([true, false]);
  });

  test("a rejection aborts with the reason and is kept beside the approvals", async () => {
    const served = await newDeployment(world);
    const anna = await person(served, "approver");
    const rollout = await start(served, served.actor, { approval: "required", approvals: 1 });
    await toGate(served);
    const rejected = await world.control.requestOfRollout(anna, rollout.id, "reject", "wrong greeting");
    expect(rejected).toMatchObject({
      desired: "abort",
      reason: { code: "approval-rejected", detail: "wrong greeting" },
    });
    expect(await world.control.approvals(anna, rollout.id)).toMatchObject([{ decision: "reject" }]);
  });
});

const window = (members: Partial<FreezeWish> = {}): FreezeWish => ({
  playbook: null,
  environment: null,
  startsAt: null,
  endsAt: instant(Date.now() + 3_600_000),
  reason: "holidays",
  ...members,
});

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
    const operator = await person(served, "operator");
    const first = await control.createFreeze(served.actor, window());
    const override = { freezeOverride: { by: "x", reason: "hotfix" } };
    await expect(start(served, operator, override)).rejects.toMatchObject({ code: "forbidden" });
    const rollout = await start(served, served.actor, override);
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
    expect(await actionsOf(served)).toContain("rollout.freeze-overridden");
    await control.endFreeze(served.actor, second.id, null);
    await expect(control.endFreeze(served.actor, second.id, null)).rejects.toMatchObject({ code: "conflict" });
    expect((await underLock(served)).freezes.map(({ id }) => id)).toEqual([first.id]);
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
    expect((await underLock(served)).freezes).toHaveLength(1);
  });
});

describe("a window of the platform", () => {
  test("binds every tenant; only the platform makes, ends and exempts", async () => {
    const [served, other] = [await newDeployment(world), await newDeployment(world)];
    const freeze = await world.control.createFreeze(platform, window({ reason: "carrier works" }));
    const refusal = { code: "frozen", details: { level: "platform", override: "platform-admin" } };
    const override = { freezeOverride: { by: "x", reason: "hotfix" } };
    await expect(start(served, served.actor, override)).rejects.toMatchObject(refusal);
    await expect(world.control.endFreeze(served.actor, freeze.id, null)).rejects.toMatchObject({ code: "not_found" });
    await expect(
      world.control.exemptFromFreeze(served.actor, freeze.id, served.actor.tenantId, "x"),
    ).rejects.toMatchObject({ code: "forbidden" });
    await world.control.exemptFromFreeze(platform, freeze.id, served.actor.tenantId, "their launch");
    expect((await startRollout(world, served)).phase).toBe("queued");
    expect(await actionsOf(served)).toContain("freeze.exempted");
    await expect(startRollout(world, other)).rejects.toMatchObject(refusal);
    expect((await world.control.listFreezes(other.actor, { limit: 10, cursor: null })).items).toMatchObject([
      { id: freeze.id, level: "platform", isExempt: false },
    ]);
    await world.control.endFreeze(platform, freeze.id, "done");
    expect((await startRollout(world, other)).phase).toBe("queued");
  });
});

describe("a second rollout", () => {
  const queue = (served: Served, version: string, planId: string | null = null) =>
    world.control.queueRollout(served.actor, {
      deploymentId: served.deployment.id,
      ...bundleFor(served, version),
      policy,
      planId,
    });
  const page = { limit: 10, cursor: null };
  const waiting = async (served: Served) =>
    (await world.control.waitingRollouts(served.actor, served.deployment.id, page)).items;

  test("waits its turn, begins once whatever number of workers look, and nobody overtakes it", async () => {
    const served = await newDeployment(world);
    expect((await queue(served, "1.0.0")).kind).toBe("started");
    const [second, third] = [await queue(served, "2.0.0"), await queue(served, "3.0.0")];
    expect([second.kind, third.kind]).toEqual(["waiting", "waiting"]);
    expect((await waiting(served)).map(({ position, state }) => [position, state])).toEqual([
      [1, "waiting"],
      [2, "waiting"],
    ]);
    expect(await world.worker.startWaiting(10)).toBe(0);
    await succeed(world, served);
    await expect(startRollout(world, served, "4.0.0")).rejects.toMatchObject({
      code: "rollout_live",
      details: { waiting: 2 },
    });
    const started = await Promise.all(Array.from({ length: 5 }, () => world.worker.startWaiting(10)));
    expect(started.reduce((sum, count) => sum + count, 0)).toBe(1);
    const { rollout } = await underLock(served);
    expect(rollout).toMatchObject({ bundleHash: bundleFor(served, "2.0.0").bundleHash, createdBy: "key:admin" });
    expect((await waiting(served)).map(({ state, rolloutId }) => [state, rolloutId])).toEqual([
      ["waiting", null],
      ["started", rollout?.id],
    ]);
    const id = (await waiting(served))[0]?.id ?? "";
    expect(await world.control.cancelWaiting(served.actor, id, "not needed")).toMatchObject({ state: "cancelled" });
    await expect(world.control.cancelWaiting(served.actor, id, null)).rejects.toMatchObject({ code: "conflict" });
    await succeed(world, served);
    expect(await world.worker.startWaiting(10)).toBe(0);
    expect(await actionsOf(served)).toEqual(
      expect.arrayContaining(["rollout.queued", "rollout.queue-started", "rollout.queue-cancelled"]),
    );
  });

  test("with a plan that went stale ends as failed with the reason; a window and a suspended tenant let it wait on", async () => {
    const served = await newDeployment(world);
    const { control, worker } = world;
    const { planId } = await control.requestPlan(served.actor, {
      deploymentId: served.deployment.id,
      ...bundleFor(served, "2.0.0"),
    });
    const [command] = await worker.claimCommands("w", 10, 1_000);
    await worker.finishPlan(command!, { ...(await planFor(world, served, "2.0.0")), id: planId });
    await startRollout(world, served);
    await queue(served, "2.0.0", planId);
    await queue(served, "3.0.0");
    const { number, connections, overlay, configVersion } = served.deployment;
    await control.putConfiguration(served.actor, served.deployment.id, { number, connections, overlay }, configVersion);
    await succeed(world, served);
    expect(await worker.startWaiting(10)).toBe(0);
    expect((await waiting(served)).find(({ state }) => state === "failed")).toMatchObject({
      planId,
      reason: { code: "plan_stale" },
    });
    expect(await actionsOf(served)).toContain("rollout.queue-failed");
    const freeze = await control.createFreeze(served.actor, window());
    expect(await worker.startWaiting(10)).toBe(0);
    expect((await waiting(served))[0]).toMatchObject({ state: "waiting", reason: { code: "frozen" } });
    await control.setTenantStatus(platform, served.actor.tenantId, "suspended", null);
    await control.endFreeze(served.actor, freeze.id, null);
    expect(await worker.startWaiting(10)).toBe(0);
    expect((await waiting(served))[0]).toMatchObject({ state: "waiting", reason: { code: "tenant-suspended" } });
    await control.setTenantStatus(platform, served.actor.tenantId, "active", null);
    await world.superuser("UPDATE waiting_rollout SET look_at = now() WHERE tenant_id = $1", [served.actor.tenantId]);
    expect(await worker.startWaiting(10)).toBe(1);
  });
});

describe("links", () => {
  const claimOf = (served: Served, link: Awaited<ReturnType<World["control"]["createLink"]>>) => ({
    tenantId: served.actor.tenantId,
    linkId: link.id,
    binding: linkBinding(served.actor.tenantId, link),
    requestId: "r",
  });
  const refusalOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => null,
      (error: { code: string; details: { reason: string } }) => `${error.code} ${error.details.reason}`,
    );

  test("approve once, for the plan they were made for, by somebody who is not the author; each refusal is audited", async () => {
    const served = await newDeployment(world);
    const { control } = world;
    const [author, admin] = [await person(served, "tenant-admin"), await person(served, "tenant-admin")];
    const rollout = await start(served, author, { approval: "required", approvals: 1, approvers: ["approver"] });
    const wish = { action: "approve", addressee: "slack:anna", ttlMs: 60_000 } as const;
    expect(await refusalOf(control.createLink(admin, rollout.id, wish))).toBe("rollout_refused not-awaiting-approval");
    await toGate(served, "a".repeat(64));
    expect(await refusalOf(control.createLink(author, rollout.id, wish))).toBe("rollout_refused author-issues");
    expect(await refusalOf(control.createLink(admin, rollout.id, { ...wish, addressee: author.subject }))).toBe(
      "rollout_refused author-approves",
    );
    const make = (own: Partial<Parameters<World["control"]["createLink"]>[2]> = {}) =>
      control.createLink(admin, rollout.id, { ...wish, ...own });
    const [link, brief, revoked, remade] = [await make(), await make({ ttlMs: 1 }), await make(), await make()];
    await control.revokeLink(admin, revoked.id);
    const follow = (made: typeof link, changed = {}) =>
      refusalOf(control.followLink({ ...claimOf(served, made), ...changed }, null));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await follow(brief)).toBe("link_refused expired");
    expect(await follow(revoked)).toBe("link_refused revoked");
    expect(await follow(link, { binding: linkBinding(served.actor.tenantId, { ...link, action: "reject" }) })).toBe(
      "link_refused unknown",
    );
    expect(await follow(link, { tenantId: (await newTenant(world)).tenantId })).toBe("link_refused unknown");
    await toGate(served, "c".repeat(64));
    expect(await follow(link)).toBe("link_refused plan-changed");
    const fresh = await make();
    expect((await control.lookAtLink(claimOf(served, fresh)))?.refusal).toBeNull();
    const used = await Promise.all(Array.from({ length: 5 }, () => follow(fresh)));
    expect(used.filter((outcome) => outcome === null)).toHaveLength(1);
    expect(new Set(used)).toEqual(new Set([null, "link_refused used"]));
    expect((await control.lookAtLink(claimOf(served, fresh)))?.refusal).toBe("used");
    expect(await control.approvals(admin, rollout.id)).toMatchObject([
      { subject: "slack:anna", via: "link", decision: "approve", isEntitled: true },
    ]);
    expect((await control.rollout(admin, rollout.id))?.approvedBy).toBe("slack:anna");
    const actions = await actionsOf(served);
    expect(actions.filter((action) => action === "link.refused").length).toBeGreaterThanOrEqual(8);
    expect(actions.filter((action) => action === "link.used")).toHaveLength(1);
    expect(remade.planHash).toBe("a".repeat(64));
  });

  test("roll back while the deployment stands where it stood, and then no more", async () => {
    const served = await newDeployment(world);
    const { control } = world;
    await switchTo(world, served, "1.0.0");
    await succeed(world, served);
    await switchTo(world, served, "2.0.0");
    const rolloutId = (await underLock(served)).rollout?.id ?? "";
    const wish = { action: "rollback", addressee: "mail:night-shift", ttlMs: 60_000 } as const;
    const [link, second] = [
      await control.createLink(served.actor, rolloutId, wish),
      await control.createLink(served.actor, rolloutId, wish),
    ];
    await control.createFreeze(served.actor, window());
    await control.followLink(claimOf(served, link), "callers complain");
    expect((await control.deployment(served.actor, served.deployment.id))?.pointer).toMatchObject({ active: "blue" });
    expect(await refusalOf(control.followLink(claimOf(served, second), null))).toBe("link_refused moved");
  });

  test("a forged one leaves a row in the platform's chain", async () => {
    await world.control.recordForgedLink("request-7");
    const rows = await world.superuser<{ n: number }>(
      "SELECT count(*)::int AS n FROM audit WHERE action = 'link.forged'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});
