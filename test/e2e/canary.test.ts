import { randomBytes } from "node:crypto";
import type { Fault } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import {
  type Canary,
  canary,
  databaseRows,
  hits,
  logsOf,
  mediaFiles,
  operatorViews,
  type Place,
} from "./harness/canary.ts";
import { dial, hangUp, ring, sessionOf } from "./harness/carrier.ts";
import { tandem } from "./harness/command-line.ts";
import { readStream } from "./harness/event-stream.ts";
import { Installation } from "./harness/installation.ts";
import { Office, type OfficeSecrets } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";

const mark = (what: string): string => `CANARY${what}${randomBytes(12).toString("hex")}`;

const secrets: OfficeSecrets = {
  authToken: mark("twilio"),
  retellKey: mark("retell"),
  clientSecret: mark("googleclient"),
  refreshToken: `1//${mark("googlerefresh")}`,
  accessToken: `pat-na1-${mark("hubspot")}`,
};
/** Stored as credentials and refused by the vendors. */
const refused = {
  retell: mark("refusedretell"),
  hubspot: mark("refusedhubspot"),
  twilio: mark("refusedtwilio"),
  google: mark("refusedgoogle"),
};
const person = {
  name: `Quentin ${mark("name")}`,
  email: `${mark("mail").toLowerCase()}@example.com`,
  number: "+15557316498",
  message: mark("message"),
};

let database: FreshDatabase;
let installation: Installation;
let office: Office;
const answers: Place[] = [];
const printed: Place[] = [];

const run = async (...words: string[]) => {
  const ran = await tandem(office.api, words);
  printed.push({ name: `tandem ${words.join(" ")}`, text: ran.out + ran.err });
  return ran;
};

const FAULTS: readonly Fault[] = [
  { do: "fail-before", status: 401 },
  { do: "fail-before", status: 403 },
  { do: "fail-before", status: 500 },
  { do: "hang" },
  { do: "reset" },
  { do: "truncate", framing: "intact" },
  { do: "bad-gateway" },
];
const VENDORS = ["twilio", "retell", "google", "hubspot"] as const;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({
    databases: database,
    variables: { TANDEM_LOG_LEVEL: "trace" },
    listener: (where, text) => answers.push({ name: where, text }),
  });
  await installation.worker();
  office = await Office.open(installation, { secrets });
  await live();
  await calls();
  await failures();
}, 240_000);
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

/** Two rollouts, plans, drift, status: the whole of what an operator sees. */
async function live(): Promise<void> {
  await run("plan", "front-desk");
  await run("plan", "front-desk", "--json");
  expect((await run("apply", "front-desk", "--yes", "--bake", "0.3")).code).toBe(0);
  await office.set({ voice: "11labs-Myra" });
  const { id } = await office.rollOut();
  printed.push({ name: "event stream", text: JSON.stringify(await readStream(office.api, id, -1)) });
  await run("drift", "front-desk");
  await run("status", "front-desk", "--json");
  await run("connections", "--json");
  for (const path of [
    "/v1/audit?limit=200",
    "/v1/api-keys",
    "/v1/connections",
    "/v1/manifests",
    "/v1/vendors",
    `/v1/deployments/${office.deploymentId}/pointer-history`,
  ])
    await office.api.get(path);
}

/** A caller whose words and number are personal, with tools that work and tools that fail. */
async function calls(): Promise<void> {
  const call = await dial(office, person.number);
  const use = (tool: string, words: Record<string, string>) =>
    installation.sandbox.act<{ status: number; result: { event_id?: string; slots?: { start: string }[] } }>(
      "retell",
      "callTool",
      { callId: call.connected.agentCallId ?? "", tool, arguments: words },
    );
  const { result } = await use("find_slots", {});
  const start = result.slots?.[0]?.start ?? "";
  expect(
    (await use("book_slot", { start, name: person.name, phone: person.number, reason: person.message })).status,
  ).toBe(200);
  expect(
    (
      await use("save_contact", {
        name: person.name,
        phone: person.number,
        email: person.email,
        reason: person.message,
      })
    ).status,
  ).toBe(200);
  expect((await use("save_message", { text: person.message })).status).toBe(200);
  for (const fault of FAULTS) {
    for (const vendor of ["google", "hubspot"])
      await installation.sandbox.setFault({
        vendor,
        method: "POST",
        times: 3,
        fault: fault.do === "hang" ? { do: "reset" } : fault,
      });
    await use("book_slot", { start, name: person.name, phone: person.number, reason: `${person.message} again` });
    await use("save_contact", { name: `${person.name} again`, phone: person.number, email: person.email });
    await installation.sandbox.clearFaults();
  }
  await hangUp(office, call.callSid);
  await eventually("the call is over", async () =>
    (await sessionOf(office, call.callSid)).endedAt === null ? undefined : true,
  );
  const forged = await ring(
    Object.assign(Object.create(office) as Office, { secrets: { ...office.secrets, authToken: "wrong" } }),
    `http://127.0.0.1:${installation.ports.media}`,
  );
  expect(forged.status).toBe(403);
}

