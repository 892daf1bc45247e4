import type { Actor } from "@tandem/ports/store/control";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actionsOf, gated, person, start, toGate, underLock } from "../../test-support/gates.ts";
import { newDeployment, openWorld, platform, type World } from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

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
    const refused = await start(world, served, served.actor, {}).catch((error: unknown) => error);
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
    expect((await start(world, served, served.actor, strict)).phase).toBe("queued");
  });
});

describe("approvals", () => {
  test("of distinct people who hold the role and are not the author open the gate; each is bound to the plan", async () => {
    const served = await newDeployment(world);
    const { control } = world;
    const [anna, ben, other] = [
      await person(world, served, "approver"),
      await person(world, served, "approver"),
      await person(world, served, "operator"),
    ];
    const rollout = await start(world, served, served.actor, {
      approval: "required",
      approvals: 2,
      approvers: ["approver"],
    });
    await toGate(world, served, "a".repeat(64));
    const approve = (actor: Actor, planHash?: string) =>
      control.requestOfRollout(actor, rollout.id, "approve", "read it", planHash);
    const refusals = [
      [served.actor, "rollout_refused", "author-approves"],
      [other, "forbidden", "not-allowed-to-approve"],
    ] as const;
    for (const [actor, code, reason] of refusals)
      await expect(approve(actor)).rejects.toMatchObject({ code, details: { reason } });
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
    expect((await actionsOf(world, served)).filter((action) => action === "rollout.approved")).toHaveLength(2);
    await control.revokeApiKey(served.actor, ben.subject.slice("key:".length));
    expect((await underLock(world, served)).approvals.map(({ isEntitled }) => isEntitled)).toEqual([true, false]);
  });

  test("a rejection aborts with the reason and is kept beside the approvals", async () => {
    const served = await newDeployment(world);
    const anna = await person(world, served, "approver");
    const rollout = await start(world, served, served.actor, { approval: "required", approvals: 1 });
    await toGate(world, served);
    const rejected = await world.control.requestOfRollout(anna, rollout.id, "reject", "wrong greeting");
    expect(rejected).toMatchObject({
      desired: "abort",
      reason: { code: "approval-rejected", detail: "wrong greeting" },
    });
    expect(await world.control.approvals(anna, rollout.id)).toMatchObject([{ decision: "reject" }]);
  });
});
