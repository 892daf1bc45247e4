import { randomUUID } from "node:crypto";
import type { Actor, ActorRole } from "@tandem/ports/store/control";
import { afterAll, beforeAll, expect, test } from "vitest";
import { start, toGate, underLock } from "../../test-support/gates.ts";
import { newDeployment, openWorld, platform, type Served, type World } from "../../test-support/world.ts";

let world: World;
let served: Served;
beforeAll(async () => {
  world = await openWorld();
  served = await newDeployment(world);
});
afterAll(() => world.close());

/** Somebody who took an invitation of a tenant, or of the platform (null). */
async function member(tenantId: string | null, roles: ActorRole[]): Promise<Actor & { personId: string }> {
  const tokenHash = randomUUID();
  const by = { ...platform, tenantId };
  const email = `${tokenHash}@example.org`;
  await world.control.invite(by, { tokenHash, email, roles, expiresAt: "2099-01-01T00:00:00.000Z" });
  const { personId } = await world.control.claimInvitation(
    tokenHash,
    { email: null, name: "x", passwordHash: "h" },
    "request-1",
  );
  return { ...served.actor, subject: `person:${personId}`, roles, via: "ui", personId };
}

const entitled = async () =>
  new Map((await underLock(world, served)).approvals.map(({ subject, isEntitled }) => [subject, isEntitled]));

test("a person's approval counts while they are enabled and a member, of the tenant or everywhere, with a role that the policy names", async () => {
  const { tenantId } = served.actor;
  const [anna, ben, otto] = [
    await member(tenantId, ["approver"]),
    await member(tenantId, ["approver"]),
    await member(null, ["approver"]),
  ];
  const rollout = await start(world, served, served.actor, {
    approval: "required",
    approvals: 3,
    approvers: ["approver"],
  });
  await toGate(world, served);
  for (const actor of [anna, ben, otto]) await world.control.requestOfRollout(actor, rollout.id, "approve", null);
  expect([...(await entitled()).values()]).toEqual([true, true, true]);

  await world.control.changeMember(served.actor, ben.personId, ["viewer"]);
  expect(await entitled()).toEqual(new Map([anna, ben, otto].map((who) => [who.subject, who !== ben])));
  await world.control.changeMember(served.actor, ben.personId, ["approver"]);
  await world.control.removeMember(served.actor, anna.personId);
  await world.control.setPersonDisabled(platform, otto.personId, true, null);
  expect(await entitled()).toEqual(new Map([anna, ben, otto].map((who) => [who.subject, who === ben])));
});
