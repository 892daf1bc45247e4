import { linkBinding } from "@tandem/domain/gate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actionsOf, person, start, toGate, underLock, window } from "../../test-support/gates.ts";
import {
  newDeployment,
  newTenant,
  openWorld,
  type Served,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

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
    const [author, admin] = [await person(world, served, "tenant-admin"), await person(world, served, "tenant-admin")];
    const rollout = await start(world, served, author, { approval: "required", approvals: 1, approvers: ["approver"] });
    const wish = { action: "approve", addressee: "slack:anna", ttlMs: 60_000 } as const;
    expect(await refusalOf(control.createLink(admin, rollout.id, wish))).toBe("rollout_refused not-awaiting-approval");
    await toGate(world, served, "a".repeat(64));
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
    await toGate(world, served, "c".repeat(64));
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
    const actions = await actionsOf(world, served);
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
    const rolloutId = (await underLock(world, served)).rollout?.id ?? "";
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
