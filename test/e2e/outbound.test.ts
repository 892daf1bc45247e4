import { randomUUID } from "node:crypto";
import { type CallReport, runScript, sandboxPhone, toneVoice } from "@tandem/caller";
import type { CallerStep } from "@tandem/domain/manifest";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { sessionOf } from "./harness/carrier.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation, playbookFiles } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MS_PER_CHARACTER = 30;

let database: FreshDatabase;
let installation: Installation;
let office: Office;

/** Six hours around now on UTC's clock: far from where it is half a day later. */
function hoursAroundNow(): Record<string, { from: string; to: string }[]> {
  const hour = new Date().getUTCHours();
  const [from, to] = [(hour + 22) % 24, (hour + 4) % 24];
  const at = (each: number): string => `${String(each).padStart(2, "0")}:00`;
  const around =
    from < to
      ? [{ from: at(from), to: at(to) }]
      : [...(to === 0 ? [] : [{ from: "00:00", to: at(to) }]), { from: at(from), to: "24:00" }];
  return Object.fromEntries(DAYS.map((day) => [day, around]));
}

beforeAll(async () => {
  database = await freshDatabase();
  const variables = { TANDEM_SMOKE_SLACK_MS: "1500" }; // this is not where latency is looked at
  installation = await Installation.start({ databases: database, variables });
  for (const vendor of ["cartesia", "elevenlabs", "deepgram"])
    await installation.sandbox.setSettings(vendor, { msPerCharacter: MS_PER_CHARACTER });
  const first = await installation.worker();
  office = await Office.open(installation, { slug: "sales", agentKind: "tandem", playbook: "lead-qualifier" });
  await publishQuickly();
  await configure();
  const { id } = await office.roll({}, "lead-qualifier");
  await office.reach(id, ["succeeded"], 300_000);
  await first.stop();
}, 400_000);
afterEach(async () => {
  const workers = installation.processes.filter(({ app, hasEnded }) => app === "worker" && !hasEnded);
  await Promise.all(workers.map((worker) => worker.stop()));
  await installation.sandbox.clearFaults();
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

/** The playbook with one short smoke conversation: the long ones are tried elsewhere. */
async function publishQuickly(): Promise<void> {
  const files = playbookFiles("lead-qualifier");
  const { "smoke/spoken-person.yaml": _person, ...rest } = files;
  const manifest = (files["manifest.yaml"] ?? "")
    .replace(/^version: .*$/m, "version: 1.90.0")
    .replace("  - { $file: smoke/spoken-person.yaml }\n", "");
  const conversation = `name: A caller tells what is needed
agents: [custom-llm, tandem]
steps:
  - { do: hear, anyOf: [What can I do for you], withinMs: 30000 }
  - { do: say, text: We want dashboards for our two production lines. }
  - { do: listen }
  - { do: say, text: We are 51-250 people. }
  - { do: listen }
`;
  await office.api.post("/v1/manifests", {
    files: { ...rest, "manifest.yaml": manifest, "smoke/spoken-meeting.yaml": conversation },
  });
}

/** Instead of the office's usual parameters, which are of another playbook. */
async function configure(): Promise<void> {
  const target = `/v1/deployments/${office.deploymentId}/configuration`;
  const { configVersion, ...configuration } = await office.api.get(target);
  const overlay = {
    businessName: "Northlight",
    offer: "We build dashboards for small and mid-sized manufacturers.",
    timeZone: "UTC",
    salesNumber: "+15550100106",
    fallbackNumber: "+15550100104",
    emergencyNumber: "+15550100105",
    agentKind: "tandem",
    callingHours: hoursAroundNow(),
    salesHours: Object.fromEntries(DAYS.map((day) => [day, [{ from: "00:00", to: "24:00" }]])),
    meetingLeadMinutes: 0,
  };
  await office.api.put(target, { ...configuration, overlay }, { "if-match": `"${configVersion}"` });
}

let leads = 0;
const newLead = (): string => `+1555018${String((leads += 1)).padStart(4, "0")}`;

const wish = (to: string, change: object = {}) => ({
  to,
  lead: { name: "Ada Byron", company: "Example Company", email: "ada@example.com", need: "dashboards for two lines" },
  consent: { givenAt: new Date().toISOString(), source: "https://form.example", text: "Please call me back." },
  ...change,
});
const path = () => `/v1/deployments/${office.deploymentId}/outbound-calls`;

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into details of any shape
const stateOf = (id: string): Promise<any> => office.api.get(`/v1/outbound-calls/${id}`);
const reach = (id: string, states: readonly string[], withinMs = 20_000) =>
  eventually(
    `outbound call ${states.join(" or ")}`,
    async () => {
      const call = await stateOf(id);
      return states.includes(call.state) ? call : undefined;
    },
    withinMs,
  );
const answers = (number: string, answer: string) => installation.sandbox.act("twilio", "setAnswer", { number, answer });
/** Calls that the carrier was made to place to a number. */
const placedTo = async (number: string): Promise<number> =>
  (await office.ledger()).filter(({ effect, facts }) => effect === "call-created" && facts?.["to"] === number).length;
const saidTo = async (callSid: string): Promise<readonly string[]> =>
  (await installation.sandbox.act<{ said: string[] }>("twilio", "describeCall", { callSid })).said;

/** A lead waits by the phone and talks by script once it rings. */
async function leadAt(number: string, steps: readonly CallerStep[]): Promise<{ readonly ended: Promise<CallReport> }> {
  const line = await sandboxPhone(`http://127.0.0.1:${installation.ports.twilio}`, number);
  return { ended: runScript({ line, voice: toneVoice({ msPerCharacter: MS_PER_CHARACTER }), steps }) };
}

/** What a lead says who wants the meeting. */
const TALK: readonly CallerStep[] = [
  { do: "hear", anyOf: ["You asked us to call you back"], withinMs: 30_000 },
  { do: "hear", anyOf: ["the enquiry you sent us: dashboards for two lines"], withinMs: 30_000 },
  { do: "listen" },
  { do: "say", text: "Yes, it is." },
  { do: "hear", anyOf: ["dashboards for two lines"] },
  { do: "listen" },
  { do: "say", text: "Yes, that is right." },
  { do: "hear", anyOf: ["Ada Byron"] },
  { do: "listen" },
  { do: "say", text: "Yes, that is right." },
  { do: "hear", anyOf: ["Example Company"] },
  { do: "listen" },
  { do: "say", text: "Yes, that is right." },
  { do: "hear", anyOf: ["ada at example dot com"] },
  { do: "listen" },
  { do: "say", text: "Yes, that is right." },
  { do: "hear", anyOf: ["For the phone I have"] },
  { do: "listen" },
  { do: "say", text: "Yes, that is right." },
  { do: "hear", anyOf: ["How many people"] },
  { do: "listen" },
  { do: "say", text: "We are 51-250 people." },
  { do: "listen" },
  { do: "say", text: "The budget is approved." },
  { do: "listen" },
  { do: "say", text: "We want to start now." },
  { do: "hear", anyOf: ["Which one suits you"], withinMs: 60_000 },
  { do: "listen" },
  { do: "say", text: "The first one, please." },
  { do: "hear", anyOf: ["Is that right"], withinMs: 30_000 },
  { do: "listen" },
  { do: "say", text: "Yes, that is right." },
  { do: "hear", anyOf: ["Goodbye"], withinMs: 60_000 },
];

/** A lead's call from the request to its end. On a machine that is short of time audio breaks: such a call says nothing, another lead is called. */
async function calledLead() {
  for (let attempt = 1; ; attempt += 1) {
    const to = newLead();
    const lead = await leadAt(to, TALK);
    const after = (await office.ledger()).at(-1)?.seq ?? 0;
    const asked = await office.api.post(path(), wish(to));
    const report = await lead.ended;
    const heard = report.turns.map(({ by, text }) => `${by}: ${text}`).join("\n");
    const isBroken = report.damagedWords > 0 || heard.includes("technical trouble");
    if (report.ok || !isBroken || attempt === 3) return { to, asked, report, heard, after };
  }
}

test("a lead is called within hours, hears who calls and why, is known, and books a meeting", async () => {
  await installation.worker();
  const { to, asked, report, heard, after } = await calledLead();
  expect(asked).toMatchObject({ state: "queued", to, from: office.number });
  expect(
    report.steps.flatMap(({ ok, step, detail }) => (ok ? [] : [`${step.do}: ${detail}`])),
    heard,
  ).toEqual([]);
  expect(heard).not.toMatch(/thank you for calling northlight/i);
  const call = await reach(asked.id, ["connected"]);
  expect(call).toMatchObject({ callId: report.callId, reason: null, dueAt: null });
  const session = await eventually("its session has ended", async () => {
    const found = await sessionOf(office, report.callId);
    return found.disposition === null ? undefined : found;
  });
  expect(session).toMatchObject({ disposition: "booked", kind: "live" });
  const events = (await office.ledger(after)).filter(({ kind, effect }) => kind === "event" && effect === "create");
  expect(events).toHaveLength(1);
  expect(await placedTo(to)).toBe(1);
}, 400_000);

test("a machine gets the message, and only the message", async () => {
  await installation.worker();
  const to = newLead();
  await answers(to, "machine");
  const { id } = await office.api.post(path(), wish(to));
  const call = await reach(id, ["voicemail"]);
  expect(await saidTo(call.callId)).toEqual([expect.stringContaining("You asked us to call you back")]);
  await eventually("its session tells", async () =>
    (await sessionOf(office, call.callId)).disposition === "voicemail" ? true : undefined,
  );
});

test.each(["busy", "no-answer"])("whose phone tells %s is not called again", async (answer) => {
  await installation.worker();
  const to = newLead();
  await answers(to, answer);
  const wanted = wish(to);
  const { id } = await office.api.post(path(), wanted);
  expect(await reach(id, [answer])).toMatchObject({ state: answer });
  const again = await office.api.ask("POST", path(), wanted);
  expect(again).toMatchObject({ status: 409, body: { code: "outbound_refused", details: { reason: "attempt-used" } } });
  expect(await placedTo(to)).toBe(1);
});

test("outside the lead's hours it waits; the command line asks and tells", async () => {
  await installation.worker();
  const to = newLead();
  const { origin, key } = office.api;
  const consent = ["--consent-at", new Date().toISOString(), "--consent-source", "form", "--consent-text", "Call me."];
  const zone = ["--time-zone", "Pacific/Auckland"];
  const asked = await tandem({ origin, key }, [
    "outbound",
    "call",
    office.deploymentId,
    to,
    ...consent,
    ...zone,
    "--json",
  ]);
  expect(asked, asked.err).toMatchObject({ code: 0 });
  const { id, state, dueAt } = asked.json();
  expect(state).toBe("scheduled");
  expect(Date.parse(dueAt) - Date.now()).toBeGreaterThan(3_600_000);
  const passing = newLead();
  await answers(passing, "busy");
  await reach((await office.api.post(path(), wish(passing))).id, ["busy"]); // sweeps have looked at both
  expect(await stateOf(id)).toMatchObject({ state: "scheduled", callId: null });
  expect(await placedTo(to)).toBe(0);
  const listed = await tandem({ origin, key }, ["outbound", "list", office.deploymentId]);
  expect(listed.out).toMatch(new RegExp(`\\${to}\\s+scheduled`));
});

test("the same key asks once; without consent in force, to a number that may not be called or unknown things nobody is called", async () => {
  const to = newLead();
  const key = { "idempotency-key": randomUUID() };
  const wanted = wish(to, { timeZone: "Pacific/Auckland" });
  const [first, second] = [
    await office.api.ask("POST", path(), wanted, key),
    await office.api.ask("POST", path(), wanted, key),
  ];
  expect(first.status).toBe(202);
  expect(second.body).toEqual(first.body);
  const refused = async (change: object) => {
    const { status, body } = await office.api.ask("POST", path(), wish(newLead(), change));
    return [status, body.details?.reason ?? body.code];
  };
  const consent = wish(to).consent;
  const old = new Date(Date.now() - 4 * 86_400_000).toISOString();
  expect(await refused({ consent: { ...consent, givenAt: old } })).toEqual([409, "consent-too-old"]);
  expect(await refused({ consent: undefined })).toEqual([422, "invalid_input"]);
  expect(await refused({ to: "+4930123456" })).toEqual([409, "country-not-allowed"]);
  expect(await refused({ to: "0301234" })).toEqual([422, "invalid_input"]);
  expect(await refused({ to: office.number })).toEqual([409, "own-number"]);
  expect(await refused({ lead: { hobby: "chess" } })).toEqual([422, "invalid_input"]);
  await office.api.post(`/v1/deployments/${office.deploymentId}/divert`);
  expect(await refused({})).toEqual([409, "diverted"]);
  await office.api.post(`/v1/deployments/${office.deploymentId}/undivert`);
});

test.each([
  ["outbound.intent.after", "before the carrier is asked"],
  ["outbound.outcome.before", "after the carrier was asked and before that is written"],
])("a worker killed at %s, %s, calls once", async (fault) => {
  const to = newLead();
  await answers(to, "busy");
  const doomed = await installation.worker(fault);
  const { id } = await office.api.post(path(), wish(to));
  expect((await doomed.ending(60_000))?.signal).toBe("SIGKILL");
  expect(await stateOf(id)).toMatchObject({ state: "calling", callId: null });
  const before = await placedTo(to);
  await installation.worker();
  const call = await reach(id, ["busy"], 30_000);
  expect(call.callId).toMatch(/^CA/);
  expect([before, await placedTo(to)]).toEqual([fault === "outbound.outcome.before" ? 1 : 0, 1]);
});

test("a lost answer of the carrier is looked up, not asked for again; one it never got is", async () => {
  await installation.worker();
  for (const [fault, expected] of [
    ["lose-response", 1],
    ["fail-before", 1],
    ["throttle", 1],
  ] as const) {
    const to = newLead();
    await answers(to, "busy");
    await installation.sandbox.setFault({
      vendor: "twilio",
      method: "POST",
      path: "/Calls.json",
      fault: { do: fault },
    });
    const { id } = await office.api.post(path(), wish(to));
    expect(await reach(id, ["busy"], 30_000), fault).toMatchObject({ state: "busy" });
    expect(await placedTo(to), fault).toBe(expected);
    await installation.sandbox.clearFaults();
  }
});
