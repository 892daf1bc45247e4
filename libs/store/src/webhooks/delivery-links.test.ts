import { randomUUID } from "node:crypto";
import { linkBinding } from "@tandem/domain/gate";
import type { LinkOffer } from "@tandem/domain/notification";
import type { Rollout } from "@tandem/domain/rollout";
import type { Actor } from "@tandem/ports/store/control";
import type { ClaimedDelivery, WebhookWork } from "@tandem/ports/store/webhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionsOf, person, start, toGate, underLock } from "../../test-support/gates.ts";
import { newDeployment, openWorld, type Served, succeed, switchTo, type World } from "../../test-support/world.ts";
import { openWebhookWork } from "../index.ts";

let world: World;
let work: WebhookWork;
beforeAll(async () => {
  world = await openWorld();
  work = openWebhookWork({ url: world.database.workerUrl });
});
afterAll(async () => {
  await work.close();
  await world.close();
});

const FOR = "slack:anna";
const APPROVALS = { approval: "required", approvals: 1, approvers: ["approver"] } as const;

async function endpoint(actor: Actor, kind: "standard" | "slack" = "standard", linksFor: string | null = FOR) {
  const id = world.control.newWebhookId(actor);
  const url = kind === "slack" ? null : "https://a.org/";
  const made = { id, kind, url, host: "a.org", description: "", events: ["*"], linksFor };
  await world.control.createWebhook(actor, made, { sealed: `sealed-${id}`, keyId: "k" });
  return id;
}

const deliveryTo = ({ actor }: Served, endpointId: string, messageId: string = randomUUID()): ClaimedDelivery => ({
  tenantId: actor.tenantId,
  endpointId,
  messageId,
  workerId: "w",
  kind: "standard",
  url: "https://a.org/",
  linksFor: FOR,
  type: "rollout.needs-attention",
  body: "{}",
  attempt: 1,
  secrets: [],
});
const decide = ({ id }: Rollout, planId: string | null = null): LinkOffer => ({
  rolloutId: id,
  actions: ["approve", "reject"],
  planId,
});

/** A rollout of somebody's at its approval gate, and another administrator. */
async function atGate() {
  const served = await newDeployment(world);
  const [author, admin] = [await person(world, served, "tenant-admin"), await person(world, served, "tenant-admin")];
  const rollout = await start(world, served, author, APPROVALS);
  await toGate(world, served, "a".repeat(64));
  return { served, author, admin, rollout };
}
const actionsOfLinks = (links: readonly { action: string }[]) => links.map(({ action }) => action);

test("a delivery's links are made once, by whoever asks, bound to the plan, and decide once", async () => {
  const { served, admin, rollout } = await atGate();
  const delivery = deliveryTo(served, await endpoint(admin));
  const asked = await Promise.all([1, 2, 3].map(() => work.linksOf(delivery, decide(rollout))));
  const [links] = asked;
  expect(asked).toEqual([links, links, links]);
  expect(links).toMatchObject([
    { action: "approve", addressee: FOR, planHash: "a".repeat(64), createdBy: `webhook:${delivery.endpointId}` },
    { action: "reject", addressee: FOR, planHash: "a".repeat(64), createdBy: `webhook:${delivery.endpointId}` },
  ]);
  expect(await work.linksOf(deliveryTo(served, delivery.endpointId), decide(rollout))).not.toEqual(links);
  const approve = links![0]!;
  const claim = {
    tenantId: delivery.tenantId,
    linkId: approve.id,
    binding: linkBinding(delivery.tenantId, approve),
    requestId: "r",
  };
  await world.control.followLink(claim, null);
  await expect(world.control.followLink(claim, null)).rejects.toMatchObject({ details: { reason: "used" } });
  expect((await world.control.rollout(admin, rollout.id))?.approvedBy).toBe(FOR);
  expect(actionsOfLinks(await work.linksOf(delivery, decide(rollout)))).toEqual(["approve", "reject"]); // the same bytes again
  expect((await actionsOf(world, served)).filter((action) => action === "link.created")).toHaveLength(4);
});

