import type { SandboxWorld } from "@tandem/ports/sandbox";
import { type CallRow, calls } from "./rows.ts";

/** Ends the hosted agent's leg of a call, if it has one. */
export async function hangUpAgent(world: SandboxWorld, call: CallRow, reason: string): Promise<void> {
  if (call.connected.to !== "agent") return;
  const { agentCallId } = call.connected;
  const row = calls(world).get(call.sid);
  if (row !== undefined) calls(world).put(call.sid, { ...row, connected: { to: "nobody" } });
  await world.act("retell", "endCall", { callId: agentCallId, reason }).catch(() => {});
}
