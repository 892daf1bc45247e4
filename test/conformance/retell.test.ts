import { Secret, systemClock } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import { adapter } from "@tandem/retell";
import { demoWorkspace, sandbox } from "@tandem/retell/sandbox";
import { agentIngress } from "@tandem/retell/webhook";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deviations, touched, type VendorInterface } from "./interface.ts";
import { type OpenApiDocument, openApiInterface } from "./openapi.ts";
import { type Recording, startRecording } from "./recording.ts";
import { type SdkInterface, retellInterface } from "./retell-interface.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const secrets = { apiKey: new Secret(demoWorkspace.apiKey) };

describeWithSpec("retell/retell-sdk-5.66.1.schema.json", "Retell", () => {
  let vendor: VendorInterface;
  let recording: Recording;
  beforeAll(async () => {
    const older = openApiInterface(readSpec<OpenApiDocument>("retell/retell-openapi-3.0.0.yaml"));
    vendor = retellInterface(readSpec<SdkInterface>("retell/retell-sdk-5.66.1.schema.json"), older);
    recording = await startRecording([sandbox]);
    const connection = await open(recording);
    const agent = await useAgents(connection);
    await useCalls(recording, connection, agent);
    await useNumbers(recording, agent);
  });
  afterAll(() => recording.running.close());

  test("every request of the adapter and every answer of the emulator is as the vendor describes it", () => {
    expect(deviations(vendor, recording.exchanges)).toEqual([]);
  });

  test("every operation that the adapter uses and that the emulator offers was exercised", () => {
    expect(touched(vendor, recording.exchanges)).toMatchInlineSnapshot(`
      [
        "DELETE /delete-agent/{agent_id}",
        "DELETE /delete-phone-number/{phone_number}",
        "DELETE /delete-retell-llm/{llm_id}",
        "GET /get-agent/{agent_id}",
        "GET /get-api-key-info",
        "GET /get-concurrency",
        "GET /get-phone-number/{phone_number}",
        "GET /get-retell-llm/{llm_id}",
        "GET /list-agent-versions/{agent_id}",
        "GET /list-voices",
        "GET /v2/get-call/{call_id}",
        "GET /v2/list-phone-numbers",
        "GET /v2/list-retell-llms",
        "PATCH /update-agent/{agent_id}",
        "PATCH /update-phone-number/{phone_number}",
        "POST /create-agent",
        "POST /create-agent-version/{agent_id}",
        "POST /create-retell-llm",
        "POST /import-phone-number",
        "POST /publish-agent-version/{agent_id}",
        "POST /v2/list-agents",
        "POST /v2/register-phone-call",
      ]
    `);
  });

  test("the check can fail", () => {
    const exchange = recording.exchanges.find(({ request }) => request.path === "/create-agent");
    if (exchange === undefined) throw new Error("no agent was created");
    const request = { ...exchange.request, body: exchange.request.body.replace('"voice_id"', '"voice_identity"') };
    const response = { status: 200, body: { agent_id: 7 } };
    const found = deviations(vendor, [{ ...exchange, request, response }]).join("\n");
    expect(found).toContain("the body has voice_identity, which is not described");
    expect(found).toContain("must have required property 'voice_id'");
    expect(found).toContain("status 200 instead of 201");
  });
});

const open = (recording: Recording): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "c",
    config: {},
    secrets,
    baseUrl: recording.origin("retell"),
    clock: systemClock,
    deadlineMs: 5000,
  });

const tool = {
  name: "book",
  description: "Books a call-back",
  url: "https://media.example/tools/book",
  parameters: { type: "object", properties: { at: { type: "string", description: "ISO 8601" } }, required: ["at"] },
  timeoutMs: 8000,
  speakDuring: true,
  executionMessage: "One moment.",
};

const agentFields = (llmId: string, name: string) => ({
  name,
  llmId,
  llmVersion: "0",
  voiceId: "11labs-Adrian",
  language: "en-US",
  webhookUrl: "",
  interruptionSensitivity: 0.8,
  endCallAfterSilenceMs: 30_000,
  maxCallDurationMs: 600_000,
  boostedKeywords: ["Tandem"],
});

