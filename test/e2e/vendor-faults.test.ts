import type { FaultScript } from "@tandem/sandbox-host";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation } from "./harness/installation.ts";
import { markOf, type Observation, observe } from "./harness/observation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";

let database: FreshDatabase;
let installation: Installation;
/** First rollout (blue) and second (green) without any fault. */
let undisturbed: { readonly blue: Observation; readonly green: Observation };

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
  const office = await Office.open(installation);
  undisturbed = { blue: await rollOut(office), green: await change(office).then(() => rollOut(office)) };
});
afterEach(() => installation.sandbox.clearFaults());
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

async function rollOut(office: Office): Promise<Observation> {
  const mark = await markOf(office);
  const { id } = await office.rollOut();
  return observe(office, id, mark);
}

const change = (office: Office) =>
  office.set({ voice: "11labs-Myra", businessDescription: "Repairs water pipes in the harbor district, and boats." });

const CREATE_AGENT = { vendor: "retell", method: "POST", path: "^/create-agent$" } as const;
const CREATE_LLM = { vendor: "retell", method: "POST", path: "^/create-retell-llm$" } as const;
const CREATE_CALENDAR = { vendor: "google", method: "POST", path: "^/calendar/v3/calendars$" } as const;
const CREATE_PROPERTY = { vendor: "hubspot", method: "POST", path: "^/crm/v3/properties/contacts$" } as const;
const WRITE_NUMBER = { vendor: "twilio", method: "POST", path: "/IncomingPhoneNumbers/" } as const;

/** Each meets the writes of both slots, and once a write or a read of every vendor. */
const SCRIPTS: Readonly<
  Record<string, { readonly blue: readonly FaultScript[]; readonly green: readonly FaultScript[] }>
> = {
  "429 with Retry-After": {
    blue: [CREATE_AGENT, CREATE_CALENDAR, CREATE_PROPERTY].map((where) => ({
      ...where,
      fault: { do: "throttle", retryAfterSeconds: 1 },
    })),
    green: [{ ...CREATE_AGENT, fault: { do: "throttle", retryAfterSeconds: 1 } }],
  },
  "500 after the effect": {
    blue: [CREATE_LLM, CREATE_CALENDAR, CREATE_PROPERTY, WRITE_NUMBER].map((where) => ({
      ...where,
      fault: { do: "fail-after" },
    })),
    green: [CREATE_LLM, CREATE_AGENT].map((where) => ({ ...where, fault: { do: "fail-after" } })),
  },
  "lost response": {
    blue: [CREATE_AGENT, CREATE_CALENDAR, WRITE_NUMBER].map((where) => ({ ...where, fault: { do: "lose-response" } })),
    green: [{ ...CREATE_AGENT, fault: { do: "lose-response" } }],
  },
  "late processing": {
    blue: [CREATE_LLM, CREATE_CALENDAR].map((where) => ({
      ...where,
      fault: { do: "late", afterMs: 600, answer: "fail" },
    })),
    green: [{ ...CREATE_AGENT, fault: { do: "late", afterMs: 600, answer: "hang" } }],
  },
  "truncated body": {
    blue: [CREATE_AGENT, CREATE_PROPERTY].map((where) => ({ ...where, fault: { do: "truncate" } })),
    green: [{ ...CREATE_LLM, fault: { do: "truncate", framing: "intact" } }],
  },
};

describe.each(Object.entries(SCRIPTS))("%s", (_name, scripts) => {
  test("both rollouts end succeeded with each effect once", async () => {
    const office = await Office.open(installation);
    for (const script of scripts.blue) await installation.sandbox.setFault(script);
    expect(await rollOut(office)).toEqual(undisturbed.blue);
    await expectAllStruck();
    await installation.sandbox.clearFaults();
    await change(office);
    for (const script of scripts.green) await installation.sandbox.setFault(script);
    expect(await rollOut(office)).toEqual(undisturbed.green);
    await expectAllStruck();
  });
});

/** A fault that met nothing proves nothing. */
async function expectAllStruck(): Promise<void> {
  const idle = (await installation.sandbox.faults()).filter(({ struck }) => struck === 0);
  expect(idle).toEqual([]);
}

