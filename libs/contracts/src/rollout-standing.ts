import { Phase } from "@tandem/domain/rollout";
import { z } from "zod";
import { InstantText } from "./json.ts";

export const ReleaseName = z.object({
  hash: z.string(),
  version: z.string().nullable().describe("`playbook@version`; null when the release is not kept any more."),
});

/** What may be asked of a rollout. */
export const RolloutRequest = z.enum([
  "approve",
  "reject",
  "promote",
  "pause",
  "resume",
  "skip",
  "abort",
  "rollback",
  "override-freeze",
]);
export type RolloutRequest = z.infer<typeof RolloutRequest>;

/** Where a rollout stands for whoever asks: what it moves, what is being watched, and what may be asked of it now. */
export const RolloutStanding = z
  .object({
    rolloutId: z.uuid(),
    phase: Phase,
    deployment: z.object({
      id: z.uuid(),
      name: z.string(),
      environment: z.string(),
      playbook: z.string(),
      timeZone: z.string().nullable().describe("Of its callers; null where the configuration names none."),
    }),
    release: ReleaseName,
    before: ReleaseName.nullable().describe(
      "The release that callers had when the plan was made; null for a first one.",
    ),
    pointer: z.object({
      active: z.enum(["none", "blue", "green"]),
      candidate: z.enum(["blue", "green"]).nullable(),
      weightBp: z.int().describe("Share of new calls on the candidate, basis points."),
      generation: z.int(),
    }),
    isSwitched: z.boolean().describe("Whether callers are on the rollout's slot."),
    callsOnTarget: z.int().describe("Calls in progress on the rollout's slot."),
    watch: z
      .object({
        kind: z.enum(["canary", "bake"]),
        step: z.int().nullable().describe("Index of the canary step in force."),
        startedAt: InstantText,
        endsAt: InstantText.nullable().describe("At the earliest; null where the next look begins it."),
        checkedAt: InstantText.nullable().describe("When its objects and its ingress were last checked."),
        failedChecks: z.int().describe("In a row."),
      })
      .nullable(),
    requests: z
      .array(
        z.object({
          request: RolloutRequest,
          refusal: z.string().nullable().describe("Why it would be refused now; null: it would be done."),
        }),
      )
      .describe("Decided by the same rules as the requests themselves, roles of whoever asks included."),
  })
  .meta({ id: "RolloutStanding" });
export type RolloutStanding = z.infer<typeof RolloutStanding>;

/** Every reason that a rollout can wait, be held or have ended for. */
export const Reasons = z
  .object({
    items: z.array(
      z.object({
        code: z.string(),
        kind: z.enum(["wait", "hold", "end"]).describe("Goes on by itself · needs a person · explains an end."),
        summary: z.string(),
        nextAction: z.string(),
      }),
    ),
  })
  .meta({ id: "Reasons" });
export type Reasons = z.infer<typeof Reasons>;
