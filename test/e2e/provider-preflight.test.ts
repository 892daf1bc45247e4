import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";

let database: FreshDatabase;
let installation: Installation;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
});
afterEach(() => installation.sandbox.clearFaults());
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

interface Finding {
  readonly severity: string;
  readonly code: string;
  readonly address: string;
  readonly detail: string;
}

/** Findings about providers, as `severity code address`. */
const told = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ address, code }) => /^(providers|connection\/provider|latency)/.test(address) && !code.endsWith("slow"))
    .map(({ severity, code, address }) => `${severity} ${code} ${address}`);

describe("a release on our own engine", () => {
  let office: Office;
  beforeAll(async () => {
    office = await Office.open(installation, { agentKind: "tandem" });
  });

  test("is planned with what its providers needed a moment ago, without a hosted agent", async () => {
    const { state, plan, prose } = await office.plan();
    expect(state).toBe("ready");
    expect(
      plan.latency.providers.map((each: { kind: string; position: number }) => `${each.kind} ${each.position}`),
    ).toEqual(["stt", "llm", "tts"].flatMap((kind) => [0, 1, 2].map((position) => `${kind} ${position}`)));
    for (const { p50Ms, p95Ms, samples, model } of plan.latency.providers) {
      expect(p50Ms, model).toBeGreaterThan(0);
      expect(p95Ms, model).toBeGreaterThanOrEqual(p50Ms);
      expect(samples, model).toBeGreaterThan(0);
    }
    expect(plan.latency.endToEnd.speculative.p50Ms).toBeLessThan(plan.latency.endToEnd.plain.p50Ms);
    expect(prose).toContain("How fast it will answer");
    expect(plan.cost).toMatchObject({ perCallMicros: expect.any(Number) as number, unknown: [] });
    expect(prose).toContain("What a call will cost");
    expect(plan.changes.filter(({ vendor }: { vendor: string }) => vendor === "retell")).toEqual([]);
    expect(told(plan.findings).filter((line) => line.startsWith("error"))).toEqual([]);
  });

  test("is stopped by a voice that its provider does not know", async () => {
    await office.set({ cartesiaVoice: "nobody-by-this-id" });
    const { plan } = await office.plan();
    expect(told(plan.findings)).toContain("error provider-refused providers.tts[0]");
    expect(told(plan.findings)).not.toContain("error provider-refused providers.tts[1]");
    await office.set({ cartesiaVoice: "a0e99841-438c-4a64-b679-ae501e7d6091" });
  });

  test("is stopped by an account that the provider refuses, and names the account, not its key", async () => {
    const connection = office.providers?.["provider.groq"] ?? "";
    const canary = "wrong-key-canary-4711";
    await office.api.put(`/v1/connections/${connection}/credential`, { secrets: { apiKey: canary } });
    const { plan } = await office.plan();
    expect(told(plan.findings)).toContain("error credential-refused connection/provider.groq");
    expect(JSON.stringify(plan)).not.toContain(canary);
  });
});

test("a hosted agent with our engine behind it dials our socket, and needs accounts for thinking only", async () => {
  const office = await Office.open(installation, { agentKind: "custom-llm" });
  const { plan } = await office.plan();
  const agent = plan.changes.find(({ address }: { address: string }) => address === "voice-agent.agent/main");
  expect(agent.after.llmWebsocketUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/agent\/[0-9a-v]{26}\/llm\/[0-9a-v]{26}$/);
  expect(agent.after.llmId).toBeUndefined();
  expect(plan.changes.some(({ address }: { address: string }) => address === "voice-agent.llm/main")).toBe(false);
  expect(plan.latency.providers.every(({ kind }: { kind: string }) => kind === "llm")).toBe(true);
  expect(plan.latency.endToEnd).toBeNull();
});
