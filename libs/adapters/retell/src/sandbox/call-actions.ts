import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { callTool, sendEvent } from "./callback.ts";
import { callBody, pinned } from "./call-routes.ts";
import { closeSocket, openSocket } from "./open-sockets.ts";
import { type CallRow, calls } from "./rows.ts";

/** How long a registered call waits for its leg. */
const REGISTRATION_MS = 300_000;

function callOf(input: JsonObject, world: SandboxWorld): CallRow {
  const row = calls(world).get(String(input["callId"]));
  if (row === undefined) throw new RangeError(`no call ${String(input["callId"])} is registered`);
  return row;
}

/**
 * The SIP leg of a registered call arrives. Input `{callId}`; result `{callId, agentId, agentVersion, metadata}`. Refused when the
 * registration has expired, was used, or names a version that is gone.
 */
export async function startCall(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const call = callOf(input, world);
  const isFresh = call.status === "registered" && world.now() - call.registeredAt < REGISTRATION_MS;
  if (!isFresh || pinned(world, call) === null) {
    calls(world).put(call.id, { ...call, status: "error", endReason: "registered_call_timeout" });
    throw new RangeError(`call ${call.id} cannot be started`);
  }
  calls(world).put(call.id, { ...call, status: "ongoing", startedAt: world.now() });
  const facts = { agentId: call.agentId, agentVersion: call.agentVersion };
  world.record({ effect: "call-started", kind: "voice-agent.call", objectId: call.id, account: call.org, facts });
  void sendEvent(world, call.id, "call_started");
  openSocket(world, call.id, () => void endCall({ callId: call.id, reason: "error_llm_websocket_open" }, world));
  return { callId: call.id, agentId: call.agentId, agentVersion: call.agentVersion, metadata: call.metadata };
}

/** The agent uses a tool. Input `{callId, tool, arguments}`; result `{status, result, url}`. */
export async function useTool(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const call = callOf(input, world);
  if (call.status !== "ongoing") throw new RangeError(`call ${call.id} is ${call.status}, not ongoing`);
  return callTool(world, call, String(input["tool"]), isJsonObject(input["arguments"]) ? input["arguments"] : {});
}

/** The call is over. Input `{callId, reason?}`; resolves when both closing events were taken or given up. A second time does nothing. */
export async function endCall(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const call = callOf(input, world);
  if (call.status === "ended" || call.status === "error") return callBody(call);
  closeSocket(call.id);
  const endReason = typeof input["reason"] === "string" ? input["reason"] : "user_hangup";
  const startedAt = call.startedAt > 0 ? call.startedAt : world.now();
  calls(world).put(call.id, { ...call, status: "ended", startedAt, endedAt: world.now(), endReason });
  const facts = { endReason };
  world.record({ effect: "call-ended", kind: "voice-agent.call", objectId: call.id, account: call.org, facts });
  void sendEvent(world, call.id, "call_ended");
  await sendEvent(world, call.id, "call_analyzed", {
    call_analysis: { call_summary: "", in_voicemail: false, user_sentiment: "Neutral", call_successful: true },
  });
  return callBody(callOf(input, world));
}
