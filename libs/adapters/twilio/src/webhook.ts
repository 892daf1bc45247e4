import { createHash } from "node:crypto";
import { E164 } from "@tandem/domain/tenant";
import type {
  CarrierCall,
  CarrierIngress,
  CarrierStatus,
  CredentialSecrets,
  TrialCarrierRequest,
} from "@tandem/ports/inbound";
import { carrierDocuments } from "./carrier-document.ts";
import { mediaStream } from "./media-stream.ts";
import { whoAnswered } from "./answered-by.ts";
import { type FormParameters, isSigned, readForm, signatureOf, withOverrides } from "./signature.ts";

export { carrierDocuments, type StreamDocument } from "./carrier-document.ts";
export { connectionOverrides } from "./signature.ts";

/** Numbers that Twilio shows for a withheld caller: ANONYMOUS, RESTRICTED, UNKNOWN and UNAVAILABLE on a keypad. */
const WITHHELD = new Set(["+266696687", "+7378742833", "+8656696", "+86282452253"]);

const LEGS: Readonly<Record<string, CarrierCall["leg"]>> = {
  completed: "answered",
  answered: "answered",
  "no-answer": "no-answer",
  busy: "busy",
  failed: "failed",
  canceled: "canceled",
};

const ENDED = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

/** Twilio at the ingress: own verifier, no SDK. */
export const carrierIngress: CarrierIngress = {
  vendor: "twilio",
  documents: carrierDocuments,
  stream: mediaStream,
  withDeadlines: withOverrides,
  verify: (request, secrets) =>
    isSigned(
      { url: request.url, signature: request.headers["x-twilio-signature"] ?? "", body: request.body },
      authTokens(secrets),
    ),
  readCall,
  readStatus: (request) => readStatus(request.body),
  sign: signTrial,
};

const authTokens = (secrets: CredentialSecrets): readonly string[] =>
  [secrets["authToken"], secrets["authTokenSecondary"]].flatMap((secret) =>
    secret === undefined ? [] : [secret.reveal()],
  );

function readCall(body: string): CarrierCall | null {
  const form = readForm(body);
  const callId = first(form, "CallSid");
  if (callId === "") return null;
  const answeredBy = whoAnswered(first(form, "AnsweredBy"));
  const parentCallId = first(form, "ParentCallSid");
  return {
    callId,
    ...(parentCallId === "" ? {} : { parentCallId }),
    from: caller(first(form, "From")),
    to: number(first(form, "To")),
    forwardedFrom: number(first(form, "ForwardedFrom")),
    leg: LEGS[first(form, "DialCallStatus")] ?? null,
    legSeconds: seconds(first(form, "DialCallDuration")),
    ...(answeredBy === null ? {} : { answeredBy }),
  };
}

/**
 * The identity comes from the signed body, not from `I-Twilio-Idempotency-Token`, which the signature does not cover: a replayed
 * report cannot pass for a new one.
 */
function readStatus(body: string): CarrierStatus | null {
  const form = readForm(body);
  const [callId, status] = [first(form, "CallSid"), first(form, "CallStatus")];
  if (callId === "" || status === "") return null;
  return {
    callId,
    status,
    hasEnded: ENDED.has(status),
    durationSeconds: seconds(first(form, "CallDuration")),
    identity: [callId, status, first(form, "SequenceNumber")].join("/"),
  };
}

function signTrial(call: TrialCarrierRequest, secrets: CredentialSecrets) {
  const body = new URLSearchParams({
    CallSid: call.callId,
    From: call.from,
    To: call.to,
    CallStatus: call.event === "ringing" || call.event === "completed" ? call.event : "in-progress",
    Direction: "inbound",
    ApiVersion: "2010-04-01",
    ...(call.event === "completed" ? { CallDuration: "1" } : {}),
    ...(call.event === "not-answered" ? { DialCallStatus: "no-answer" } : {}),
  }).toString();
  return { body, headers: signedHeaders(authTokens(secrets)[0] ?? "", call.url, body) };
}

/** Headers of a form request as Twilio sends it. The fragment of the URL is not signed. */
export function signedHeaders(authToken: string, url: string, body: string): Readonly<Record<string, string>> {
  return {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "x-twilio-signature": signatureOf(authToken, url.split("#")[0] ?? url, readForm(body)),
    "i-twilio-idempotency-token": createHash("sha256")
      .update(url + body)
      .digest("hex")
      .slice(0, 32),
  };
}

const first = (form: FormParameters, name: string): string => form.get(name)?.[0] ?? "";
const caller = (value: string): E164 | null => (WITHHELD.has(value) ? null : number(value));
const number = (value: string): E164 | null => (E164.safeParse(value).success ? value : null);
const seconds = (value: string): number | null => (/^\d+$/.test(value) ? Number(value) : null);
