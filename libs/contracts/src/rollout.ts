import { EvidencePolicy, EvidenceVerdict } from "@tandem/domain/evidence";
import { Strategy as StrategyNoun, WhenLive } from "@tandem/domain/gate";
import { ReplayPolicy } from "@tandem/domain/replay";
import { Phase, SmokeReport } from "@tandem/domain/rollout";
import { z } from "zod";
import { Pointer } from "./deployment.ts";
import { InstantText, JsonMembers, JsonValue } from "./json.ts";
import { pageOf } from "./page.ts";

/** Which manifest version to plan for; absent takes the newest version of the deployment's playbook. */
export const CreatePlan = z
  .strictObject({ manifest: z.string().max(200).optional().describe("`playbook@version` or a manifest hash.") })
  .meta({ id: "CreatePlan" });
export type CreatePlan = z.infer<typeof CreatePlan>;

export const PlanReference = z.object({ planId: z.uuid() }).meta({ id: "PlanReference" });

export const FieldChange = z
  .object({
    path: z.string(),
    operation: z.enum(["add", "remove", "set", "move"]),
    before: JsonValue.optional(),
    after: JsonValue.optional(),
    source: z.string().optional(),
    knownAfterApply: z.boolean().optional(),
  })
  .meta({ id: "FieldChange" });

const Change = z
  .object({
    address: z.string(),
    kind: z.string(),
    vendor: z.string(),
    connectionId: z.string(),
    owner: z.enum(["slot", "deployment", "connection"]),
    slot: z.enum(["blue", "green"]).nullable(),
    action: z.enum(["create", "update", "replace", "delete", "no-op"]),
    stage: z.enum(["apply", "attach", "retire"]),
    reason: z.object({ code: z.string(), text: z.string() }),
    risk: z.enum(["none", "low", "medium", "high"]),
    reversible: z.enum(["yes", "until-retire", "until-switch", "no"]),
    externalKey: z.string(),
    externalId: z.string().nullable(),
    before: JsonMembers.nullable(),
    after: JsonMembers.nullable(),
    fields: z.array(FieldChange),
    dependsOn: z.array(z.string()),
    callerEffect: z.string().optional().describe("What callers will notice; absent when they notice nothing."),
  })
  .meta({ id: "Change" });

const Finding = z
  .object({
    severity: z.enum(["error", "warning", "note"]),
    code: z.string(),
    summary: z.string(),
    detail: z.string(),
    address: z.string(),
    fix: z.string(),
  })
  .meta({ id: "Finding" });

const Percentiles = { p50Ms: z.number(), p95Ms: z.number() };

const LatencyEstimate = z
  .object({
    providers: z.array(
      z.object({
        kind: z.enum(["stt", "llm", "tts"]),
        position: z.int().describe("0 is the first choice."),
        provider: z.string(),
        model: z.string(),
        firstMs: z.number().describe("First answer including the connection."),
        ...Percentiles,
        samples: z.int(),
      }),
    ),
    endToEnd: z
      .object({
        speculative: z.object(Percentiles),
        plain: z.object(Percentiles),
        targetMs: z.number(),
        isSpeculative: z.boolean(),
      })
      .nullable()
      .describe("End of caller speech to first agent audio heard; null where Tandem does not speak itself."),
  })
  .meta({ id: "LatencyEstimate" });

const CostEstimate = z
  .object({
    perCallMicros: z.number().describe("Micros of a US dollar, of what has a price."),
    call: z.object({ minutes: z.number(), turns: z.number() }),
    unknown: z.array(z.string()).describe("What has no known price and is not in it."),
    parts: z
      .array(z.object({ what: z.string(), micros: z.number() }))
      .optional()
      .describe("The dearest first."),
  })
  .meta({ id: "CostEstimate" });

export const Plan = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    targetSlot: z.enum(["blue", "green"]),
    bundleHash: z.string(),
    previousBundleHash: z.string().nullable(),
    base: z.object({ generation: z.int(), stateSerial: z.int(), configVersion: z.int() }),
    observed: z.record(z.string(), z.string()),
    reads: z.record(z.string(), z.string()).describe("Hashes of what else the plan was made from, by path."),
    changes: z.array(Change),
    callerChanges: z.array(FieldChange),
    findings: z.array(Finding),
    latency: LatencyEstimate.optional().describe(
      "What the release's providers needed a moment ago; absent when none was asked.",
    ),
    cost: CostEstimate.optional().describe("What a call of that size can be expected to cost at list prices."),
    currentCost: CostEstimate.optional().describe("The same of the release that was live when the plan was made."),
    hash: z.string(),
    createdAt: InstantText,
    createdBy: z.string(),
  })
  .meta({ id: "Plan" });
export type Plan = z.infer<typeof Plan>;

