import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { post } from "./callback.ts";
import { startCall } from "./call-actions.ts";
import { agents, type CallRow, calls, latestOf, type NumberRow, phoneNumbers, versionOf } from "./rows.ts";

/**
 * A caller dials a number that Retell holds. Input `{to, from}`. The inbound webhook may choose agent and version; without one, or
 * when it does not answer, an agent is drawn by weight. Result as of `startCall`, with `chosenBy: webhook | weights`.
 */
export async function placeCall(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const number = phoneNumbers(world).get(String(input["to"]));
  if (number === undefined) throw new RangeError(`no emulated workspace holds ${String(input["to"])}`);
  const call = newCall(world, number, String(input["from"]));
  const chosen = await askWebhook(world, number, call);
  const next = chosen ?? drawn(world, number, call);
  calls(world).put(next.id, next);
  const started = await startCall({ callId: next.id }, world);
  return { ...started, chosenBy: chosen === null ? "weights" : "webhook" };
}

const newCall = (world: SandboxWorld, number: NumberRow, from: string): CallRow => ({
  id: world.newId("call_", 32),
  org: number.org,
  agentId: "",
  agentVersion: 0,
  status: "registered",
  from,
  to: number.id,
  direction: "inbound",
  metadata: {},
  variables: {},
  registeredAt: world.now(),
  startedAt: 0,
  endedAt: 0,
  endReason: "",
  tools: [],
});

async function askWebhook(world: SandboxWorld, number: NumberRow, call: CallRow): Promise<CallRow | null> {
  if (number.inboundWebhookUrl === "") return null;
  const payload = { event: "call_inbound", call_inbound: { from_number: call.from, to_number: call.to } };
  try {
    const { status, text } = await post(world, call, { url: number.inboundWebhookUrl, timeoutMs: 10_000 }, payload);
    const answer = (JSON.parse(text) as JsonObject)["call_inbound"];
    if (status >= 300 || !isJsonObject(answer)) return null;
    return answered(world, call, answer);
  } catch {
    return null;
  }
}

function answered(world: SandboxWorld, call: CallRow, answer: JsonObject): CallRow | null {
  const agent = agents(world).get(String(answer["override_agent_id"]));
  const version = agent && versionOf(agent, answer["override_agent_version"] as number | null);
  if (agent === undefined || version === undefined || agent.org !== call.org) return null;
  const { metadata, dynamic_variables: variables } = answer;
  return {
    ...call,
    agentId: agent.id,
    agentVersion: version.version,
    metadata: isJsonObject(metadata) ? metadata : {},
    variables: isJsonObject(variables) ? variables : {},
  };
}

function drawn(world: SandboxWorld, number: NumberRow, call: CallRow): CallRow {
  let remaining = Math.random();
  const agent = number.inboundAgents.find((each) => (remaining -= each.weight) < 0) ?? number.inboundAgents.at(-1);
  const row = agent && agents(world).get(agent.agent_id);
  if (agent === undefined || row === undefined) throw new RangeError(`nobody answers ${number.id}`);
  return { ...call, agentId: row.id, agentVersion: agent.agent_version ?? latestOf(row).version };
}
