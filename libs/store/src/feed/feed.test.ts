import { sha256Hex } from "@tandem/kernel";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { PointerMove, SessionEventRow, SessionRow } from "@tandem/ports/store/pointer-feed";
import {
  openCredentialWork,
  openPointerFeed,
  type OpenPointerFeed,
  openSessionWriter,
  type OpenSessionWriter,
} from "../index.ts";
import {
  bundleFor,
  claim,
  newDeployment,
  openWorld,
  platform,
  type Served,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";

let world: World;
let feed: OpenPointerFeed;
let writer: OpenSessionWriter;
beforeAll(async () => {
  world = await openWorld();
  feed = openPointerFeed({ url: world.database.mediaUrl });
  writer = openSessionWriter({ url: world.database.mediaUrl });
});
afterAll(async () => {
  await Promise.all([feed.close(), writer.close()]);
  await world.close();
});

const markOf = async ({ deployment }: Served) => (await feed.marks()).marks.get(deployment.id);

describe("feed", () => {
  test("serves pointer, slots with their bindings, stored routing, bundles and sealed credentials", async () => {
    const served = await newDeployment(world, undefined, "+15557770001");
    const { actor, deployment, connectionId } = served;
    await world.control.putCredential(actor, connectionId, "sealed-1", "kid");
    await switchTo(world, served, "1.0.0");
    const lease = await claim(world, served);
    const routing = { numberId: "PN1", voiceUrl: "https://old" } as never;
    await world.worker.fenced(lease, async (transaction) => {
      const binding = {
        kind: "k",
        connectionId,
        version: "3",
        lastApplied: { secret: "no" },
        lastAppliedHash: "h",
      } as const;
      await transaction.putBinding({
        ...binding,
        address: "a/agent",
        slot: "blue",
        owner: "slot",
        externalKey: "e1",
        externalId: "agent-blue",
      });
      await transaction.putBinding({
        ...binding,
        address: "a/agent",
        slot: "green",
        owner: "slot",
        externalKey: "e2",
        externalId: "agent-green",
      });
      await transaction.putBinding({
        ...binding,
        address: "a/number",
        slot: null,
        owner: "deployment",
        externalKey: "e3",
        externalId: "PN1",
      });
      await transaction.setAttachment({ attached: true, storedRouting: routing });
    });
    await world.worker.release(lease);
    const { bundle, bundleHash } = bundleFor(served, "1.0.0");
    const fact = (address: string, externalId: string) => ({
      address,
      kind: "k",
      externalId,
      version: "3",
      connectionId,
    });
    expect(await feed.deployment(deployment.id)).toEqual({
      tenantId: actor.tenantId,
      deploymentId: deployment.id,
      ingressKey: deployment.ingressKey,
      number: "+15557770001",
      pointer: { active: "blue", candidate: null, weightBp: 0, salt: expect.any(String), mode: "live", generation: 1 },
      mark: await markOf(served),
      slots: {
        blue: { state: "active", bundleHash, bindings: [fact("a/agent", "agent-blue"), fact("a/number", "PN1")] },
        green: {
          state: "empty",
          bundleHash: null,
          bindings: [fact("a/agent", "agent-green"), fact("a/number", "PN1")],
        },
      },
      storedRouting: routing,
      connections: {
        [connectionId]: {
          vendor: "twilio",
          endpoint: "sandbox",
          config: { accountSid: "AC1" },
          credentialVersion: 1,
          sealed: "sealed-1",
          previousSealed: null,
          previousVersion: null,
        },
      },
    });
    expect(await feed.bundle(bundleHash)).toEqual(bundle);
    expect(await feed.bundle("0".repeat(64))).toBeNull();
    expect(await feed.deployment(actor.tenantId)).toBeNull();
  });

  test("a mark changes with everything that media serves, and with nothing else", async () => {
    const served = await newDeployment(world);
    const { actor, deployment, connectionId } = served;
    await switchTo(world, served, "1.0.0");
    const marks = [await markOf(served)];
    const step = async (work: () => Promise<unknown>) => (await work(), marks.push(await markOf(served)));
    await step(() => world.control.setMode(actor, deployment.id, "diverted", null));
    await step(() => world.control.putCredential(actor, connectionId, "sealed-1", "kid"));
    await step(() =>
      world.control.putConfiguration(actor, deployment.id, { number: null, connections: {}, overlay: {} }, 1),
    );
    await step(() => world.control.putCredential(actor, connectionId, "sealed-2", "kid")); // still that of the slot's bundle
    expect(new Set(marks).size).toBe(5);
    const lease = await claim(world, served);
    await world.worker.renew(lease);
    await world.worker.fenced(lease, (transaction) => transaction.patchSlot("blue", { verified: true, intact: true }));
    expect(await markOf(served)).toBe(marks.at(-1));
    expect((await feed.deployment(deployment.id))?.connections[connectionId]).toMatchObject({
      credentialVersion: 2,
      sealed: "sealed-2",
      previousSealed: "sealed-1",
    });
  });

  test("the notice of a mere move says the move and both marks, so that nobody needs to read; other changes name the deployment only", async () => {
    const served = await newDeployment(world);
    const { actor, deployment } = served;
    const heard: [string, PointerMove | undefined][] = [];
    const listening = await feed.listen(
      (id, move) => id === deployment.id && heard.push([id, move]),
      () => {},
    );
    await switchTo(world, served, "1.0.0");
    await succeed(world, served);
    await switchTo(world, served, "1.1.0");
    await vi.waitFor(() => expect(heard).toHaveLength(4)); // slot filled, switched, twice
    heard.length = 0;
    const marks = [await markOf(served)];
    const step = async (work: () => Promise<unknown>) => (await work(), marks.push(await markOf(served)));
    await step(() => world.control.setMode(actor, deployment.id, "diverted", null));
    await step(() => world.control.setMode(actor, deployment.id, "live", null));
    await step(() => world.control.rollback(actor, deployment.id, null));
    await step(() =>
      world.control.putConfiguration(actor, deployment.id, { number: null, connections: {}, overlay: {} }, 1),
    );
    await vi.waitFor(() => expect(heard).toHaveLength(4));
    const pointer = { active: "green", candidate: null, weightBp: 0, mode: "live" };
    const move = (index: number, change: object) => ({
      from: marks[index],
      to: marks[index + 1],
      pointer: { ...pointer, ...change },
    });
    expect(heard.map(([, each]) => each)).toEqual([
      move(0, { mode: "diverted", generation: 3 }),
      move(1, { generation: 4 }),
      move(2, { active: "blue", generation: 5 }),
      undefined,
    ]);
    await listening.close();
  });

  test("the credential before is served while it drains only", async () => {
    const work = openCredentialWork({ url: world.database.workerUrl, credentialOverlapMs: 0 });
    const { actor, deployment, connectionId } = await newDeployment(world);
    await world.control.putCredential(actor, connectionId, "sealed-1", "kid");
    await world.control.putCredential(actor, connectionId, "sealed-2", "kid");
    const before = async () => (await feed.deployment(deployment.id))?.connections[connectionId];
    expect(await before()).toMatchObject({ previousSealed: "sealed-1", previousVersion: 1 });
    await work.revokeCredential({ tenantId: actor.tenantId, connectionId }, 1, "replaced");
    expect(await before()).toMatchObject({ previousSealed: null, previousVersion: null });
    await work.close();
  });
});

describe("session writer", () => {
  const session = ({ actor, deployment }: Served, facts: Partial<SessionRow> = {}): SessionRow => ({
    tenantId: actor.tenantId,
    deploymentId: deployment.id,
    sessionId: `s-${deployment.id}`,
    callId: "CA1",
    slot: "blue",
    bundleHash: "b",
    generation: 1,
    kind: "live",
    node: "node-1",
    from: "+15550001111",
    startedAt: "2026-11-20T10:00:00.000Z",
    endedAt: null,
    disposition: null,
    ...facts,
  });
  const event = ({ actor, deployment }: Served, seq: number): SessionEventRow => ({
    tenantId: actor.tenantId,
    deploymentId: deployment.id,
    sessionId: `s-${deployment.id}`,
    seq,
    at: "2026-11-20T10:00:01.000Z",
    type: "turn-ended",
    payload: { seq },
  });
  const ended = { endedAt: "2026-11-20T10:05:00.000Z", disposition: "booked" };
  const shown = async ({ actor, deployment }: Served) =>
    (await world.control.sessions(actor, deployment.id, { limit: 10, cursor: null })).items;

  test("writes a batch of several tenants; the same batch again and late states change nothing", async () => {
    const [one, two] = [await newDeployment(world), await newDeployment(world)];
    const batch = { sessions: [session(one), session(two)], events: [event(one, 1), event(one, 2), event(two, 1)] };
    await writer.write(batch);
    await writer.write({ sessions: [session(one, ended)], events: [event(one, 2), event(one, 3)] });
    await writer.write(batch);
    await writer.write({
      sessions: [session(one, { endedAt: "2026-11-20T11:00:00.000Z", disposition: "abandoned" })],
      events: [],
    });
    expect(await shown(one)).toMatchObject([{ callId: "CA1", kind: "live", generation: 1, ...ended }]);
    expect(await shown(two)).toMatchObject([{ endedAt: null, disposition: null }]);
    const events = await world.superuser<{ seq: number }>(
      "SELECT seq FROM session_event WHERE session_id = $1 ORDER BY seq",
      [`s-${one.deployment.id}`],
    );
    expect(events.map((row) => row.seq)).toEqual([1, 2, 3]);
  });

  test("an end that is known stays when only the disposition was missing", async () => {
    const served = await newDeployment(world);
    await writer.write({ sessions: [session(served, { endedAt: ended.endedAt })], events: [] });
    await writer.write({ sessions: [session(served, { ...ended, endedAt: "2026-11-20T11:00:00.000Z" })], events: [] });
    expect(await shown(served)).toMatchObject([ended]);
  });

  test("several states of one call in one batch end as the ended one", async () => {
    const served = await newDeployment(world);
    await writer.write({
      sessions: [session(served), session(served, ended), session(served)],
      events: [event(served, 1), event(served, 1)],
    });
    expect(await shown(served)).toMatchObject([ended]);
  });

  test("refuses a batch that cannot be true, whole and for good", async () => {
    const [served, other] = [await newDeployment(world), await newDeployment(world)];
    const foreign = session({ ...served, actor: other.actor });
    await expect(writer.write({ sessions: [session(served), foreign], events: [] })).rejects.toMatchObject({
      code: "invalid_input",
      retryable: false,
    });
    expect(await shown(served)).toEqual([]);
    await writer.write({ sessions: [], events: [] });
  });

  test("sessions come newest first in pages", async () => {
    const served = await newDeployment(world);
    const at = (index: number) =>
      session(served, {
        sessionId: `s${index}-${served.deployment.id}`,
        callId: `CA${index}`,
        startedAt: `2026-11-20T10:0${Math.floor(index / 2)}:00.000Z`,
      });
    await writer.write({ sessions: [0, 1, 2, 3, 4].map(at), events: [] });
    const seen: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await world.control.sessions(served.actor, served.deployment.id, { limit: 2, cursor });
      seen.push(...page.items.map((item) => item.callId));
      if ((cursor = page.next) === null) break;
    }
    expect(seen).toEqual(["CA4", "CA3", "CA2", "CA1", "CA0"]);
  });
});

