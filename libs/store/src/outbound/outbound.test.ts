import { randomUUID } from "node:crypto";
import type { OutboundWish } from "@tandem/domain/outbound";
import type { ReleaseBundle } from "@tandem/domain/release";
import { contentHash, type Json } from "@tandem/kernel";
import type { OutboundWork } from "@tandem/ports/store/outbound";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bundleFor,
  newDeployment,
  newTenant,
  openWorld,
  type Served,
  switchTo,
  type World,
} from "../../test-support/world.ts";
import { openOutboundWork } from "../index.ts";

let world: World;
let work: OutboundWork & { close(): Promise<void> };
beforeAll(async () => {
  world = await openWorld();
  work = openOutboundWork({ url: world.database.workerUrl });
});
afterAll(async () => {
  await work.close();
  await world.close();
});

const ALWAYS = Object.fromEntries(
  ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => [
    day,
    [{ from: "00:00", to: "24:00" }],
  ]),
);
const CLOSED = Object.fromEntries(Object.keys(ALWAYS).map((day) => [day, []]));

let numbers = 5_551_000;

/** An attached deployment whose active release may call back, at hours as given. */
async function caller(callingHours: object = ALWAYS): Promise<Served> {
  numbers += 1;
  const served = await newDeployment(world, await newTenant(world), `+1555${numbers}`);
  await switchTo(world, served, "1.0.0");
  const { bundle } = bundleFor(served, "1.0.0");
  const calling = {
    ...bundle,
    agent: { kind: "tandem" },
    answer: {
      schedule: { timeZone: "UTC", weekly: ALWAYS, holidays: [], overrides: [] },
      whenOpen: { do: "agent" },
      whenClosed: { do: "agent" },
    },
    fallbackNumber: "+15550000002",
    humanPath: { number: "+15550000003" },
    emergency: { number: "+15550000004" },
    policies: { minutesPerCallerPerDay: 1 },
    conversation: { ...bundle.conversation, fields: [{ name: "need", type: "text" }] },
    outbound: {
      callingHours,
      consentMaxAgeDays: 3,
      maxAttempts: 1,
      ringSeconds: 20,
      countries: ["+1"],
      lead: { need: "need" },
      disclosure: { text: "Hello." },
    },
  };
  const hash = contentHash(calling as unknown as Json);
  const { tenantId } = served.actor;
  const release = { bundle: calling as unknown as ReleaseBundle, bundleHash: hash };
  await world.control.requestPlan(served.actor, { deploymentId: served.deployment.id, ...release });
  await world.superuser(
    "UPDATE slot SET bundle_hash = $3 WHERE tenant_id = $1 AND deployment_id = $2 AND slot = (SELECT pointer_active FROM deployment WHERE id = $2)",
    [tenantId, served.deployment.id, hash],
  );
  await world.superuser("UPDATE deployment SET attached = true WHERE id = $1", [served.deployment.id]);
  return served;
}

const wish = (change: Partial<OutboundWish> = {}): OutboundWish => ({
  to: `+1555${(numbers += 1)}`,
  lead: { need: "A dashboard" },
  timeZone: null,
  consent: {
    givenAt: new Date(Date.now() - 60_000).toISOString(),
    source: "https://form.example",
    text: "Call me back.",
  },
  ...change,
});

const ask = (served: Served, wanted: OutboundWish) =>
  world.control.requestOutboundCall(served.actor, served.deployment.id, wanted);
const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => "accepted",
    (error: { code: string; details: { reason?: string } }) => error.details.reason ?? error.code,
  );
const claimOnly = async (id: string, worker = "w1", claimMs = 60_000) =>
  (await work.claimDue(worker, 50, claimMs)).find((call) => call.id === id) ?? null;
const requireClaim = async (id: string, worker?: string) => {
  const call = await claimOnly(id, worker);
  if (call === null) throw new Error("not claimed");
  return call;
};