/** Every vendor fails in every way, in plans, checks and a rollout; then each refuses the credential itself. */
async function failures(): Promise<void> {
  for (const fault of FAULTS) {
    for (const vendor of VENDORS) await installation.sandbox.setFault({ vendor, times: 2, fault });
    await Promise.all(Object.values(office.connections).map((id) => checkConnection(id)));
    await office.plan();
    await installation.sandbox.clearFaults();
  }
  await office.set({
    voice: "11labs-Adrian",
    businessDescription: "Repairs water pipes in the harbor district, and boats.",
  });
  for (const vendor of VENDORS)
    for (const fault of [{ do: "fail-after" }, { do: "lose-response" }] as const)
      await installation.sandbox.setFault({ vendor, method: "POST", fault });
  await office.rollOut();
  await installation.sandbox.clearFaults();
  const wrong: Record<string, Record<string, string>> = {
    voiceAgent: { apiKey: refused.retell },
    crm: { accessToken: refused.hubspot },
    telephony: { authToken: refused.twilio },
    calendar: { clientSecret: refused.google, refreshToken: refused.google },
  };
  for (const [role, values] of Object.entries(wrong)) {
    const id = office.connections[role as keyof Office["connections"]];
    await office.api.put(`/v1/connections/${id}/credential`, { secrets: values });
    await checkConnection(id);
  }
  await run("plan", "front-desk");
  await run("drift", "front-desk");
  const { id } = await office.roll();
  await office.reach(id, ["held"]);
  await run("status", "front-desk");
  printed.push({
    name: "event stream of a held rollout",
    text: JSON.stringify((await office.api.get(`/v1/rollouts/${id}/events`)).items),
  });
}

async function checkConnection(id: string): Promise<void> {
  const { checkId } = await office.api.post(`/v1/connections/${id}/test`);
  await eventually("check", async () =>
    (await office.api.get(`/v1/checks/${checkId}`)).state === "pending" ? undefined : true,
  );
}

/** Everything that leaves the processes or is kept by them, the emulated vendors excepted. */
async function places(): Promise<Place[]> {
  const told = [...answers, ...printed, ...(await operatorViews(installation))];
  return [...logsOf(installation), ...mediaFiles(installation), ...told, ...(await databaseRows(installation))];
}

test("what was looked through is really there", async () => {
  const all = await places();
  const names = all.map(({ name }) => name);
  for (const table of [
    "public.credential_version",
    "public.audit",
    "public.plan",
    "public.rollout_event",
    "public.idempotency_key",
    "bullmq.job",
  ])
    expect(names).toContain(table);
  expect(all.find(({ name }) => name === "public.session_event")?.text).toContain("tool-finished");
  expect(
    all
      .filter(({ name }) => name.startsWith("log of worker"))
      .map(({ text }) => text)
      .join(""),
  ).toContain("worker");
  expect(answers.length).toBeGreaterThan(100);
  // The search finds what is there: a deployment's id is in the database and in answers.
  expect(hits([canary("id", office.deploymentId)], all).length).toBeGreaterThan(5);
});

test("no secret shows anywhere: logs, answers, streams, plans, queue, database, the node's files", async () => {
  const accounts = Object.values(office.accounts);
  const own = installation.secrets();
  const canaries: Canary[] = [
    ...Object.entries(secrets).map(([name, value]) => canary(name, value, accounts)),
    ...Object.entries(refused).map(([name, value]) => canary(`refused ${name}`, value, accounts)),
    ...Object.entries(own).map(([name, value]) => canary(name, value)),
  ];
  expect(hits(canaries, await places())).toEqual([]);
});

test("an API key shows in the one answer that made it", async () => {
  const keys = [office.api.key, installation.platform.key].map((key, nth) =>
    canary(`key ${nth}`, key.split("_")[3] ?? key),
  );
  const all = (await places()).filter(({ name }) => name !== "POST /v1/api-keys → 201");
  expect(hits(keys, all)).toEqual([]);
});

test("what callers said and who they are is in their sessions only", async () => {
  const canaries = Object.entries(person).map(([name, value]) => canary(name, value));
  const mayHold = new Set(["public.session", "public.session_event"]);
  const elsewhere = (await places()).filter(({ name }) => !mayHold.has(name) && !name.startsWith("media file"));
  expect(hits(canaries, elsewhere)).toEqual([]);
});