/** One UUID for each name. */
const idOf = (name: string): string => {
  const hash = sha256Hex(name);
  return `${hash.slice(0, 8)}-0000-4000-8000-${hash.slice(8, 20)}`;
};

describe("nodes", () => {
  const behind = async ({ actor, deployment }: Served) =>
    (await world.worker.view(actor.tenantId, deployment.id))?.nodesBehind?.map(({ name }) => name);
  const node = (name: string) => ({ id: idOf(name), name, region: "eu" });

  test("one is behind a deployment until it has told of a look that is well after the pointer's last move", async () => {
    const served = await newDeployment(world, undefined, "+15557770031");
    const { at } = await feed.marks();
    await feed.confirm(node("node-a"), at);
    expect(await behind(served), "never moved").toEqual([]);
    await switchTo(world, served, "1.0.0");
    expect(await behind(served)).toEqual(["node-a"]);
    const view = await world.worker.view(served.actor.tenantId, served.deployment.id);
    const { lookedAt = "", movedAt = "" } = view?.nodesBehind?.[0] ?? {};
    expect(Date.parse(lookedAt)).toBe(Math.floor(Date.parse(at)));
    expect(movedAt > lookedAt).toBe(true);
    await feed.confirm(node("node-a"), new Date(Date.parse(movedAt) + 301_000).toISOString());
    expect(await behind(served)).toEqual([]);
    await feed.confirm(node("node-a"), at); // told late: it is asked for again, which costs nothing
    expect(await behind(served)).toEqual(["node-a"]);
  });

  test("one that has left is waited for no more, and neither is one that counts as gone", async () => {
    const served = await newDeployment(world, undefined, "+15557770032");
    await switchTo(world, served, "1.0.0");
    const { at } = await feed.marks();
    await feed.confirm(node("node-b"), new Date(Date.now() - 61 * 60_000).toISOString());
    await feed.confirm(node("node-c"), at);
    expect(await behind(served)).not.toContain("node-b");
    expect(await behind(served)).toContain("node-c");
    await feed.leave(idOf("node-c"));
    expect(await behind(served)).not.toContain("node-c");
  });

  test("a look is as old as what it shows, also where nothing is deployed", async () => {
    const [{ now }] = (await world.superuser<{ now: Date }>("SELECT clock_timestamp() AS now")) as [{ now: Date }];
    const look = await feed.marks();
    expect(Date.parse(look.at)).toBeGreaterThanOrEqual(now.getTime() - 1);
  });
});