describe("asking for a call-back", () => {
  test("is kept with its consent, at once within hours, and shows nothing of the lead", async () => {
    const served = await caller();
    const wanted = wish();
    const made = await ask(served, wanted);
    expect(made).toMatchObject({
      state: "queued",
      to: wanted.to,
      from: served.deployment.number,
      consent: { ...wanted.consent, proof: null },
      callId: null,
      finishedAt: null,
    });
    expect(JSON.stringify(made)).not.toContain("dashboard");
    expect(await world.control.outboundCall(served.actor, made.id)).toEqual(made);
    const page = { limit: 10, cursor: null };
    expect((await world.control.outboundCalls(served.actor, served.deployment.id, page)).items).toEqual([made]);
    const audit = await world.control.audit(served.actor, { limit: 1, cursor: null });
    expect(audit.items[0]).toMatchObject({ action: "outbound-call.requested", object: `outbound-call/${made.id}` });
    // What is never taken back tells neither number nor words.
    expect(JSON.stringify(audit.items[0])).not.toContain(wanted.to);
    expect(JSON.stringify(audit.items[0])).not.toContain(wanted.consent.text);
  });

  test("outside hours waits for them, and is not due before", async () => {
    const tomorrow = new Date(Date.now() + 26 * 3_600_000);
    const day = tomorrow.toLocaleDateString("en-US", { weekday: "long", timeZone: "UTC" }).toLowerCase();
    const served = await caller({ ...CLOSED, [day]: [{ from: "00:00", to: "24:00" }] });
    const made = await ask(served, wish());
    expect(made.state).toBe("scheduled");
    expect(Date.parse(made.dueAt ?? "")).toBeGreaterThan(Date.now());
    expect(made.dueAt).toMatch(/T00:00:00.000Z$/);
    expect(await claimOnly(made.id)).toBeNull();
  });

  test("the same request again finds what it made; another one for the same consent is refused", async () => {
    const served = await caller();
    const wanted = wish();
    const actor = { ...served.actor, effectId: randomUUID() };
    const [first, again] = [
      await world.control.requestOutboundCall(actor, served.deployment.id, wanted),
      await world.control.requestOutboundCall(actor, served.deployment.id, wanted),
    ];
    expect(again).toEqual(first);
    expect(await reasonOf(ask(served, wanted))).toBe("attempt-used");
    const later = { ...wanted, consent: { ...wanted.consent, givenAt: new Date().toISOString() } };
    expect(await reasonOf(ask(served, later))).toBe("call-pending");
  });

  test("ten at the same moment make one", async () => {
    const served = await caller();
    const wanted = wish();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => reasonOf(ask(served, wanted))));
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
    const others = outcomes.filter((outcome) => outcome !== "accepted");
    for (const outcome of others) expect(["attempt-used", "call-pending"]).toContain(outcome);
  });

  test("is refused with the rule's reason, and leaves nothing", async () => {
    const served = await caller();
    const old = new Date(Date.now() - 4 * 86_400_000).toISOString();
    expect(await reasonOf(ask(served, wish({ consent: { ...wish().consent, givenAt: old } })))).toBe("consent-too-old");
    expect(await reasonOf(ask(served, wish({ lead: { hobby: "chess" } })))).toBe("invalid_input");
    await world.control.setMode(served.actor, served.deployment.id, "diverted", null);
    expect(await reasonOf(ask(served, wish()))).toBe("diverted");
    const unattached = await newDeployment(world);
    expect(await reasonOf(ask(unattached, wish()))).toBe("not-attached");
    const rows = await world.superuser("SELECT 1 FROM outbound_call WHERE deployment_id = ANY($1::uuid[])", [
      [served.deployment.id, unattached.deployment.id],
    ]);
    expect(rows).toEqual([]);
  });

  test("minutes that a number has talked today count", async () => {
    const served = await caller();
    const wanted = wish();
    await world.superuser(
      `INSERT INTO session (tenant_id, id, deployment_id, call_id, slot, bundle_hash, generation, kind, node, caller, started_at, ended_at)
       VALUES ($1, $2, $3, 'CA1', 'blue', 'b', 1, 'live', 'n', $4, now() - interval '2 hours', now() - interval '119 minutes')`,
      [served.actor.tenantId, randomUUID(), served.deployment.id, wanted.to],
    );
    expect(await reasonOf(ask(served, wanted))).toBe("minutes-used-up");
  });
});

