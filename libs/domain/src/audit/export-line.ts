import { z } from "zod";
import { AuditCheckpoint } from "./checkpoint.ts";
import type { AuditLink } from "./chain.ts";

const Link = z.strictObject({
  tenantId: z.string(),
  seq: z.int(),
  at: z.string(),
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
});

/** One line of an export: first what it is, then every row in order, checkpoints after the row they stand at, and the end last. */
export const AuditExportLine = z.discriminatedUnion("line", [
  z.object({
    line: z.literal("begin"),
    format: z.literal("tandem-audit-1"),
    tenantId: z.string(),
    keyId: z.string().nullable(),
  }),
  z.object({ line: z.literal("row"), row: Link }),
  z.object({ line: z.literal("checkpoint"), checkpoint: AuditCheckpoint }),
  z.object({ line: z.literal("end"), rows: z.int(), head: z.object({ seq: z.int(), hash: z.string() }).nullable() }),
]);
export type AuditExportLine =
  | {
      readonly line: "begin";
      readonly format: "tandem-audit-1";
      readonly tenantId: string;
      readonly keyId: string | null;
    }
  | { readonly line: "row"; readonly row: AuditLink }
  | { readonly line: "checkpoint"; readonly checkpoint: AuditCheckpoint }
  | {
      readonly line: "end";
      readonly rows: number;
      readonly head: { readonly seq: number; readonly hash: string } | null;
    };
