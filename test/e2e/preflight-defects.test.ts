import { buildBundle, DEPLOYMENT_ID } from "@tandem/testkit";
import { demoAccount as google } from "@tandem/google/sandbox";
import { demoAccount as hubspot } from "@tandem/hubspot/sandbox";
import { demoWorkspace as retell } from "@tandem/retell/sandbox";
import { demoAccount as twilio } from "@tandem/twilio/sandbox";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { SandboxControl } from "@tandem/sandbox-host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Prepare, RealPreflight } from "./harness/real-preflight.ts";

let real: RealPreflight;
beforeAll(async () => void (real = await RealPreflight.start()));
afterAll(() => real.close());

const { bundle } = buildBundle({ deploymentId: DEPLOYMENT_ID });
const inProduction: Partial<ReleaseBundle> = { deployment: { ...bundle.deployment, environment: "production" } };
const editNumber = (form: Record<string, string>) => (control: SandboxControl) =>
  control.act("twilio", "editNumber", { number: twilio.numbers[0], form });
const DAY_MS = 86_400_000;

/** An application of the account, made as its owner makes one, and the number pointed at it. */
async function overrideByApplication(control: SandboxControl, { origins }: RealPreflight): Promise<void> {
  const authorization = `Basic ${btoa(`${twilio.accountSid}:${twilio.authToken}`)}`;
  const made = await fetch(`${origins["twilio"]}/2010-04-01/Accounts/${twilio.accountSid}/Applications.json`, {
    method: "POST",
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ FriendlyName: "Old telephone system", VoiceUrl: "https://old.example/voice" }),
  });
  const { sid } = (await made.json()) as { readonly sid: string };
  await editNumber({ VoiceApplicationSid: sid })(control);
}

interface Defect {
  readonly code: string;
  readonly prepare: Prepare;
  readonly patch?: Partial<ReleaseBundle>;
  readonly bakeMs?: number;
  readonly address?: string;
  readonly fix?: RegExp;
}

/** One defect at a real SDK's account each: the rollout is held, and the finding says what to do. */
const BLOCKING: Readonly<Record<string, Defect>> = {
  "a refresh token that was revoked": {
    code: "credential-refused",
    address: "connection/calendar",
    prepare: (control) => control.revoke("google", google.refreshToken),
  },
  "a refresh token that ends before the bake does": {
    code: "credential-ends-in-bake",
    address: "connection/calendar",
    bakeMs: 2 * DAY_MS,
    prepare: (control) => control.act("google", "setConsentEnd", { endsInMs: DAY_MS }),
  },
  "a calendar scope that was not granted": {
    code: "permission-missing",
    address: "connection/calendar",
    fix: /^Grant at the vendor: https:\/\/www\.googleapis\.com\/auth\/calendar\.freebusy\.$/,
    prepare: (control) =>
      control.act("google", "setGrantedScopes", {
        scopes: google.scopes.filter((scope) => !scope.endsWith("freebusy")),
      }),
  },
  "a CRM scope that was not granted": {
    code: "permission-missing",
    address: "connection/crm",
    fix: /^Grant at the vendor: crm\.objects\.contacts\.write\.$/,
    prepare: (control) =>
      control.act("hubspot", "setGrantedScopes", {
        scopes: hubspot.scopes.filter((scope) => scope !== "crm.objects.contacts.write"),
      }),
  },
  "a recogniser's key without its scope": {
    code: "permission-missing",
    address: "connection/provider.deepgram",
    fix: /^Grant at the vendor: usage:write\.$/,
    prepare: (control) => control.act("deepgram", "setScopes", { scopes: ["project:read", "keys:read"] }),
  },
  "a carrier's auth token that was revoked": {
    code: "credential-refused",
    address: "connection/telephony",
    prepare: (control) => control.revoke("twilio", twilio.authToken),
  },
  "an agent platform's key that was revoked": {
    code: "credential-refused",
    address: "connection/voiceAgent",
    prepare: (control) => control.revoke("retell", retell.apiKey),
  },
  "a carrier account that is suspended": {
    code: "account-not-active",
    address: "connection/telephony",
    prepare: (control) => control.act("twilio", "setAccount", { accountSid: twilio.accountSid, status: "suspended" }),
  },
  "a carrier account on trial in production": {
    code: "account-on-trial",
    address: "connection/telephony",
    patch: inProduction,
    fix: /Upgrade the account/,
    prepare: (control) => control.act("twilio", "setAccount", { accountSid: twilio.accountSid, type: "Trial" }),
  },
  "a voice's plan that is not paid": {
    code: "account-unpaid",
    address: "connection/provider.elevenlabs",
    prepare: (control) => control.act("elevenlabs", "setAccount", { status: "past_due" }),
  },
  "a number that the account does not own": {
    code: "number-not-owned",
    patch: { deployment: { ...bundle.deployment, number: "+15550199999" } },
    prepare: () => undefined,
  },
  "a number that is another one than was attached": {
    code: "number-changed",
    prepare: (_control, { database }) => attach(database, { externalId: "PN00000000000000000000000000000000" }),
  },
  "an attached number in another account": {
    code: "number-account-changed",
    prepare: async (_control, { database }) => attach(database, { connectionId: "crm" }),
  },
  "an agent that hears another encoding than the carrier sends": {
    code: "audio-mismatch",
    patch: { agent: { ...bundle.agent, audio: { encoding: "opus", sampleRateHz: 48_000 } } },
    prepare: () => undefined,
  },
  "a limit of calls below the busiest moment": {
    code: "concurrency-short",
    address: "connection/voiceAgent",
    fix: /Raise the limit/,
    prepare: (control, { database }) => {
      database.busiestCalls.set("voiceAgent", 9);
      return control.act("retell", "addWorkspace", { id: retell.id, concurrencyLimit: 10 });
    },
  },
  "a calendar that refuses a booking": {
    code: "canary-refused",
    address: "connection/calendar",
    prepare: (_control, { database }) => rebind(database, "nobody@calendar.example"),
  },
  "a vendor that is mostly slower than a tool waits, in production": {
    code: "vendor-too-slow",
    address: "connection/crm",
    patch: inProduction,
    fix: /region/,
    prepare: (control) => control.setFault({ vendor: "hubspot", times: null, fault: { do: "delay", ms: 600 } }),
  },
};