describe("working on a call", () => {
  test("one worker has it until its claim ends, and what a late one writes is refused", async () => {
    const served = await caller();
    const { id } = await ask(served, wish());
    const late = await claimOnly(id, "late", 1);
    expect(late).toMatchObject({ state: "queued", lead: { need: "A dashboard" }, tries: 0, intendedMsAgo: null });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const next = await requireClaim(id, "next");
    expect(await claimOnly(id, "third")).toBeNull();
    expect(await work.change(late!, { state: "calling", intent: { is: "begins", claimMs: 1000 } })).toBe(false);
    expect(await work.change(next, { state: "calling", intent: { is: "begins", claimMs: 60_000 } })).toBe(true);
    expect(await claimOnly(id, "third")).toBeNull();
    expect(await work.change(next, { state: "calling", callId: "CA1", dueInMs: 0 })).toBe(true);
    expect(await requireClaim(id, "third")).toMatchObject({ state: "calling", callId: "CA1", tries: 1 });
  });

  test("an intent outlives its worker and says how old it is; taken back it is gone", async () => {
    const served = await caller();
    const { id } = await ask(served, wish());
    await work.change(await requireClaim(id), { state: "calling", intent: { is: "begins", claimMs: 1 } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const found = await requireClaim(id, "w2");
    expect(found.intendedMsAgo).toBeGreaterThanOrEqual(15);
    expect(found).toMatchObject({ state: "calling", callId: null, tries: 1 });
    await work.change(found, { state: "queued", intent: { is: "taken-back" }, dueInMs: 0 });
    expect(await requireClaim(id, "w3")).toMatchObject({
      state: "queued",
      intendedMsAgo: null,
      intendedAt: null,
      tries: 1,
    });
  });

  test("its end is written once, with audit and message, and forgets the lead; the consent stays", async () => {
    const served = await caller();
    const { id } = await ask(served, wish());
    const call = await requireClaim(id);
    expect(await work.change(call, { state: "connected", callId: "CA9" })).toBe(true);
    expect(await work.change(call, { state: "failed", reason: "late" })).toBe(false);
    expect(await world.control.outboundCall(served.actor, id)).toMatchObject({
      state: "connected",
      callId: "CA9",
      dueAt: null,
      finishedAt: expect.any(String) as string,
      consent: { text: "Call me back." },
    });
    expect(await world.superuser("SELECT lead FROM outbound_call WHERE id = $1", [id])).toEqual([{ lead: {} }]);
    expect(
      await world.superuser("SELECT kind FROM outbox WHERE payload->>'object' = $1", [`outbound-call/${id}`]),
    ).toEqual([{ kind: "outbound-call.connected" }]);
    const audit = await world.control.audit(served.actor, { limit: 1, cursor: null });
    expect(audit.items[0]).toMatchObject({ action: "outbound-call.connected", actor: "worker:w1" });
    expect((await world.control.verifyAudit(served.actor)).intact).toBe(true);
  });

  test("is judged again by what is true when it is due", async () => {
    const served = await caller();
    const { id } = await ask(served, wish());
    const call = await requireClaim(id);
    expect((await work.outlook(call))?.situation).toMatchObject({ isAttached: true, isDiverted: false });
    await world.control.setMode(served.actor, served.deployment.id, "diverted", null);
    expect((await work.outlook(call))?.situation).toMatchObject({ isDiverted: true, wish: { to: call.to } });
  });

  test("calls of other consents to the same number are known by their carrier's ids", async () => {
    const served = await caller();
    const first = wish();
    await work.change(await requireClaim((await ask(served, first)).id), { state: "busy", callId: "CA-first" });
    const second = { ...first, consent: { ...first.consent, givenAt: new Date().toISOString() } };
    const call = await requireClaim((await ask(served, second)).id);
    expect(await work.otherCallIds(call)).toEqual(["CA-first"]);
  });
});
