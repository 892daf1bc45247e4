import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { playbookFiles } from "./testing/playbook-files.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let admin: string;
const connections: Record<string, string> = {};

const OVERLAY = {
  businessName: "Harbor Plumbing",
  businessDescription: "Repairs and installs heating, bathrooms and water pipes.",
  timeZone: "America/New_York",
  staffNumbers: ["+15550100101"],
  onCallNumber: "+15550100103",
  fallbackNumber: "+15550100104",
  emergencyNumber: "+15550100105",
};

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  admin = await api.key(await api.tenant("configured"), "tenant-admin", "author");
  const published = await api.ask(admin, "POST", "/v1/manifests", { files: playbookFiles("after-hours-answering") });
  if (published.status !== 201) throw new Error(JSON.stringify(published.body));
  for (const [role, vendor, config] of [
    ["telephony", "twilio", { accountSid: "AC5a0dbeefd3a0000000000000000000a1" }],
    ["voiceAgent", "retell", {}],
    ["calendar", "google", { auth: "oauth", clientId: "x" }],
    ["crm", "hubspot", {}],
    ["provider.groq", "openai", { service: "groq" }],
  ] as const) {
    const made = await api.ask(admin, "POST", "/v1/connections", { name: vendor, vendor, endpoint: "sandbox", config });
    connections[role] = made.body.id;
  }
  const { "provider.groq": _spare, ...named } = connections;
  const made = await api.ask(admin, "POST", "/v1/deployments", {
    name: "front-desk",
    playbook: "after-hours-answering",
    environment: "development",
    number: "+15550100001",
    connections: named,
    overlay: { ringSeconds: 15 },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  await api.ask(admin, "PUT", "/v1/overlays/after-hours-answering", { values: OVERLAY }, { "if-match": '"0"' });
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const form = async () => (await api.ask(admin, "GET", "/v1/deployments/front-desk/form")).body;
const validate = (body: unknown, headers?: Record<string, string>) =>
  api.ask(admin, "POST", "/v1/deployments/front-desk/configuration/validate", body, headers);
const asYaml = async (method: string, url: string, text: string, headers: Record<string, string> = {}) => {
  const answer = await api.app.inject({
    method: method as "PUT",
    url,
    payload: text,
    headers: {
      authorization: `Bearer ${admin}`,
      "content-type": "text/yaml",
      "idempotency-key": randomUUID(),
      ...headers,
    },
  });
  return { status: answer.statusCode, headers: answer.headers, text: answer.body };
};

test("the form has the author's order, the values in force and where they come from", async () => {
  const { fields, groups, agent, playbook, number, problems, ...rest } = await form();
  expect(groups).toEqual(["Business", "Opening hours", "People", "Conversation", "Accounts", "Compliance"]);
  expect(fields[0].name).toBe("businessName");
  const byName = Object.fromEntries(fields.map((field: { name: string }) => [field.name, field]));
  expect(byName.ringSeconds).toMatchObject({
    type: "integer",
    unit: "seconds",
    min: 5,
    max: 60,
    value: 15,
    source: "deployment-overlay",
    layers: { playbook: 20, deployment: 15 },
  });
  expect(byName.businessName).toMatchObject({ source: "tenant-overlay", value: "Harbor Plumbing", isRequired: true });
  expect(byName.staffNumbers.item).toMatchObject({ type: "phone-number" });
  expect(byName.openingHours.timeZoneOf).toBe("timeZone");
  expect([byName.voice.isUsed, byName.cartesiaVoice.isUsed]).toEqual([true, false]);
  expect(agent).toEqual({ parameter: "agentKind", kind: "retell-llm" });
  expect(playbook).toMatchObject({ name: "after-hours-answering", title: "After-hours answering" });
  expect([number, problems]).toEqual([{ value: "+15550100001", isRequired: true }, []]);
  expect([rest.configVersion, rest.overlayVersion]).toEqual([1, 1]);
});

test("each role offers what fits it: a provider's account only where it is one", async () => {
  const { accounts } = await form();
  const role = (name: string) => accounts.find((account: { role: string }) => account.role === name);
  expect(role("crm")).toMatchObject({
    connectionId: connections["crm"],
    isNeeded: true,
    vendors: [{ vendor: "hubspot", title: "HubSpot CRM" }],
    connections: [{ id: connections["crm"], hasCredential: false }],
  });
  expect(role("crm").vendors[0].scopes).toContainEqual({
    scope: "crm.objects.contacts.read",
    reason: "find the caller's contact",
  });
  expect(role("provider.groq")).toMatchObject({
    isNeeded: false,
    connectionId: null,
    connections: [{ id: connections["provider.groq"] }],
  });
  expect(role("provider.together").connections).toEqual([]);
});

test("validation names the input, says what the server says, and writes nothing", async () => {
  const { status, body } = await validate({
    overlay: { ringSeconds: 99, nonsense: 1, cartesiaVoice: "x" },
    connections: { ...connections, crm: randomUUID() },
    number: null,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ isValid: false, bundleHash: null, isLive: false });
  const pointers = body.errors.map(({ pointer, field }: { pointer: string; field: string }) => [pointer, field]);
  expect(pointers).toEqual(
    expect.arrayContaining([
      ["/overlay/ringSeconds", "ringSeconds"],
      ["/overlay/nonsense", "nonsense"],
      ["/connections/crm", "crm"],
      ["/number", null],
    ]),
  );
  expect(body.errors.find(({ field }: { field: string }) => field === "ringSeconds").message).toContain("at most 60");
  expect(body.warnings).toContainEqual(
    expect.objectContaining({ code: "unused-value", pointer: "/overlay/cartesiaVoice" }),
  );
  expect((await form()).configVersion).toBe(1);
});

test("what is left out is taken as it is stored; a good one makes a release", async () => {
  const { body } = await validate({});
  expect(body).toMatchObject({ isValid: true, errors: [], isLive: false });
  expect(body.bundleHash).toMatch(/^[0-9a-f]{64}$/);
  expect((await validate({ overlay: { ringSeconds: 20 } })).body.bundleHash).not.toBe(body.bundleHash);
  expect((await validate({ tenantOverlay: {} })).body.errors).toContainEqual(
    expect.objectContaining({ code: "parameter-unset", pointer: "/overlay/businessName" }),
  );
});

test("a number that would bring the call back is found at the field that names it", async () => {
  const { body } = await validate({ overlay: { onCallNumber: "+15550100001" } });
  expect(body.errors).toContainEqual(
    expect.objectContaining({ code: "forwarding-loop", pointer: "/overlay/onCallNumber", field: "onCallNumber" }),
  );
});

test("the configuration goes out as YAML and comes back with line and column", async () => {
  const url = "/v1/deployments/front-desk/configuration";
  const read = await asYaml("GET", url, "", { accept: "text/yaml" });
  expect(read.headers["content-type"]).toContain("text/yaml");
  expect(read.text).toContain("ringSeconds: 15");
  const wrong = await asYaml("POST", `${url}/validate`, "overlay:\n  ringSeconds: 15\n  callbackMinutes: 4\n");
  expect(JSON.parse(wrong.text).errors).toMatchObject([
    { pointer: "/overlay/callbackMinutes", line: 3, column: 3, field: "callbackMinutes" },
  ]);
  const unreadable = await asYaml("PUT", url, "overlay: {a: [}\n", { "if-match": '"1"' });
  expect(unreadable.status).toBe(422);
  expect(JSON.parse(unreadable.text).errors[0].path).toMatch(/^configuration\.yaml:1:\d+/);
  const misshapen = await asYaml("PUT", url, `${read.text}\nowner: me\nnumber2: 5\n`, { "if-match": '"1"' });
  expect(misshapen.status).toBe(422);
  const badNumber = await asYaml("PUT", url, 'number: "5"\nconnections: {}\noverlay: {}\n', { "if-match": '"1"' });
  expect(JSON.parse(badNumber.text).errors).toMatchObject([{ path: "/number", line: 1, column: 1 }]);
  const written = await asYaml("PUT", url, read.text, { "if-match": '"1"' });
  expect([written.status, JSON.parse(written.text).configVersion], written.text).toEqual([200, 2]);
});

test("the tenant's overlay goes out and comes back as YAML, too; other routes take JSON only", async () => {
  const url = "/v1/overlays/after-hours-answering";
  const read = await asYaml("GET", url, "", { accept: "application/yaml" });
  expect(read.text).toContain("businessName: Harbor Plumbing");
  const written = await asYaml("PUT", url, read.text, { "if-match": '"1"' });
  expect([written.status, JSON.parse(written.text).values]).toEqual([200, OVERLAY]);
  expect((await asYaml("POST", "/v1/freezes", "reason: x\n")).status).toBe(415);
});

test("time zones are those that a parameter may name", async () => {
  const { items } = (await api.ask(admin, "GET", "/v1/time-zones")).body;
  expect(items.length).toBeGreaterThan(300);
  expect(items).toContainEqual({ name: "UTC", offsetMinutes: 0 });
  expect(items).toContainEqual({ name: "Asia/Kolkata", offsetMinutes: 330 });
});

test("vendors say how an account is connected", async () => {
  const { items } = (await api.ask(admin, "GET", "/v1/vendors")).body;
  const twilio = items.find(({ id }: { id: string }) => id === "twilio");
  expect(twilio.setUp[0]).toMatchObject({ at: "https://console.twilio.com", gives: ["accountSid", "authToken"] });
});
