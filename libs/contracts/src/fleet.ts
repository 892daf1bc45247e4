import {
  defaultPatience,
  defaultRings,
  FailureBudget,
  FleetPatience,
  FleetState,
  MemberState,
  Ring,
  WaveLimits,
} from "@tandem/domain/fleet";
import { Environment, Slug } from "@tandem/domain/tenant";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { PageQuery, pageOf } from "./page.ts";
import { PolicyInput } from "./rollout.ts";

const Limits = z
  .strictObject({
    concurrency: WaveLimits.shape.concurrency
      .optional()
      .describe("Rollouts that go on at the same time; 10 when absent."),
    perTenant: WaveLimits.shape.perTenant.optional().describe("Of them, those of one tenant; 2 when absent."),
    budget: FailureBudget.optional().describe("Failures of a wave beyond which it pauses by itself; 2 % when absent."),
    bakeMs: WaveLimits.shape.bakeMs.optional().describe("Watch window of a wave before the next; an hour when absent."),
  })
  .describe("Of waves that name no limits of their own.");

const MemberPolicy = PolicyInput.pick({ approval: true, promotion: true, bakeMs: true, strategy: true });

/** Which deployments move to which version, in which waves. */
export const PlanFleet = z
  .strictObject({
    playbook: Slug,
    version: z.string().min(1).max(60).describe("A version of the library's playbook."),
    environments: z.array(Environment).min(1).optional(),
    tenantIds: z.array(z.uuid()).min(1).max(5000).optional(),
    tenantTags: z.array(Slug).min(1).max(50).optional().describe("Tenants with at least one of them."),
    deploymentIds: z.array(z.uuid()).min(1).max(5000).optional(),
    rings: z
      .array(Ring)
      .min(1)
      .max(20)
      .default([...defaultRings])
      .describe("Waves in order. A share counts what earlier waves have taken."),
    limits: Limits.default({}),
    patience: FleetPatience.default(defaultPatience),
    policy: MemberPolicy.default({}).describe("Asked of each member's rollout; never loosens a tenant's own policy."),
    includesNeverLive: z.boolean().default(false).describe("Also deployments that no caller has ever reached."),
  })
  .meta({ id: "PlanFleet" });
export type PlanFleet = z.infer<typeof PlanFleet>;

export const StartFleet = z
  .strictObject({
    ...PlanFleet.shape,
    planHash: z.string().max(64).optional().describe("Of the plan that was looked at; another fleet is refused."),
  })
  .meta({ id: "StartFleet" });
export type StartFleet = z.infer<typeof StartFleet>;

const FleetCandidate = z
  .object({
    tenantId: z.uuid(),
    tenant: z.string(),
    deploymentId: z.uuid(),
    name: z.string(),
    environment: Environment,
    isEarlyAccess: z.boolean(),
  })
  .meta({ id: "FleetCandidate" });

export const FleetPlan = z
  .object({
    hash: z.string(),
    waves: z.array(z.object({ name: z.string(), limits: WaveLimits, members: z.array(FleetCandidate) })),
    leftOut: z.array(z.object({ member: FleetCandidate, reason: z.string(), text: z.string() })),
  })
  .meta({ id: "FleetPlan" });
export type FleetPlan = z.infer<typeof FleetPlan>;

const fleet = {
  id: z.uuid(),
  playbook: z.string(),
  version: z.string(),
  manifestHash: z.string(),
  state: FleetState,
  reason: z.object({ code: z.string(), detail: z.string(), nextAction: z.string() }).nullable(),
  wavePosition: z.int(),
  createdBy: z.string(),
  createdAt: InstantText,
  endedAt: InstantText.nullable(),
};
export const FleetRollout = z.object(fleet).meta({ id: "FleetRollout" });
export type FleetRollout = z.infer<typeof FleetRollout>;
export const FleetRolloutPage = pageOf("FleetRolloutPage", FleetRollout);

export const FleetRolloutDetail = z
  .object({
    ...fleet,
    waves: z.array(
      z.object({
        id: z.uuid(),
        position: z.int(),
        name: z.string(),
        limits: WaveLimits,
        size: z.int(),
        acceptedFailures: z.int(),
        state: z.enum(["pending", "running", "baking", "done"]),
        bakeUntil: InstantText.nullable(),
        counts: z.partialRecord(MemberState, z.int()).describe("Members by state."),
      }),
    ),
    selection: z.object({
      playbook: z.string(),
      environments: z.array(Environment).nullable(),
      tenantIds: z.array(z.uuid()).nullable(),
      tenantTags: z.array(z.string()).nullable(),
      deploymentIds: z.array(z.uuid()).nullable(),
    }),
    policy: MemberPolicy,
    patience: FleetPatience,
  })
  .meta({ id: "FleetRolloutDetail" });
export type FleetRolloutDetail = z.infer<typeof FleetRolloutDetail>;

export const FleetMember = z
  .object({
    fleetRolloutId: z.uuid(),
    tenantId: z.uuid(),
    tenant: z.string().describe("Its slug."),
    deploymentId: z.uuid(),
    name: z.string().describe("The deployment's."),
    playbook: z.string(),
    version: z.string(),
    wavePosition: z.int(),
    state: MemberState,
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    rolloutId: z.uuid().nullable(),
    begunAt: InstantText.nullable(),
    endedAt: InstantText.nullable(),
  })
  .meta({ id: "FleetMember" });
export type FleetMember = z.infer<typeof FleetMember>;
export const FleetMemberPage = pageOf("FleetMemberPage", FleetMember);
export const FleetMemberQuery = z.strictObject({ ...PageQuery.shape, state: MemberState.optional() });
export type FleetMemberQuery = z.infer<typeof FleetMemberQuery>;

export const AbortFleet = z
  .strictObject({
    running: z
      .enum(["leave", "abort"])
      .default("leave")
      .describe(
        "What becomes of rollouts in progress. `abort` stops those that callers have not noticed yet; the others end.",
      ),
    reason: z.string().max(500).nullable().default(null),
  })
  .meta({ id: "AbortFleet" });
export type AbortFleet = z.infer<typeof AbortFleet>;

export const SkipMembers = z
  .strictObject({
    tenantId: z.uuid(),
    deploymentId: z.uuid().nullable().default(null).describe("Null: all of the tenant that have not begun."),
    reason: z.string().min(1).max(500),
  })
  .meta({ id: "SkipMembers" });
export type SkipMembers = z.infer<typeof SkipMembers>;
export const SkippedMembers = z.object({ skipped: z.int() }).meta({ id: "SkippedMembers" });

export const TenantTags = z.strictObject({ tags: z.array(Slug).max(50) }).meta({ id: "TenantTags" });
export type TenantTags = z.infer<typeof TenantTags>;

const place = {
  deploymentId: z.uuid().nullable().default(null).describe("Null: the whole tenant."),
  isMember: z.boolean().nullable().describe("Null takes the own choice back: a deployment follows its tenant."),
};
export const PutEarlyAccess = z.strictObject(place).meta({ id: "PutEarlyAccess" });
export type PutEarlyAccess = z.infer<typeof PutEarlyAccess>;
export const EarlyAccess = z
  .object({ items: z.array(z.object({ deploymentId: z.uuid().nullable(), isMember: z.boolean() })) })
  .meta({ id: "EarlyAccess" });
export type EarlyAccess = z.infer<typeof EarlyAccess>;