const figures = {
  estimatedLatency: z.object(Percentiles).nullable().describe("As the providers' probes tell; null without any."),
  estimatedCostMicros: z.number().nullable().describe("Of one call, micros of a US dollar."),
};

/** The planned release beside the one that is live. */
export const ReleaseComparison = z
  .object({
    planned: z.object(figures),
    current: z
      .object({
        bundleHash: z.string(),
        ...figures,
        measured: z.object({
          latency: z
            .object({ ...Percentiles, turns: z.int() })
            .nullable()
            .describe("What callers have had."),
          costMicros: z.number().nullable().describe("Mean of a call."),
          calls: z.int(),
          days: z.int().describe("How far back the figures go."),
        }),
      })
      .nullable()
      .describe("Null when nothing is live."),
  })
  .meta({ id: "ReleaseComparison" });
export type ReleaseComparison = z.infer<typeof ReleaseComparison>;

/** Something that is not as a plan was made against: a number, or a hash; `absent` when there was none. */
export const MovedPath = z.object({ path: z.string(), planned: JsonValue, now: JsonValue }).meta({ id: "MovedPath" });

/** What a plan is for and what has become of it; also while it is being made, and when it could not be. */
export const PlanStanding = z
  .object({
    deployment: z.object({ id: z.uuid(), name: z.string(), environment: z.string(), playbook: z.string() }),
    release: z.object({
      bundleHash: z.string(),
      version: z.string().nullable().describe("Of the playbook; null when the release is not kept any more."),
      manifestHash: z.string().nullable(),
    }),
    requestedBy: z.string(),
    requestedAt: InstantText,
    moved: z.array(MovedPath).describe("What of the deployment has moved since; a rollout from it is then refused."),
    rollouts: z
      .array(z.object({ id: z.uuid(), phase: Phase, createdBy: z.string(), createdAt: InstantText }))
      .describe("Those that run this plan, newest first."),
  })
  .meta({ id: "PlanStanding" });
export type PlanStanding = z.infer<typeof PlanStanding>;

/** Poll until it is no longer `pending`. */
export const PlanState = z
  .object({
    state: z.enum(["pending", "ready", "failed"]),
    standing: PlanStanding,
    plan: Plan.optional(),
    comparison: ReleaseComparison.optional(),
    prose: z.string().optional().describe("The same plan for people."),
    code: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: "PlanState" });

/** How callers come to the new release: all at once, or in growing shares of new calls, sticky per caller. */
export const Strategy = StrategyNoun.meta({ id: "Strategy" });

/**
 * How the rollout moves where a person may decide; absent members take what the environment's gate policy says. Where that binds, a request
 * may be stricter and never laxer.
 */
export const PolicyInput = z.strictObject({
  approval: z.enum(["none", "required"]).optional(),
  approvals: z.int().min(0).max(10).optional().describe("How many distinct people must approve; wins over `approval`."),
  approvalTtlMs: z
    .int()
    .min(1)
    .max(30 * 24 * 3_600_000)
    .optional()
    .describe("How long it waits for approval or promotion before it aborts."),
  promotion: z.enum(["automatic", "manual"]).optional(),
  bakeMs: z
    .int()
    .min(0)
    .max(7 * 24 * 3_600_000)
    .optional(),
  strategy: Strategy.optional(),
  evidence: EvidencePolicy.partial().nullable().optional().describe("Members over the policy's; null: none."),
  replay: ReplayPolicy.partial()
    .optional()
    .describe("Past sessions to replay after the smoke test; members over the policy's."),
  freezeOverride: z
    .strictObject({ reason: z.string().min(1).max(500) })
    .optional()
    .describe("Passes the tenant's freeze windows that are known now. For `tenant-admin`."),
});

const whenLive = WhenLive.optional().describe(
  "What happens while another rollout is live; the gate policy's by default.",
);

/** Either a saved plan, revalidated and never made anew, or a deployment with a manifest version, planned first. */
export const StartRollout = z
  .union([
    z.strictObject({ planId: z.uuid(), policy: PolicyInput.default({}), whenLive }),
    z.strictObject({
      deploymentId: z.uuid(),
      manifestVersion: z.string().max(200),
      policy: PolicyInput.default({}),
      whenLive,
    }),
  ])
  .meta({ id: "StartRollout" });
export type StartRollout = z.infer<typeof StartRollout>;

/** An older release brought back by a new rollout: its manifest version with the configuration it was live with. */
export const RevertDeployment = z
  .strictObject({
    to: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        "The rollout that once switched to it, its version, or `playbook@version`; absent: the one before the present.",
      ),
    reason: z.string().max(500).nullable().default(null),
    policy: PolicyInput.default({}),
  })
  .prefault({})
  .meta({ id: "RevertDeployment" });
export type RevertDeployment = z.infer<typeof RevertDeployment>;

/** Why somebody does not wait for what the rollout waits for. */
export const StatedReason = z.strictObject({ reason: z.string().trim().min(1).max(500) }).meta({ id: "StatedReason" });
export type StatedReason = z.infer<typeof StatedReason>;

