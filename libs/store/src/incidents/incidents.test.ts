import { randomUUID } from "node:crypto";
import type { IncidentCommand, Stack } from "@tandem/domain/incident";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pastCall } from "../../test-support/past-call.ts";
import {
  bundleFor,
  claim,
  newDeployment,
  openWorld,
  type Served,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";
import { openSessionWriter, type OpenSessionWriter } from "../index.ts";

const MINUTE_MS = 60_000;
const SPAN = { windowMs: 15 * MINUTE_MS, quietMs: 20 * MINUTE_MS };

let world: World;
let writer: OpenSessionWriter;
let served: Served;
beforeAll(async () => {
  world = await openWorld();
  writer = openSessionWriter({ url: world.database.mediaUrl });
});
beforeEach(async () => {
  served = await newDeployment(world);
});
afterAll(async () => {
  await writer.close();
  await world.close();
});

type Events = NonNullable<Parameters<typeof pastCall>[2]>;
async function calls(count: number, events: Events, over: object = {}): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await writer.write(pastCall(served, { startedAtMs: Date.now() - 2 * MINUTE_MS, ...over }, events));
}
const look = () => world.worker.health.lookAtHealth(served.actor.tenantId, served.deployment.id, SPAN);
const list = async () => (await world.control.incidents(served.actor, { limit: 50, cursor: null }, {})).items;
const ask = (id: string, command: IncidentCommand, evidence: Parameters<typeof world.control.changeIncident>[3] = []) =>
  world.control.changeIncident(served.actor, id, command, evidence);
const text = { kind: "text", text: "the carrier's page shows no fault" } as const;
const clear = (stack: Stack): IncidentCommand => ({ do: "clear", stack, evidence: 1, note: null });

describe("a look", () => {
  test("opens one incident for a failing stack however often it looks, and a message and an audit row with it", async () => {
    await calls(4, [["provider-failed", { kind: "stt", provider: "p", fault: "timeout" }]]);
    expect(await look()).toEqual({
      telephony: "healthy",
      audio: "failing",
      intelligence: "healthy",
      output: "healthy",
    });
    await look();
    await Promise.all([look(), look()]);
    const incidents = await list();
    expect(incidents).toMatchObject([
      { openedStack: "audio", severity: "sev-1", openedBy: "system:worker", state: "open" },
    ]);
    const { events } = (await world.control.incident(served.actor, incidents[0]?.id ?? ""))!;
    expect(events).toMatchObject([{ type: "opened", payload: { stack: "audio", health: { calls: 4 } } }]);
    const messages = await world.superuser<{ kind: string }>(
      "SELECT kind FROM outbox WHERE tenant_id = $1 AND kind LIKE 'incident.%'",
      [served.actor.tenantId],
    );
    expect(messages).toEqual([{ kind: "incident.opened" }]);
    const audit = await world.control.audit(served.actor, { limit: 5, cursor: null });
    expect(audit.items[0]).toMatchObject({ action: "incident.opened", actor: "system:worker" });
  });

  test("opens none for a while after one was resolved, and then again", async () => {
    await calls(4, [["call-metrics", { silences: 2 }]]);
    await look();
    const [{ id } = { id: "" }] = await list();
    await ask(id, { do: "resolve", resolution: "the voice is back", withoutCause: true });
    await look();
    expect(await list()).toHaveLength(1);
    await world.worker.health.lookAtHealth(served.actor.tenantId, served.deployment.id, { ...SPAN, quietMs: 0 });
    expect(await list()).toHaveLength(2);
  });

  test("reads the window's live calls and nothing else", async () => {
    const fault: Events = [["provider-failed", { kind: "llm" }]];
    await calls(4, fault, { kind: "trial" });
    await calls(4, fault, { startedAtMs: Date.now() - 40 * MINUTE_MS });
    expect(await look()).toEqual({
      telephony: "unknown",
      audio: "unknown",
      intelligence: "unknown",
      output: "unknown",
    });
    expect(await list()).toEqual([]);
  });

  test("counts vendor writes that were refused for the stack of their address", async () => {
    await switchTo(world, served, "1.0.0");
    await world.worker.fenced(await claim(world, served), async (transaction) => {
      const operation = { seq: 0, address: "telephony.number/main" } as never;
      await transaction.insertSteps([{ seq: 0, stage: "cleanup", operation, state: "pending" }]);
    });
    await world.superuser(
      "UPDATE step SET state = 'failed', intent_at = now() - interval '1 second' WHERE tenant_id = $1",
      [served.actor.tenantId],
    );
    expect(await look()).toMatchObject({ telephony: "failing", intelligence: "unknown" });
    const [incident] = await list();
    expect(incident).toMatchObject({ openedStack: "telephony", severity: "sev-2" });
    const rollout = (await world.control.deployment(served.actor, served.deployment.id))?.liveRollout?.id;
    const [step] = await world.superuser<{ id: string }>("SELECT rollout_id AS id FROM step WHERE tenant_id = $1", [
      served.actor.tenantId,
    ]);
    const rolloutId = rollout ?? step?.id ?? "";
    const evidence = [{ kind: "operation", rolloutId, seq: 0 } as const];
    const told = await ask(
      incident?.id ?? "",
      { do: "conclude", stack: "telephony", evidence: 1, cause: "refused" },
      evidence,
    );
    expect(told.events.at(-1)).toMatchObject({ type: "concluded", payload: { evidence } });
  });

  test("is due once per interval, of deployments with something live", async () => {
    const due = async () =>
      (await world.worker.health.claimHealthLooks(MINUTE_MS, 500)).filter(
        ({ deploymentId }) => deploymentId === served.deployment.id,
      );
    expect(await due()).toEqual([]);
    await switchTo(world, served, "1.0.0");
    expect(await due()).toHaveLength(1);
    expect(await due()).toEqual([]);
  });
});