test.each(["blue", "green"] as const)(
  "a key revoked while %s is written: held for the credential, and goes on with a new one",
  async (slot) => {
    const office = await Office.open(installation);
    if (slot === "green") {
      await rollOut(office);
      await change(office);
    }
    const mark = await markOf(office);
    await installation.sandbox.setFault({ ...CREATE_AGENT, fault: { do: "delay", ms: 500 } });
    const { id } = await office.roll();
    await eventually(
      "the LLM is made",
      async () =>
        (await office.ledger(mark.ledgerSeq)).some(({ kind }) => kind === "voice-agent.llm") ? true : undefined,
      30_000,
      20,
    );
    await installation.sandbox.revoke("retell", office.secrets.retellKey);
    const held = await office.reach(id, ["held"]);
    expect(held).toMatchObject({
      heldPhase: "applying",
      reason: { code: "credential-refused", nextAction: expect.stringMatching(/credential/i) },
    });
    const status = await tandem(office.api, ["status", office.deployment, "--json"]);
    expect(status.code).toBe(3);
    expect(status.json().rollout).toMatchObject({ id, phase: "held", reason: { code: "credential-refused" } });
    const renewed = `${office.secrets.retellKey}-renewed`;
    await installation.sandbox.act("retell", "addWorkspace", { id: office.accounts.retell, apiKeys: [renewed] });
    await office.api.put(`/v1/connections/${office.connections.voiceAgent}/credential`, {
      secrets: { apiKey: renewed },
    });
    await office.api.post(`/v1/rollouts/${id}/resume`);
    await office.reach(id, ["succeeded"]);
    const { effects, leftovers, slots, pointer, bindings, openSteps } = await observe(office, id, mark);
    const expected = undisturbed[slot];
    expect({ effects, leftovers, slots, pointer, bindings, openSteps }).toEqual({
      effects: expected.effects,
      leftovers: expected.leftovers,
      slots: expected.slots,
      pointer: expected.pointer,
      bindings: expected.bindings,
      openSteps: [],
    });
  },
);

test("edits in a vendor's dashboard are drift: seen by the check, named in the next plan, put right by the next rollout", async () => {
  const office = await Office.open(installation);
  await office.rollOut();
  await office.rollOut();
  const clean = await tandem(office.api, ["drift", office.deployment, "--json"]);
  expect([clean.code, clean.json().hasDrift]).toEqual([0, false]);
  const [blue] = await installation.rows<{ id: string }>(
    "SELECT external_id AS id FROM binding WHERE deployment_id = $1 AND slot = 'blue' AND kind = 'voice-agent.agent'",
    [office.deploymentId],
  );
  await installation.sandbox.act("retell", "editAgent", {
    agentId: blue?.id ?? "",
    changes: { voice_id: "11labs-Edited" },
  });
  const [calendar] = await installation.rows<{ id: string }>(
    "SELECT external_id AS id FROM binding WHERE deployment_id = $1 AND kind = 'calendar.calendar'",
    [office.deploymentId],
  );
  await installation.sandbox.act("google", "editCalendar", {
    calendarId: calendar?.id ?? "",
    summary: "Renamed by hand",
  });
  const drift = await tandem(office.api, ["drift", office.deployment, "--json"]);
  expect(drift.code).toBe(3);
  const drifted = (
    drift.json().resources as { address: string; slot: string | null; state: string; changed: string[] }[]
  ).filter(({ state }) => state === "drifted");
  expect(drifted.map(({ address }) => address).toSorted()).toEqual([
    "calendar.calendar/callbacks",
    "voice-agent.agent/main",
  ]);
  const words = await tandem(office.api, ["drift", office.deployment]);
  expect(words.out).toContain("calendar.calendar/callbacks");
  expect(words.out).toContain("summary");
  const { plan, prose } = await office.plan();
  const changes = plan.changes.filter(({ action }: { action: string }) => action !== "no-op") as {
    address: string;
    reason: { code: string; text: string };
  }[];
  expect(changes.map(({ address }) => address).toSorted()).toEqual([
    "calendar.calendar/callbacks",
    "voice-agent.agent/main",
  ]);
  for (const { reason } of changes) expect(reason.text).toContain("changed at the vendor outside Tandem");
  expect(changes.find(({ address }) => address === "voice-agent.agent/main")?.reason.code).toBe("drifted");
  expect(prose).toContain("changed at the vendor outside Tandem");
  await office.rollOut();
  expect((await tandem(office.api, ["drift", office.deployment, "--json"])).code).toBe(0);
});

test("a vendor whose lists lag behind its writes gets no second object", async () => {
  await installation.running("worker").stop();
  await installation.worker(undefined, { TANDEM_SETTLE_CAP_MS: "2500", TANDEM_LEASE_MS: "6000" });
  await installation.sandbox.setPace("retell", { listLagMs: 2000 });
  await installation.sandbox.setPace("google", { listLagMs: 2000 });
  const office = await Office.open(installation);
  for (const where of [CREATE_LLM, CREATE_CALENDAR])
    await installation.sandbox.setFault({ ...where, fault: { do: "lose-response" } });
  expect(await rollOut(office)).toEqual(undisturbed.blue);
  await change(office);
  await installation.sandbox.setFault({ ...CREATE_AGENT, fault: { do: "lose-response" } });
  expect(await rollOut(office)).toEqual(undisturbed.green);
});
