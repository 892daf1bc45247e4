import { GatePolicy as GatePolicyNoun, LINK_ADDRESSEE } from "@tandem/domain/gate";
import { Environment, Slug } from "@tandem/domain/tenant";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";
import { Rollout } from "./rollout.ts";

/** What a tenant's rollouts of one environment must pass, and how they move when a request does not say. */
export const GatePolicy = GatePolicyNoun.meta({ id: "GatePolicy" });

export const GatePolicyState = z
  .object({
    environment: Environment,
    policy: GatePolicy,
    source: z
      .enum(["own", "platform", "built-in"])
      .describe("Whose it is: yours, the platform's, or what Tandem brings."),
    version: z.int().describe("Version of your own; 0 without one. The ETag."),
  })
  .meta({ id: "GatePolicyState" });
export type GatePolicyState = z.infer<typeof GatePolicyState>;

/** A time in which no new release comes to callers. Absent members bind every playbook, every environment. */
export const CreateFreeze = z
  .strictObject({
    playbook: Slug.nullable().default(null),
    environment: Environment.nullable().default(null),
    startsAt: InstantText.nullable().default(null).describe("Null: now."),
    endsAt: InstantText,
    reason: z.string().min(1).max(500),
  })
  .meta({ id: "CreateFreeze" });
export type CreateFreeze = z.infer<typeof CreateFreeze>;

export const Freeze = z
  .object({
    id: z.uuid(),
    level: z.enum(["platform", "tenant", "playbook"]),
    playbook: z.string().nullable(),
    environment: Environment.nullable(),
    startsAt: InstantText,
    endsAt: InstantText,
    reason: z.string(),
    endedAt: InstantText.nullable().describe("When a person ended it early."),
    createdBy: z.string(),
    createdAt: InstantText,
    isExempt: z.boolean().describe("The platform has let this tenant through."),
  })
  .meta({ id: "Freeze" });
export type Freeze = z.infer<typeof Freeze>;
export const FreezePage = pageOf("FreezePage", Freeze);

export const ExemptFromFreeze = z
  .strictObject({ tenantId: z.uuid(), reason: z.string().min(1).max(500) })
  .meta({ id: "ExemptFromFreeze" });
export type ExemptFromFreeze = z.infer<typeof ExemptFromFreeze>;

/** A decision about a plan. `planHash`: the plan that was read; refused with what moved when the rollout has another. */
export const PlanDecision = z
  .strictObject({
    reason: z.string().max(500).nullable().default(null),
    planHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .prefault({})
  .meta({ id: "PlanDecision" });
export type PlanDecision = z.infer<typeof PlanDecision>;

export const Approval = z
  .object({
    subject: z.string(),
    decision: z.enum(["approve", "reject"]),
    via: z.enum(["api", "cli", "link"]),
    planHash: z.string(),
    reason: z.string().nullable(),
    at: InstantText,
    isEntitled: z.boolean().describe("Whether it counts at the gate: its giver still holds the role."),
  })
  .meta({ id: "Approval" });
export const Approvals = z.object({ items: z.array(Approval) }).meta({ id: "Approvals" });
export type Approvals = z.infer<typeof Approvals>;

export const WaitingRollout = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    position: z.int().nullable().describe("From 1; null once it waits no more."),
    bundleHash: z.string(),
    planId: z.uuid().nullable(),
    state: z.enum(["waiting", "started", "cancelled", "failed"]),
    reason: z.object({ code: z.string(), detail: z.string() }).nullable(),
    rolloutId: z.uuid().nullable().describe("The rollout that it became."),
    createdBy: z.string(),
    createdAt: InstantText,
    endedAt: InstantText.nullable(),
  })
  .meta({ id: "WaitingRollout" });
export type WaitingRollout = z.infer<typeof WaitingRollout>;
export const WaitingRolloutPage = pageOf("WaitingRolloutPage", WaitingRollout);

/** What a start answers: the rollout, or its place behind the live one. */
export const StartedRollout = z.union([Rollout, WaitingRollout]);

const DAY_MS = 86_400_000;
const LinkAction = z.enum(["approve", "reject", "rollback"]);

export const LinkAddressee = z
  .string()
  .regex(LINK_ADDRESSEE, "must be a subject such as key:abc, or a label without an address");

/** A link of one use for chat and mail. */
export const CreateLink = z
  .strictObject({
    action: LinkAction,
    for: LinkAddressee.describe(
      "Who acts through it: a subject such as `key:<key id>`, or a label such as `slack:U024BE7LH`; no mail address.",
    ),
    ttlMs: z
      .int()
      .min(60_000)
      .max(7 * DAY_MS)
      .default(DAY_MS),
  })
  .meta({ id: "CreateLink" });
export type CreateLink = z.infer<typeof CreateLink>;

const link = {
  id: z.uuid(),
  rolloutId: z.uuid(),
  deploymentId: z.uuid(),
  action: LinkAction,
  addressee: z.string(),
  planHash: z.string().nullable(),
  generation: z.int().nullable(),
  expiresAt: InstantText,
  createdBy: z.string(),
  createdAt: InstantText,
  usedAt: InstantText.nullable(),
  revokedAt: InstantText.nullable(),
};
export const Link = z.object(link).meta({ id: "Link" });
export type Link = z.infer<typeof Link>;
export const Links = z.object({ items: z.array(Link) }).meta({ id: "Links" });

export const CreatedLink = z
  .object({
    ...link,
    url: z.url().nullable().describe("Shown in this answer only; null when the request is repeated."),
  })
  .meta({ id: "CreatedLink" });
export type CreatedLink = z.infer<typeof CreatedLink>;