test("whoever chose address or addressee of the endpoint gets no link that approves their own rollout", async () => {
  const { served, author, admin, rollout } = await atGate();
  const linksAt = async (endpointId: string) =>
    actionsOfLinks(await work.linksOf(deliveryTo(served, endpointId), decide(rollout)));
  expect(await linksAt(await endpoint(author))).toEqual(["reject"]);
  expect(await linksAt(await endpoint(admin, "standard", author.subject))).toEqual(["reject"]);
  const named = await endpoint(admin, "standard", null);
  expect(await linksAt(named)).toEqual([]);
  await world.control.changeWebhook(author, named, { linksFor: FOR });
  expect(await linksAt(named)).toEqual(["reject"]);
  const moved = await endpoint(admin);
  await world.control.changeWebhook(author, moved, { url: "https://b.org/", host: "b.org" });
  expect(await linksAt(moved)).toEqual(["reject"]);
  const chat = await endpoint(admin, "slack");
  await world.control.rotateWebhookSecret(author, chat, {
    version: 2,
    sealed: "s",
    keyId: "k",
    host: "b.org",
    overlapMs: 0,
  });
  expect(await linksAt(chat)).toEqual(["reject"]);
  const described = await endpoint(admin);
  await world.control.changeWebhook(author, described, { description: "ours" });
  expect(await linksAt(described)).toEqual(["approve", "reject"]);
});

test("nothing is made for another plan than the message's, for one that is decided, and for a rollout of another tenant", async () => {
  const { served, admin, rollout } = await atGate();
  const to = await endpoint(admin);
  expect(await work.linksOf(deliveryTo(served, to), decide(rollout, randomUUID()))).toEqual([]);
  const { planId } = (await underLock(world, served)).rollout!;
  expect(await work.linksOf(deliveryTo(served, to), decide(rollout, planId))).toHaveLength(2);
  const stranger = await atGate();
  expect(await work.linksOf(deliveryTo(served, to), decide(stranger.rollout))).toEqual([]);
  expect(await work.linksOf(deliveryTo(stranger.served, to), decide(stranger.rollout))).toEqual([]);
  expect(
    await work.linksOf(deliveryTo(served, to), { rolloutId: rollout.id, actions: ["rollback"], planId: null }),
  ).toEqual([]);
});

test("links of an endpoint end with its address, its addressee and itself", async () => {
  const { served, admin, rollout } = await atGate();
  const changes = [
    (id: string) => world.control.changeWebhook(admin, id, { url: "https://b.org/", host: "b.org" }),
    (id: string) => world.control.changeWebhook(admin, id, { linksFor: "slack:ben" }),
    (id: string) => world.control.changeWebhook(admin, id, { linksFor: null }),
    (id: string) => world.control.removeWebhook(admin, id),
  ];
  for (const change of changes) {
    const delivery = deliveryTo(served, await endpoint(admin));
    const made = await work.linksOf(delivery, decide(rollout));
    await change(delivery.endpointId);
    const left = (await world.control.links(admin, rollout.id)).filter(({ id }) => made.some((each) => each.id === id));
    expect(left.map(({ revokedAt }) => revokedAt)).toEqual([expect.any(String), expect.any(String)]);
  }
  const kept = deliveryTo(served, await endpoint(admin));
  await work.linksOf(kept, decide(rollout));
  await world.control.changeWebhook(admin, kept.endpointId, { state: "paused" });
  expect((await work.linksOf(kept, decide(rollout))).map(({ revokedAt }) => revokedAt)).toEqual([null, null]);
});

test("a way back is offered while there is one, and bound to where the calls are", async () => {
  const served = await newDeployment(world);
  const to = await endpoint(served.actor);
  const back = async (messageId: string) => {
    const rolloutId = (await underLock(world, served)).rollout?.id ?? "";
    return work.linksOf(deliveryTo(served, to, messageId), { rolloutId, actions: ["rollback"], planId: null });
  };
  await switchTo(world, served, "1.0.0");
  expect(await back("m1")).toEqual([]);
  await succeed(world, served);
  await switchTo(world, served, "2.0.0");
  const { pointer } = (await world.control.deployment(served.actor, served.deployment.id))!;
  expect(await back("m2")).toMatchObject([{ action: "rollback", planHash: null, generation: pointer.generation }]);
});
