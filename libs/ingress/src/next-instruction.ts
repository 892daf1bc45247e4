import type { CarrierInstruction } from "@tandem/ports/inbound";
import type { TrialAnswer, TrialCall } from "@tandem/ports/ingress-probe";
import { boundedFetch } from "./bounded-fetch.ts";
import { ANSWER_DEADLINE_MS, nodeOriginOf } from "./trial-answer.ts";
import { carrierOf, type IngressProbeOptions, partiesOf, type Subject } from "./trial-signer.ts";

/** Asks, as the carrier does, what comes after a leg. Null when the answer connects nobody and ends nothing. */
export async function nextInstruction(
  options: IngressProbeOptions,
  subject: Subject,
  { callId, nodeOrigin }: TrialCall,
  leg: { readonly actionUrl: string; readonly event: "leg-ended" | "not-answered" },
): Promise<CarrierInstruction | null> {
  const { deployment, vendor, secrets } = await carrierOf(options, subject);
  const [signed = leg.actionUrl] = leg.actionUrl.split("#");
  const request = vendor.sign({ url: signed, callId, ...partiesOf(deployment), event: leg.event }, secrets);
  const target = nodeOrigin === null ? signed : nodeOrigin + signed.slice(new URL(signed).origin.length);
  const { status, body } = await boundedFetch(target, { method: "POST", ...request }, ANSWER_DEADLINE_MS);
  return status === 200 ? vendor.documents.read(body) : null;
}

/** An answered call with what its caller is connected to once nobody of the staff, if they are rung first, has taken it. */
export interface ReachedAgent {
  readonly instruction: CarrierInstruction;
  readonly call: TrialCall;
}

/** Null when the call was not answered. */
export async function reachAgent(
  options: IngressProbeOptions,
  subject: Subject,
  { instruction, call }: TrialAnswer,
): Promise<ReachedAgent | null> {
  if (call === null || instruction === null) return null;
  if (instruction.do !== "dial" || instruction.actionUrl === null) return { instruction, call };
  if (instruction.targets.some((target) => "sipUri" in target)) return { instruction, call };
  const { actionUrl } = instruction;
  const next = await nextInstruction(options, subject, call, { actionUrl, event: "not-answered" });
  return next === null ? null : { instruction: next, call: { ...call, nodeOrigin: nodeOriginOf(next) } };
}