describe("an incident", () => {
  const open = (stack: Stack | null = null) =>
    world.control.openIncident(served.actor, served.deployment.id, { severity: "sev-1", summary: "no answer", stack });

  test("is walked in order with its clocks kept, and ends with a message", async () => {
    const { id } = await open();
    await expect(ask(id, clear("audio"), [text])).rejects.toMatchObject({
      code: "incident_refused",
      details: { reason: "earlier-stack-open" },
    });
    await ask(id, clear("telephony"), [text]);
    const concluded = await ask(id, { do: "conclude", stack: "audio", evidence: 1, cause: "the recogniser is away" }, [
      text,
    ]);
    expect(concluded.stacks.map(({ state }) => state)).toEqual(["cleared", "concluded", "waiting", "waiting"]);
    await ask(id, { do: "resolve", resolution: "rolled back", withoutCause: false });
    const [row] = await world.superuser<{ state: string; resolution_due_at: Date; opened_at: Date; last_seq: number }>(
      "SELECT state, resolution_due_at, opened_at, last_seq FROM incident WHERE id = $1",
      [id],
    );
    expect(row).toMatchObject({ state: "resolved", last_seq: 4 });
    expect((row?.resolution_due_at.getTime() ?? 0) - (row?.opened_at.getTime() ?? 0)).toBe(15 * MINUTE_MS);
    const actions = (await world.control.audit(served.actor, { limit: 4, cursor: null })).items.map(
      ({ action }) => action,
    );
    expect(actions).toEqual(["incident.resolved", "incident.concluded", "incident.stack-cleared", "incident.opened"]);
  });

  test("is open once per stack; the same request again finds what it made", async () => {
    await open("output");
    await expect(open("output")).rejects.toMatchObject({ code: "already_exists" });
    await open("audio");
    const effectId = randomUUID();
    const wish = { severity: "sev-2", summary: "once", stack: null } as const;
    const twice = () => world.control.openIncident({ ...served.actor, effectId }, served.deployment.id, wish);
    expect((await twice()).id).toBe((await twice()).id);
    const { id } = await open();
    const note = () =>
      world.control.changeIncident({ ...served.actor, effectId }, id, { do: "note", text: "seen" }, []);
    await note();
    expect((await note()).events).toHaveLength(2);
  });

  test("takes no evidence that the tenant does not have, and is nobody else's", async () => {
    const { id } = await open();
    const session = { kind: "session", sessionId: randomUUID() } as const;
    await expect(ask(id, clear("telephony"), [session])).rejects.toMatchObject({ code: "not_found" });
    const stranger = await newDeployment(world);
    expect(await world.control.incident(stranger.actor, id)).toBeNull();
    const theirs = world.control.changeIncident(stranger.actor, id, { do: "note", text: "x" }, []);
    await expect(theirs).rejects.toMatchObject({ code: "not_found" });
  });

  test("two at once are numbered one after the other", async () => {
    const { id } = await open();
    await Promise.all(["a", "b", "c"].map((said) => ask(id, { do: "note", text: said })));
    const incident = await world.control.incident(served.actor, id);
    expect(incident?.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test("lists page by page, newest first", async () => {
    for (const stack of ["telephony", "audio", "intelligence"] as const) await open(stack);
    const first = await world.control.incidents(served.actor, { limit: 2, cursor: null }, { state: "unresolved" });
    const second = await world.control.incidents(served.actor, { limit: 2, cursor: first.next }, {});
    expect([...first.items, ...second.items].map(({ openedStack }) => openedStack)).toEqual([
      "intelligence",
      "audio",
      "telephony",
    ]);
    const resolved = await world.control.incidents(served.actor, { limit: 2, cursor: null }, { state: "resolved" });
    expect(resolved.items).toEqual([]);
  });
});

test("the moves that brought a release stand beside what was live before", async () => {
  await switchTo(world, served, "1.0.0");
  await succeed(world, served);
  await switchTo(world, served, "2.0.0");
  const [second, first, ...rest] = await world.control.releaseMoves(served.actor, served.deployment.id);
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ before: null, release: bundleFor(served, "1.0.0").bundleHash });
  expect(second).toMatchObject({
    before: { playbook: { version: "1.0.0" } },
    bundle: { playbook: { version: "2.0.0" } },
    release: bundleFor(served, "2.0.0").bundleHash,
  });
});

describe("a series of windows", () => {
  const series = (windows: number, to: string | null = null) =>
    world.control.healthSeries(served.actor, served.deployment.id, { windowMs: 15 * MINUTE_MS, windows, to });

  test("tells each window by its own calls, oldest first, and a window without calls as unknown", async () => {
    const now = Date.now();
    await calls(3, [["provider-failed", { kind: "stt" }]], { startedAtMs: now - 40 * MINUTE_MS });
    await calls(2, [["turn-ended", {}]], { startedAtMs: now - 5 * MINUTE_MS });
    const told = (await series(3, new Date(now).toISOString()))!;
    expect(told.windows.map((each) => [each.calls, each.stacks[1]?.word])).toEqual([
      [3, "failing"],
      [0, "unknown"],
      [2, "healthy"],
    ]);
    expect(told.windows[0]?.stacks[1]?.figures.find(({ name }) => name === "recognition-failures")).toMatchObject({
      count: 3,
      of: 3,
    });
    expect(told.windows[2]?.to).toBe(new Date(now).toISOString());
  });

  test("of nothing is null", async () => {
    const span = { windowMs: MINUTE_MS, windows: 2, to: null };
    expect(await world.control.healthSeries(served.actor, randomUUID(), span)).toBeNull();
  });
});
