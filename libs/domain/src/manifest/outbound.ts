import { z } from "zod";
import { WeeklyHours } from "./answer.ts";
import { neverTemplate } from "./authored.ts";

/** What is known of a lead, as the web form names it: `name`, `email`, `need` … */
const LeadName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a lower-case name such as email");

/**
 * Calls that we place: call-backs that somebody asked for. The number of the deployment is shown; holidays and closed exceptions of the
 * answer schedule hold for them too, and so does its zone where a lead names none.
 */
export const OutboundCalls = z.strictObject({
  /** When somebody may be called, on their own wall clock. A day without spans is quiet. */
  callingHours: WeeklyHours,
  /** Older consent is none. */
  consentMaxAgeDays: z.int().min(1).max(365),
  /** A lead is called once for each consent, whoever answers. */
  maxAttempts: z.literal(1),
  /** How long it rings at the lead's. */
  ringSeconds: z.int().min(10).max(60),
  /** Calling codes that may be dialled, e.g. `+1`. */
  countries: z
    .array(z.string().regex(/^\+[1-9]\d{0,2}$/, "must be a calling code such as +49"))
    .min(1)
    .max(50),
  /** What a lead tells → the field of the conversation that knows it from the start. */
  lead: z.record(LeadName, neverTemplate(z.string().min(1))),
  /** Said first on these calls, in place of `policies.disclosure`; cannot be interrupted. */
  disclosure: z.strictObject({ text: z.string().min(1) }),
  /** Said next, in place of the greeting; absent: why we call, in the words of the lead. */
  opening: z.string().min(1).max(400).optional(),
});
export type OutboundCalls = z.infer<typeof OutboundCalls>;
