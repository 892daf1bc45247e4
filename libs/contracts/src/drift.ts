import { z } from "zod";
import { InstantText, JsonMembers } from "./json.ts";
import { pageOf } from "./page.ts";
import { FieldChange } from "./rollout.ts";

const SlotName = z.enum(["blue", "green"]).nullable();

const ResourceDrift = z
  .object({
    address: z.string(),
    slot: SlotName.describe("Null for what exists once for the deployment or the account."),
    kind: z.string(),
    owner: z.enum(["slot", "deployment", "connection"]),
    connectionId: z.string(),
    externalId: z.string().nullable(),
    state: z.enum(["clean", "drifted", "missing", "unknown"]),
    changed: z.array(z.string()).describe("Paths of what drifted."),
    fields: z.array(FieldChange).describe("From applied to observed; secret texts show as fingerprints."),
    detail: z.string().nullable().describe("Why it is unknown."),
  })
  .meta({ id: "ResourceDrift" });

export const DriftDecision = z
  .object({
    id: z.uuid(),
    address: z.string(),
    slot: SlotName,
    answer: z.enum(["adopt", "revert", "ignore"]),
    paths: z.array(z.string()),
    until: InstantText.nullable().describe("End of an ignore."),
    reason: z.string(),
    decidedBy: z.string(),
    decidedAt: InstantText,
    planId: z.uuid().nullable().describe("The plan that writes our values back."),
  })
  .meta({ id: "DriftDecision" });
export type DriftDecision = z.infer<typeof DriftDecision>;

export const DriftReport = z
  .object({
    deploymentId: z.uuid(),
    lookedAt: InstantText.nullable().describe("Null before the first look."),
    complete: z.boolean().describe("False when something could not be read."),
    open: z.array(z.string()).describe("What needs somebody: drifted paths without a decision, and missing objects."),
    resources: z.array(ResourceDrift),
    decisions: z.array(DriftDecision).describe("In force now."),
    nextLookAt: InstantText.nullable(),
  })
  .meta({ id: "DriftReport" });
export type DriftReport = z.infer<typeof DriftReport>;

const DriftSummary = z
  .object({
    deploymentId: z.uuid(),
    name: z.string(),
    lookedAt: InstantText,
    complete: z.boolean(),
    open: z.array(z.string()),
    nextLookAt: InstantText.nullable(),
  })
  .meta({ id: "DriftSummary" });
export type DriftSummary = z.infer<typeof DriftSummary>;
export const DriftPage = pageOf("DriftPage", DriftSummary);

const place = {
  address: z.string().min(1).max(200),
  slot: z.enum(["blue", "green"]).optional().describe("Absent: the active slot's object, or the one that exists once."),
  reason: z.string().min(1).max(500),
};
const paths = z
  .array(z.string().min(1).max(500))
  .min(1)
  .max(100)
  .optional()
  .describe("Drifted paths, or what holds them; absent: all that drifted.");

export const DecideDrift = z
  .discriminatedUnion("answer", [
    z.strictObject({ answer: z.literal("adopt"), ...place, paths }),
    z.strictObject({ answer: z.literal("revert"), ...place }),
    z.strictObject({
      answer: z.literal("ignore"),
      ...place,
      paths,
      until: InstantText.describe("At most a year from now."),
    }),
  ])
  .meta({ id: "DecideDrift" });
export type DecideDrift = z.infer<typeof DecideDrift>;

export const DriftDecided = z
  .object({
    decision: DriftDecision,
    effect: z.string().describe("What happens now, and what is left to do."),
    parameters: JsonMembers.optional().describe("For adopt: what was written to the deployment's overlay."),
    alsoFeeds: z.array(z.string()).optional().describe("For adopt: other places that change with these parameters."),
  })
  .meta({ id: "DriftDecided" });
export type DriftDecided = z.infer<typeof DriftDecided>;