/** Every method of the resources port, on both kinds. */
async function useAgents({ resources }: OpenConnection): Promise<string> {
  const llmTarget = {
    kind: "voice-agent.llm",
    externalKey: "llmkey",
    externalId: null,
    label: "llm",
    fields: { model: "gpt-4.1", temperature: 0.2, prompt: "Be kind.", beginMessage: "Hello.", tools: [tool] },
  };
  const llmId = (await resources.write("create", llmTarget))?.externalId ?? "";
  const target = { kind: "voice-agent.agent", externalKey: "agentkey", label: "1.0.0" };
  const agentId =
    (await resources.write("create", { ...target, externalId: null, fields: agentFields(llmId, "One") }))?.externalId ??
    "";
  const existing = { ...target, externalId: agentId, fields: agentFields(llmId, "Two") };
  for (const verb of ["publish", "draft", "update", "publish"] as const) await resources.write(verb, existing);
  for (const kind of ["voice-agent.llm", "voice-agent.agent"]) {
    await resources.read(kind, kind.endsWith("llm") ? llmId : agentId);
    await resources.read(kind, "unknown");
    await resources.findByKey(kind, kind.endsWith("llm") ? "llmkey" : "agentkey");
  }
  const spare = (await resources.write("create", { ...llmTarget, externalKey: "spare" }))?.externalId ?? "";
  await resources.write("delete", { ...llmTarget, externalId: spare, fields: null });
  const doomed = await resources.write("create", {
    ...target,
    externalKey: "doomed",
    externalId: null,
    fields: agentFields(llmId, "Three"),
  });
  await resources.write("delete", { ...target, externalId: doomed?.externalId ?? "", fields: null });
  return agentId;
}

async function useCalls(
  { running, origin }: Recording,
  { voiceAgent, voices }: OpenConnection,
  agentId: string,
): Promise<void> {
  await voiceAgent?.probe();
  expect((await voices?.list())?.voices).not.toEqual([]);
  const registrar = agentIngress.registrar({ secrets, baseUrl: origin("retell") });
  const call = {
    agentId,
    agentVersion: 1,
    from: "+15557770001",
    to: "+15550100001",
    direction: "inbound",
    metadata: { stamp: "x" },
    variables: { caller_name: "Ada" },
  } as const;
  const { agentCallId: callId } = await registrar.registerCall(call);
  await running.control.act("retell", "startCall", { callId });
  await voiceAgent?.concurrency();
  await ask(origin("retell"), "GET", `/v2/get-call/${callId}`);
  await running.control.act("retell", "endCall", { callId });
  await ask(origin("retell"), "GET", `/v2/get-call/${callId}`);
}

/** What the emulator offers beyond what the adapter uses today. */
async function useNumbers({ origin }: Recording, agentId: string): Promise<void> {
  const agents = [{ agent_id: agentId, agent_version: 1, weight: 1 }];
  const number = { phone_number: "+15550200001", termination_uri: "x.pstn.example", inbound_agents: agents };
  await ask(origin("retell"), "POST", "/import-phone-number", number);
  await ask(origin("retell"), "PATCH", "/update-phone-number/+15550200001", {
    inbound_agents: [{ ...agents[0], weight: 0.5 }],
  });
  await ask(origin("retell"), "PATCH", "/update-phone-number/+15550200001", { nickname: "front" });
  await ask(origin("retell"), "GET", "/get-phone-number/+15550200001");
  await ask(origin("retell"), "GET", "/v2/list-phone-numbers?limit=10");
  await ask(origin("retell"), "DELETE", "/delete-phone-number/+15550200001");
  await ask(origin("retell"), "GET", `/list-agent-versions/${agentId}?limit=10`);
}

const ask = (origin: string, method: string, path: string, body?: object): Promise<Response> =>
  fetch(origin + path, {
    method,
    headers: { authorization: `Bearer ${demoWorkspace.apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
