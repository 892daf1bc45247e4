import type { SandboxWorld } from "@tandem/ports/sandbox";
import { CustomLlmSocket, socketUrlOf } from "./custom-llm-socket.ts";
import { calls } from "./rows.ts";

/** The socket of each call in progress whose agent asks the customer's own model. */
const sockets = new Map<string, Promise<CustomLlmSocket>>();

const MOST_RECONNECTS = 2;
const RECONNECT_AFTER_MS = 200;

/** Dials the socket of a call that begins; nothing for agents with a model of the vendor's. `onFailed`: it does not open. */
export function openSocket(world: SandboxWorld, callId: string, onFailed: () => void): void {
  const call = calls(world).get(callId);
  if (call === undefined || socketUrlOf(world, call) === null) return;
  dialled(world, callId, MOST_RECONNECTS).catch(onFailed);
}

/** The open socket of a call in progress; dialled anew when there is none. Rejects with a RangeError when it does not open. */
export async function socketOf(world: SandboxWorld, callId: string): Promise<CustomLlmSocket> {
  const present = await sockets.get(callId)?.catch(() => undefined);
  if (present?.isOpen === true) return present;
  const status = calls(world).get(callId)?.status ?? "unknown";
  if (status !== "ongoing") throw new RangeError(`call ${callId} is ${status}, not ongoing`);
  return dialled(world, callId, MOST_RECONNECTS);
}

function dialled(world: SandboxWorld, callId: string, reconnects: number): Promise<CustomLlmSocket> {
  const call = calls(world).get(callId);
  if (call === undefined) return Promise.reject(new RangeError(`no call ${callId}`));
  const dialling = CustomLlmSocket.dial(world, call).then((socket) => {
    socket.onLost = () => reconnect(world, callId, reconnects);
    socket.onHangUp = () => void world.act("retell", "endCall", { callId, reason: "agent_hangup" });
    return socket;
  });
  sockets.set(callId, dialling);
  return dialling;
}

/** The network, or the customer's server, broke off in mid-call. */
function reconnect(world: SandboxWorld, callId: string, left: number): void {
  if (left === 0) return;
  setTimeout(() => {
    if (calls(world).get(callId)?.status === "ongoing") dialled(world, callId, left - 1).catch(() => undefined);
  }, RECONNECT_AFTER_MS).unref();
}

/** The call is over: the vendor closes its socket. */
export function closeSocket(callId: string): void {
  const present = sockets.get(callId);
  sockets.delete(callId);
  present?.then((socket) => socket.close()).catch(() => undefined);
}

/** Breaks the socket of a call, as a network does. */
export function dropSocket(callId: string): void {
  const present = sockets.get(callId);
  sockets.delete(callId);
  present?.then((socket) => socket.close(1006)).catch(() => undefined);
}
