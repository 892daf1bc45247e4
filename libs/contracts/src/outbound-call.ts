import { Consent, OutboundState, OutboundWish } from "@tandem/domain/outbound";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";

/** A call-back of somebody who asked for it. `lead`: what they told, by the names of the playbook's `outbound.lead`. */
export const CreateOutboundCall = z.strictObject(OutboundWish.shape).meta({ id: "CreateOutboundCall" });
export type CreateOutboundCall = z.infer<typeof CreateOutboundCall>;

export const OutboundCall = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    to: z
      .string()
      .nullable()
      .describe(
        "Null when its days were over. E.164; all but the last digits hidden from roles that may neither place calls nor read transcripts.",
      ),
    from: z.string(),
    state: OutboundState,
    reason: z
      .string()
      .nullable()
      .describe("Why nobody was connected: a refusal's reason, or the code of the carrier's error."),
    dueAt: InstantText.nullable().describe("When it is placed or looked at next; null when it is over."),
    expiresAt: InstantText.describe("From then on the consent is too old."),
    consent: z
      .object({ ...Consent.shape, text: Consent.shape.text.nullable(), proof: z.string().nullable() })
      .describe(
        "When the days are over the words are gone, and `proof` tells, with the installation's key, whose and which they were.",
      ),
    callId: z.string().nullable().describe("The carrier's id, as sessions carry it."),
    requestedBy: z.string(),
    createdAt: InstantText,
    finishedAt: InstantText.nullable(),
  })
  .meta({ id: "OutboundCall" });
export type OutboundCall = z.infer<typeof OutboundCall>;
export const OutboundCallPage = pageOf("OutboundCallPage", OutboundCall);