export const Rollout = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    phase: Phase,
    heldPhase: Phase.nullable(),
    desired: z.string(),
    policy: z.object({
      approval: z.string(),
      promotion: z.string(),
      bakeMs: z.int(),
      approvalTtlMs: z.int(),
      approvals: z.int().optional().describe("How many distinct people must approve."),
      approvers: z.array(z.string()).optional().describe("Roles whose approval counts."),
      authorMayApprove: z.boolean().optional(),
      promoters: z.array(z.string()).optional().describe("Roles that may open the last gate."),
      strategy: Strategy.optional(),
      evidence: EvidencePolicy.optional(),
      replay: ReplayPolicy.optional(),
      freezeOverride: z
        .object({ by: z.string(), reason: z.string(), freezes: z.array(z.uuid()).optional() })
        .optional(),
      fleetRolloutId: z.uuid().optional().describe("The fleet rollout that began it."),
      waveId: z.uuid().optional(),
    }),
    bundleHash: z.string(),
    targetSlot: z.enum(["blue", "green"]),
    planId: z.uuid().nullable(),
    planHash: z.string().nullable(),
    approvedBy: z.string().nullable(),
    approvedAt: InstantText.nullable(),
    dueAt: InstantText.nullable().describe(
      "When it goes on, is looked at again, or ends by itself; null: at once, or when a person acts (phase held).",
    ),
    reason: z.object({ code: z.string(), detail: z.string(), nextAction: z.string() }).nullable(),
    memory: JsonMembers,
    version: z.int(),
    engineVersion: z.string(),
    createdBy: z.string(),
    createdAt: InstantText,
    updatedAt: InstantText,
  })
  .meta({ id: "Rollout" });
export type Rollout = z.infer<typeof Rollout>;
export const RolloutPage = pageOf("RolloutPage", Rollout);

export const Step = z
  .object({
    seq: z.int(),
    stage: z.string(),
    address: z.string(),
    verb: z.string(),
    vendor: z.string(),
    state: z.string(),
    externalId: z.string().nullable(),
    attempt: z.int(),
    notBefore: InstantText.nullable(),
  })
  .meta({ id: "Step" });

/** Response latency of a release as estimated, as its smoke test measured it, and as callers have it. Never what a vendor reports. */
const RolloutLatency = z
  .object({
    targetMs: z.number().nullable(),
    estimated: z.object(Percentiles).nullable().describe("From the providers' probes of the plan; null without any."),
    smoke: z
      .object({ ...Percentiles, turns: z.int() })
      .nullable()
      .describe("Null before the smoke test, and where Tandem does not speak itself."),
    live: z
      .array(z.object({ region: z.string(), ...Percentiles, turns: z.int() }))
      .describe("Turns of callers on the release in the last 24 hours, by region; empty before the switch."),
  })
  .meta({ id: "RolloutLatency" });

export const RolloutDetail = z
  .object({
    ...Rollout.shape,
    steps: z.array(Step),
    plan: Plan.nullable(),
    latency: RolloutLatency,
    evidence: EvidenceVerdict.nullable().describe(
      "What the calls on the release told at the last look; null where none were weighed.",
    ),
  })
  .meta({ id: "RolloutDetail" });
export type RolloutDetail = z.infer<typeof RolloutDetail>;

/** What the calls on the release told at one look; shares 0–1, times in milliseconds. */
export const EvidenceLook = z
  .object({
    at: InstantText.describe("The end of the calls that it rests on."),
    watch: z.enum(["shifting", "baking"]).describe("While callers were shared between releases, or after the switch."),
    verdict: EvidenceVerdict,
  })
  .meta({ id: "EvidenceLook" });
export type EvidenceLook = z.infer<typeof EvidenceLook>;
export const EvidenceLookPage = pageOf("EvidenceLookPage", EvidenceLook);

export const RolloutEvent = z
  .object({ rolloutId: z.uuid(), seq: z.int(), at: InstantText, type: z.string(), phase: Phase, payload: JsonMembers })
  .meta({ id: "RolloutEvent" });
export type RolloutEvent = z.infer<typeof RolloutEvent>;
export const RolloutEvents = z.object({ items: z.array(RolloutEvent) }).meta({ id: "RolloutEvents" });

/** The newest smoke test of a rollout: scenarios with what was heard, when, and how fast it was answered. */
export const RolloutSmoke = z
  .object({ rolloutId: z.uuid(), at: InstantText, ...SmokeReport.shape })
  .meta({ id: "RolloutSmoke" });
export type RolloutSmoke = z.infer<typeof RolloutSmoke>;

export const RollbackResult = z
  .object({ pointer: Pointer, rollout: Rollout.nullable(), wasAbort: z.boolean() })
  .meta({ id: "RollbackResult" });
