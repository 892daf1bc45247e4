import { randomBytes, randomUUID } from "node:crypto";
import { Slot } from "@tandem/domain/slot";
import type { CarrierInstruction } from "@tandem/ports/inbound";
import type { TrialAnswer, TrialFault } from "@tandem/ports/ingress-probe";
import { signTicket } from "@tandem/secrets";
import { boundedFetch } from "./bounded-fetch.ts";
import type { TrialSessions } from "./trial-sessions.ts";
import { carrierOf, type IngressProbeOptions, partiesOf, type Subject } from "./trial-signer.ts";

const TICKET_MS = 60_000;
export const ANSWER_DEADLINE_MS = 10_000;

/** The call rings at the ingress, with a ticket that names the slot and the faults it shall have. */
export async function answerTrial(
  options: IngressProbeOptions,
  sessions: TrialSessions,
  trial: Subject & { readonly slot: Slot; readonly faults: readonly TrialFault[] },
): Promise<TrialAnswer> {
  const { clock, publicUrl, ticketKey } = options;
  const { deployment, vendor, secrets } = await carrierOf(options, trial);
  const url = `${publicUrl}/voice/${deployment.ingressKey}`;
  const callId = `trial-${randomBytes(16).toString("hex")}`;
  const request = vendor.sign({ url, callId, ...partiesOf(deployment), event: "ringing" }, secrets);
  const claims = {
    tenantId: trial.tenantId,
    deploymentId: trial.deploymentId,
    slot: trial.slot,
    faults: trial.faults.join(","),
    id: randomUUID(),
    issuedAtMs: clock.now(),
  };
  const ticket = signTicket(ticketKey, "trial", claims, clock.now() + TICKET_MS);
  const headers = { ...request.headers, "x-tandem-trial": ticket };
  const startedMs = clock.monotonicMs();
  const answered = await boundedFetch(url, { method: "POST", body: request.body, headers }, ANSWER_DEADLINE_MS);
  const latencyMs = clock.monotonicMs() - startedMs;
  const sessionId = answered.headers.get("x-tandem-session");
  const stamp = answered.headers.get("x-tandem-stamp");
  if (sessionId !== null && stamp !== null) sessions.put(sessionId, { callId, stamp, openedAtMs: clock.now() });
  const instruction = answered.status === 200 ? vendor.documents.read(answered.body) : null;
  return {
    status: answered.status,
    document: answered.body,
    instruction,
    slot: Slot.safeParse(answered.headers.get("x-tandem-slot")).data ?? null,
    bundleHash: answered.headers.get("x-tandem-release"),
    sessionId,
    call: sessionId === null ? null : { sessionId, callId, nodeOrigin: nodeOriginOf(instruction) },
    latencyMs,
  };
}

/** A node's audio streams come back to itself: where they go, the node is. */
export function nodeOriginOf(instruction: CarrierInstruction | null): string | null {
  if (instruction?.do !== "stream" || !/^wss?:\/\//.test(instruction.url)) return null;
  return new URL(instruction.url.replace(/^ws/, "http")).origin;
}
