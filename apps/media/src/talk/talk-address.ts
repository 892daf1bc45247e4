import { randomBytes } from "node:crypto";
import type { Secret } from "@tandem/kernel";
import type { Slot } from "@tandem/domain/slot";
import type { ServedDeployment } from "@tandem/ports/store/pointer-feed";
import { sessionIdOf } from "../session/session-pin.ts";
import { signStreamTicket } from "../stream/stream-ticket.ts";

/**
 * The address at which a person can talk to a slot from a browser, once and within a minute: a trial call of its own, as long as calls may be. Null when the slot
 * holds nothing. `origin` is where the node's pages and streams are reached.
 */
export function talkAddress(
  node: { readonly name: string; readonly origin: string; readonly ticketKey: Secret },
  deployment: ServedDeployment,
  slot: Slot,
  nowMs: number,
): string | null {
  const { bundleHash } = deployment.slots[slot];
  if (bundleHash === null) return null;
  const { tenantId, deploymentId, ingressKey, pointer } = deployment;
  const callId = `CA${randomBytes(16).toString("hex")}`;
  const pin = {
    tenantId,
    deploymentId,
    sessionId: sessionIdOf(node.ticketKey, deploymentId, callId),
    callId,
    slot,
    bundleHash,
    generation: pointer.generation,
    kind: "trial" as const,
    isTalk: true as const,
    startedAtMs: nowMs,
  };
  const ticket = signStreamTicket(node.ticketKey, { node: node.name, pin, attempt: 1, faults: [] }, nowMs);
  return `${node.origin}/talk#${ingressKey}.${ticket}`;
}
