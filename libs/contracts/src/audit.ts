import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";

export const AuditRow = z
  .object({
    seq: z.int(),
    at: InstantText,
    actor: z.string(),
    via: z.string(),
    action: z.string(),
    object: z.string(),
    beforeHash: z.string().nullable(),
    afterHash: z.string().nullable(),
    reason: z.string().nullable(),
    requestId: z.string().nullable(),
    prevHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: "AuditRow" });
export const AuditPage = pageOf("AuditPage", AuditRow);
