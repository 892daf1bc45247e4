import { isJsonObject } from "@tandem/kernel";
import type { TrialCall, TrialTrace } from "@tandem/ports/ingress-probe";
import { signTicket } from "@tandem/secrets";
import { boundedFetch } from "./bounded-fetch.ts";
import { ANSWER_DEADLINE_MS } from "./trial-answer.ts";
import { carrierOf, type IngressProbeOptions, jsonOf, partiesOf, type Subject } from "./trial-signer.ts";

const TICKET_MS = 60_000;
const TRACE_DEADLINE_MS = 5000;
/** A tool that was begun may go on for this long after its call. */
const TOOLS_END_WITHIN_MS = 15_000;
const LOOK_AGAIN_MS = 100;

/** What the node kept of the call so far; null when it knows nothing of it. Rejects when it cannot be asked. */
export async function fetchTrace(
  { publicUrl, ticketKey, clock }: IngressProbeOptions,
  { sessionId, nodeOrigin }: TrialCall,
): Promise<TrialTrace | null> {
  const ticket = signTicket(ticketKey, "trial", { sessionId }, clock.now() + TICKET_MS);
  const url = `${nodeOrigin ?? publicUrl}/trial/${encodeURIComponent(sessionId)}/trace`;
  const headers = { authorization: `Bearer ${ticket}` };
  const { status, body } = await boundedFetch(url, { headers }, TRACE_DEADLINE_MS);
  const trace = jsonOf(body);
  if (status === 404) return null;
  if (status !== 200 || !isJsonObject(trace) || trace["sessionId"] !== sessionId)
    throw new Error(`the trace of a smoke call was answered with status ${status}`);
  return trace as unknown as TrialTrace;
}

/** The trace once the call has ended and its tools have finished, or what there is of it after fifteen seconds. */
export async function finalTrace(options: IngressProbeOptions, call: TrialCall): Promise<TrialTrace | null> {
  const until = options.clock.monotonicMs() + TOOLS_END_WITHIN_MS;
  for (;;) {
    const trace = await fetchTrace(options, call);
    const isFinal = trace === null || (trace.ended !== null && trace.openTools === 0);
    if (isFinal || options.clock.monotonicMs() >= until) return trace;
    await options.clock.sleep(LOOK_AGAIN_MS);
  }
}

/** Tells the node that the call is over, as the carrier does. */
export async function endTrial(options: IngressProbeOptions, subject: Subject, call: TrialCall): Promise<void> {
  const { deployment, vendor, secrets } = await carrierOf(options, subject);
  const path = `/voice/${deployment.ingressKey}/status`;
  const request = vendor.sign(
    { url: options.publicUrl + path, callId: call.callId, ...partiesOf(deployment), event: "completed" },
    secrets,
  );
  const url = (call.nodeOrigin ?? options.publicUrl) + path;
  await boundedFetch(url, { method: "POST", ...request }, ANSWER_DEADLINE_MS);
}
