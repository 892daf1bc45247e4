import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;
let admin: string;
beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
  admin = await api.key(await api.tenant("speaking"), "tenant-admin", "author", "operator");
  const folder = join(import.meta.dirname, "../../../playbooks/after-hours-answering");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /^(manifest\.yaml|prompts.+\.md|smoke.+\.yaml)$/.test(name))
    .map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]);
  const published = await api.ask(admin, "POST", "/v1/manifests", { files: Object.fromEntries(files) });
  if (published.status !== 201) throw new Error(JSON.stringify(published.body));
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const OVERLAY = {
  businessName: "Harbor Plumbing",
  businessDescription: "Harbor Plumbing repairs heating and water pipes in the harbor district.",
  timeZone: "America/New_York",
  staffNumbers: ["+15550100101"],
  onCallNumber: "+15550100103",
  fallbackNumber: "+15550100104",
  emergencyNumber: "+15550100105",
};

async function connect(vendor: string, config = {}): Promise<string> {
  const name = `${vendor}-${randomUUID().slice(0, 8)}`;
  const made = await api.ask(admin, "POST", "/v1/connections", { name, vendor, endpoint: "sandbox", config });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.id as string;
}

const create = (connections: Record<string, string>, agentKind = "tandem") =>
  api.ask(admin, "POST", "/v1/deployments", {
    name: `d-${randomUUID().slice(0, 8)}`,
    playbook: "after-hours-answering",
    environment: "development",
    number: `+1555${String(Math.trunc(Math.random() * 1e7)).padStart(7, "0")}`,
    connections,
    overlay: { ...OVERLAY, agentKind },
  });

const accounts = async () => ({
  telephony: await connect("twilio", { accountSid: "AC5a0dbeefd3a0000000000000000000a1" }),
  calendar: await connect("google", { auth: "oauth", clientId: "x" }),
  crm: await connect("hubspot"),
});
const models = async () => ({
  "provider.openai": await connect("openai", { service: "openai" }),
  "provider.groq": await connect("openai", { service: "groq" }),
  "provider.together": await connect("openai", { service: "together" }),
});

test("a deployment names an account for each provider, under its name, and nothing else", async () => {
  const id = await connect("deepgram");
  const made = await create({ "provider.deepgram": id });
  expect(made.status).toBe(201);
  expect(made.body.connections).toEqual({ "provider.deepgram": id });
  for (const role of ["provider.", "provider.Deepgram", "billing"]) {
    const refused = await create({ [role]: id });
    expect(refused.status, role).toBe(422);
    expect(JSON.stringify(refused.body.errors), role).toMatch(/connections.*provider\.<name>/);
  }
});

test("vendors tell which providers they are and what each can do", async () => {
  const { body } = await api.ask(admin, "GET", "/v1/vendors");
  const providers = Object.fromEntries(
    body.items.map((vendor: { id: string; providers: object }) => [vendor.id, vendor.providers]),
  );
  expect(providers).toMatchObject({
    deepgram: { deepgram: ["stt", "tts"] },
    cartesia: { cartesia: ["tts"] },
    twilio: {},
  });
  expect(providers["openai"]).toMatchObject({ groq: ["llm"], together: ["llm"] });
});

test("a release on our own engine is planned with its providers' accounts, without a hosted agent's", async () => {
  const speech = {
    "provider.deepgram": await connect("deepgram"),
    "provider.cartesia": await connect("cartesia"),
    "provider.elevenlabs": await connect("elevenlabs"),
  };
  const { body: deployment } = await create({ ...(await accounts()), ...(await models()), ...speech });
  const planned = await api.ask(admin, "POST", `/v1/deployments/${deployment.id}/plans`, {});
  expect(planned.status, JSON.stringify(planned.body)).toBe(202);
});

test("what is missing is named with the place and the fix; an account of another service does not count", async () => {
  const wrong = { ...(await models()), "provider.groq": await connect("openai", { service: "openai" }) };
  const { body: deployment } = await create({ ...(await accounts()), ...wrong }, "custom-llm");
  const refused = await api.ask(admin, "POST", `/v1/deployments/${deployment.id}/plans`, {});
  expect(refused).toMatchObject({ status: 422, body: { code: "configuration_invalid" } });
  const problems = JSON.stringify(refused.body);
  for (const told of ["connections.voiceAgent", "connections.provider.groq", "serves openai"])
    expect(problems).toContain(told);
  expect(problems).not.toContain("connections.provider.openai");
  expect(problems).not.toContain("provider.cartesia");
});
