import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf, PageQuery, queryInteger } from "./page.ts";

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
export type AuditRow = z.infer<typeof AuditRow>;

/** No `.meta({ id })`: it is a query. */
export const AuditQuery = PageQuery.extend({
  actor: z.string().max(200).optional().describe("Exactly: `key:<id>`, `person:<id>`."),
  action: z.string().max(100).optional().describe("`rollout.approved`, or `rollout` for all of its kind."),
  object: z.string().max(200).optional().describe("`deployment/<id>`, or `deployment` for all of its kind."),
  from: InstantText.optional().describe("Written at or after."),
  to: InstantText.optional().describe("Written before."),
  text: z.string().max(200).optional().describe("Part of actor, action, object or reason."),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditCheckpoint = z
  .object({
    tenantId: z.string(),
    seq: z.int(),
    hash: z.string(),
    at: z.string(),
    keyId: z.string(),
    signature: z.string(),
  })
  .meta({ id: "AuditCheckpoint" });
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint>;
export const AuditCheckpointPage = pageOf("AuditCheckpointPage", AuditCheckpoint);

/** A head that was written down elsewhere; both or neither. No `.meta({ id })`: it is a query. */
export const AuditVerifyQuery = z.strictObject({
  seq: queryInteger(1).optional().describe("Row that an exported checkpoint names."),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe("Its hash."),
});
export type AuditVerifyQuery = z.infer<typeof AuditVerifyQuery>;

export const AuditVerdict = z
  .object({
    intact: z.boolean(),
    rows: z.int().describe("Rows that fit."),
    head: z.object({ seq: z.int(), hash: z.string() }).nullable(),
    brokenAt: z.int().nullable().describe("First row that does not fit; null when all do."),
    problem: z.string().nullable(),
    checkpoints: z.object({
      count: z.int(),
      newest: AuditCheckpoint.nullable(),
      signatures: z
        .enum(["genuine", "forged", "not-checked"])
        .describe("`not-checked`: this installation has no public key set, or there is none to check."),
    }),
  })
  .meta({ id: "AuditVerdict" });
export type AuditVerdict = z.infer<typeof AuditVerdict>;

export const AuditKeys = z
  .object({
    keys: z.array(
      z.object({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string(), use: z.string(), alg: z.string() }),
    ),
  })
  .describe("Public keys of checkpoints as a JWK set, the one in force first.")
  .meta({ id: "AuditKeys" });
export type AuditKeys = z.infer<typeof AuditKeys>;
