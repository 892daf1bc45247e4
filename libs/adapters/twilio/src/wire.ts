import type { NumberRouting } from "@tandem/ports/telephony";
import { z } from "zod";
import { whoAnswered } from "./answered-by.ts";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const method = z
  .enum(["GET", "POST"])
  .nullish()
  .transform((value) => value ?? "POST");

/** The members of an IncomingPhoneNumber that we use, as the SDK names them. */
export const NumberAnswer = z.object({
  sid: z.string().min(1),
  phoneNumber: z.string().min(1),
  voiceUrl: text,
  voiceMethod: method,
  voiceFallbackUrl: text,
  voiceFallbackMethod: method,
  statusCallback: text,
  statusCallbackMethod: method,
  voiceApplicationSid: text,
  trunkSid: text,
});
export type NumberAnswer = z.infer<typeof NumberAnswer>;

/** The members of a Call that we use. */
export const CallAnswer = z.object({
  sid: z.string().min(1),
  from: text,
  to: text,
  startTime: z.date().nullish(),
  dateCreated: z.date().nullish(),
});

/** The members of a Call that we placed. `unknown` answered: the detection gave up, and a person must not hear a machine's message. */
export const PlacedCallAnswer = z
  .object({
    sid: z.string().min(1),
    status: z.enum([
      "queued",
      "initiated",
      "ringing",
      "in-progress",
      "completed",
      "busy",
      "no-answer",
      "failed",
      "canceled",
    ]),
    direction: text,
    dateCreated: z.date().nullish(),
    answeredBy: text,
  })
  .transform(({ sid, status, answeredBy, ...rest }) => ({
    ...rest,
    call: {
      callId: sid,
      status: status === "initiated" ? ("queued" as const) : status,
      answeredBy: whoAnswered(answeredBy),
    },
  }));

/** The members of an Account that we use. */
export const AccountAnswer = z.object({
  friendlyName: text,
  status: z.enum(["active", "suspended", "closed"]),
  type: text,
});

/** The carrier's words → ours. */
export const routingOf = (number: NumberAnswer): NumberRouting => ({
  numberId: number.sid,
  voiceUrl: number.voiceUrl,
  voiceMethod: number.voiceMethod,
  voiceFallbackUrl: number.voiceFallbackUrl,
  voiceFallbackMethod: number.voiceFallbackMethod,
  statusCallbackUrl: number.statusCallback,
  statusCallbackMethod: number.statusCallbackMethod,
  applicationId: number.voiceApplicationSid,
  trunkId: number.trunkSid,
});