describe("the platform", () => {
  const page = { limit: 10, cursor: null };

  test("sees every node, and forgets one that runs no more: with its row in the audit log", async () => {
    const longAgo = new Date(Date.now() - 60_000).toISOString();
    for (const name of ["fra-1:4300", "fra-2:4300"])
      await feed.confirm({ id: idOf(name), name, region: "fra" }, longAgo);
    const seen = async () =>
      (await world.control.mediaNodes(platform, page)).items.filter(({ region }) => region === "fra");
    const byName = (left: { name: string }, right: { name: string }) => left.name.localeCompare(right.name);
    const [first, second] = (await seen()).toSorted(byName);
    expect([first, second]).toMatchObject([{ name: "fra-1:4300", lookedAt: longAgo }, { name: "fra-2:4300" }]);
    expect(first?.silentMs).toBeGreaterThanOrEqual(60_000);
    const page1 = await world.control.mediaNodes(platform, { limit: 1, cursor: null });
    const page2 = await world.control.mediaNodes(platform, { limit: 1, cursor: page1.next });
    expect(page2.items[0]?.id).not.toBe(page1.items[0]?.id);
    await world.control.forgetMediaNode(platform, idOf("fra-1:4300"), "the machine burnt");
    expect((await seen()).map(({ name }) => name)).toEqual(["fra-2:4300"]);
    const [row] = (await world.control.audit(platform, { limit: 200, cursor: null })).items.filter(
      ({ action }) => action === "media-node.forgotten",
    );
    expect(row).toMatchObject({ object: `media-node/${idOf("fra-1:4300")}`, reason: "the machine burnt" });
    await expect(world.control.forgetMediaNode(platform, idOf("fra-1:4300"), "x")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("is refused for a node that has just told of itself: it would be there again", async () => {
    await feed.confirm({ id: idOf("alive"), name: "alive", region: "fra" }, (await feed.marks()).at);
    await expect(world.control.forgetMediaNode(platform, idOf("alive"), "x")).rejects.toMatchObject({
      code: "conflict",
    });
  });
});
