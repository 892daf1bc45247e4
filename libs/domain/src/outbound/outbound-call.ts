import { z } from "zod";
import { isTimeZone } from "../manifest/index.ts";
import { E164 } from "../tenant/index.ts";

/** What somebody agreed to, as it was recorded where they agreed. Kept as evidence. */
export const Consent = z.strictObject({
  givenAt: z.iso.datetime({ offset: true }),
  /** Where it was given, e.g. the address of the form. */
  source: z.string().min(1).max(300),
  /** The words they agreed to. */
  text: z.string().min(1).max(2000),
});
export type Consent = z.infer<typeof Consent>;

/** What a lead told, by the names of the playbook's `outbound.lead`. */
export const Lead = z
  .record(z.string().max(40), z.union([z.string().min(1).max(500), z.number(), z.boolean()]))
  .refine((lead) => Object.keys(lead).length <= 20, "must have at most 20 members")
  // It travels sealed in an address that carriers take up to 4,000 characters long.
  .refine((lead) => encodeURIComponent(JSON.stringify(lead)).length <= 3000, "is too long");
export type Lead = z.infer<typeof Lead>;

/** A call-back that is asked for. */
export const OutboundWish = z.strictObject({
  /** Who is called. */
  to: E164,
  lead: Lead.default({}),
  /** Zone of the lead's wall clock; null: the one of the deployment. */
  timeZone: z
    .string()
    .refine(isTimeZone, "must be an IANA time zone such as America/New_York")
    .nullable()
    .default(null),
  consent: Consent,
});
export type OutboundWish = z.infer<typeof OutboundWish>;

/**
 * `queued`: to be called now · `scheduled`: when calling hours begin · `calling`: with the carrier, outcome open · `connected`: a person
 * answered · `refused`: what allowed it is gone · `expired`: the consent is too old before a call was permitted. The others are the
 * carrier's words.
 */
export const OutboundState = z.enum([
  "queued",
  "scheduled",
  "calling",
  "connected",
  "voicemail",
  "no-answer",
  "busy",
  "failed",
  "refused",
  "expired",
]);
export type OutboundState = z.infer<typeof OutboundState>;

/** A call that we placed, as its carrier tells it. */
export interface CarriedCall {
  readonly status: "queued" | "ringing" | "in-progress" | "completed" | "busy" | "no-answer" | "failed" | "canceled";
  /** Who answered, once the carrier knows; null before, and when it was not asked to tell. */
  readonly answeredBy: "human" | "machine" | null;
}

/** What a placed call came to; null while that is open. */
export function outcomeOf({ status, answeredBy }: CarriedCall): OutboundState | null {
  switch (status) {
    case "queued":
    case "ringing":
      return null;
    case "in-progress":
      return answeredBy === null ? null : answeredState(answeredBy);
    case "completed":
      return answeredState(answeredBy);
    case "canceled":
      return "failed";
    default:
      return status;
  }
}

const answeredState = (answeredBy: CarriedCall["answeredBy"]): OutboundState =>
  answeredBy === "machine" ? "voicemail" : "connected";