function attach(database: RealPreflight["database"], changes: { externalId?: string; connectionId?: string }): void {
  const state = database.state(DEPLOYMENT_ID);
  const [calendar] = state.bindings;
  const number = {
    ...calendar!,
    address: "telephony.number/main",
    kind: "telephony.number",
    connectionId: "telephony",
    externalId: null,
    ...changes,
  };
  database.deployments.set(DEPLOYMENT_ID, {
    ...state,
    attachment: { attached: true, storedRouting: null },
    bindings: [...state.bindings, number],
  });
}

function rebind(database: RealPreflight["database"], externalId: string): void {
  const state = database.state(DEPLOYMENT_ID);
  const bindings = state.bindings.map((binding) => ({ ...binding, externalId }));
  database.deployments.set(DEPLOYMENT_ID, { ...state, bindings });
}

test("accounts in order block nothing, are timed by twenty reads each, and hold no test object afterwards", async () => {
  const { findings, isHeld } = await real.findings({}, undefined, undefined, 20);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(isHeld).toBe(false);
  const measured = findings.find(({ code }) => code === "vendors-measured")?.detail ?? "";
  for (const vendor of ["twilio", "retell", "google", "hubspot"])
    expect(measured).toMatch(new RegExp(`${vendor} \\d+/\\d+ ms of 20`));
  const made = await real.control.ledger({});
  expect(made.filter(({ vendor }) => vendor === "google").length).toBeGreaterThanOrEqual(2);
  expect(made.filter(({ vendor }) => vendor === "hubspot").length).toBeGreaterThanOrEqual(2);
  const bookings = await real.control.rows<{ summary?: string; status?: string }>("google", "events");
  expect(bookings.filter(({ summary, status }) => summary === "Preflight canary" && status !== "cancelled")).toEqual(
    [],
  );
  const contacts = await real.control.rows<{ archived?: boolean; properties?: { email?: string } }>(
    "hubspot",
    "contacts",
  );
  expect(contacts.filter(({ properties }) => properties?.email?.startsWith("canary-"))).toEqual([]);
});

describe("a defect at a vendor blocks the rollout and says what to do", () => {
  test.each(Object.entries(BLOCKING))("%s", async (_name, { code, prepare, patch, bakeMs, address, fix }) => {
    const { findings, isHeld } = await real.findings(patch, bakeMs, prepare);
    const found = findings.filter((finding) => finding.severity === "error");
    expect(
      found.map((finding) => finding.code),
      JSON.stringify(found),
    ).toContain(code);
    const [finding] = found.filter((each) => each.code === code);
    if (address !== undefined) expect(finding?.address).toBe(address);
    expect(finding?.fix).toMatch(fix ?? /\w/);
    expect(isHeld).toBe(true);
  });
});

test.each<[string, string, Prepare]>([
  ["warning trunk-dropped", "a trunk", editNumber({ TrunkSid: "TK00000000000000000000000000000001" })],
  ["warning application-overridden", "an application", overrideByApplication],
  ["note number-adoptable", "another webhook", editNumber({ VoiceUrl: "https://elsewhere.example/voice" })],
  [
    "warning account-trial-only",
    "a trial",
    (control) => control.act("twilio", "setAccount", { accountSid: twilio.accountSid, type: "Trial" }),
  ],
  [
    "warning credential-expiring",
    "an end within days",
    (control) => control.act("google", "setConsentEnd", { endsInMs: 5 * DAY_MS }),
  ],
])(
  "%s: what it would change or what is to come is named, and blocks nothing (%s)",
  async (expected, _what, prepare) => {
    const { findings, isHeld } = await real.findings({}, undefined, prepare);
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toContain(expected);
    expect(isHeld).toBe(false);
  },
);
