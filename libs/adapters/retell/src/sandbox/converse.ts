import type { JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { endCall, startCall } from "./call-actions.ts";
import type { Answer } from "./custom-llm-socket.ts";
import { dropSocket, socketOf } from "./open-sockets.ts";
import { calls } from "./rows.ts";

/**
 * A caller talks with an agent that asks the customer's own model, as text. Input `{callId, say: text[], silences?: number, drop?: true}`:
 * a call that was only registered is started, a lost socket dialled again, each line said in turn; `silences` asks for so many reminders
 * afterwards; `drop` loses the socket then, as a broken network does. Result `{opening, turns, ended, transferTo}`: what the agent said
 * with times in milliseconds, and how it ended the call: `agent_hangup`, `agent_transfer` or null. `opening` is told the first time.
 */
export async function converse(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const callId = String(input["callId"]);
  const say = Array.isArray(input["say"]) ? (input["say"] as readonly unknown[]).map(String) : [];
  if (calls(world).get(callId)?.status === "registered") await startCall({ callId }, world);
  const socket = await socketOf(world, callId);
  const opening = await socket.opening();
  const turns: JsonObject[] = [];
  let last: Answer | null = null;
  for (const text of [...say, ...Array.from({ length: Number(input["silences"] ?? 0) }, () => null)]) {
    last = text === null ? await socket.remind() : await socket.say(text);
    turns.push({ said: text, ...last });
    if (last.endsCall || last.transferTo !== null) break;
  }
  const ended = last === null ? null : await settle(world, callId, last);
  if (input["drop"] === true) dropSocket(callId);
  return { opening: opening === null ? null : { ...opening }, turns, ended, transferTo: last?.transferTo ?? null };
}

/** `end_call` beats `transfer_number`; either acts once its text is spoken. */
async function settle(world: SandboxWorld, callId: string, last: Answer): Promise<string | null> {
  if (!last.endsCall && last.transferTo === null) return null;
  const reason = last.endsCall ? "agent_hangup" : "call_transfer";
  await endCall({ callId, reason }, world);
  return reason;
}
