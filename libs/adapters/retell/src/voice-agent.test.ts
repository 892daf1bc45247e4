import { Secret } from "@tandem/kernel";
import { voiceAgentContract } from "@tandem/ports/contract/voice-agent.contract";
import type { VoiceAgent } from "@tandem/ports/voice-agent";
import { expect, test } from "vitest";
import { agentFields, demoSecrets, makeLlm, openConnection, startRetell } from "../test/open-connection.ts";
import { openRegistrar } from "./registrar.ts";
import { demoWorkspace } from "./sandbox.ts";

/** As a person brings a number of another carrier into the workspace. */
async function importNumber(origin: string, number: string): Promise<void> {
  const answer = await fetch(`${origin}/import-phone-number`, {
    method: "POST",
    headers: { authorization: `Bearer ${demoWorkspace.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ phone_number: number, termination_uri: "trunk.example" }),
  });
  expect(answer.status).toBe(201);
}

voiceAgentContract("retell", async () => {
  const running = await startRetell();
  const connection = await openConnection(running);
  const fields = agentFields(1, await makeLlm(connection, 1));
  const target = { kind: "voice-agent.agent", externalKey: "key1", externalId: null, fields, label: "1" };
  const agent = await connection.resources.write("create", target);
  const heldNumber = "+15550107777";
  await importNumber(running.origins["retell"] ?? "", heldNumber);
  const { act } = { act: running.control.act.bind(running.control) };
  return {
    voiceAgent: connection.voiceAgent as VoiceAgent,
    registrar: openRegistrar({ secrets: demoSecrets, baseUrl: running.origins["retell"] ?? null }),
    control: running.control,
    vendor: "retell",
    credential: demoWorkspace.apiKey,
    agentId: agent?.externalId ?? "",
    agentVersion: Number(agent?.version),
    startCall: (callId) => act("retell", "startCall", { callId }),
    heldNumber,
    endCall: async (callId) => void (await act("retell", "endCall", { callId })),
    close: () => running.close(),
  };
});

test("an account that must pay and an account that is full are told apart", async () => {
  const running = await startRetell();
  const registrar = openRegistrar({
    secrets: { apiKey: new Secret("key_other") },
    baseUrl: running.origins["retell"] ?? null,
  });
  const call = {
    agentId: "a",
    agentVersion: 0,
    from: "+1",
    to: "+2",
    direction: "inbound",
    metadata: {},
    variables: {},
  } as const;
  await running.control.act("retell", "addWorkspace", { id: "other", apiKeys: ["key_other"], isPaymentDue: true });
  await expect(registrar.registerCall(call)).rejects.toMatchObject({ facts: { fault: "payment", effect: "none" } });
  await running.control.act("retell", "addWorkspace", { id: "other", isPaymentDue: false, concurrencyLimit: 0 });
  await expect(registrar.registerCall(call)).rejects.toMatchObject({ facts: { fault: "throttled", effect: "none" } });
  await running.close();
});
