import { z } from "zod";
import { ReleaseName } from "./rollout-standing.ts";

const LivedRelease = z.object({
  rolloutId: z.uuid().describe("The rollout that switched to it."),
  hash: z.string(),
  version: z.string().describe("`playbook@version`."),
});

/** What a deployment's slots hold by name, and which release a revert would bring back. */
export const DeploymentStanding = z
  .object({
    deploymentId: z.uuid(),
    timeZone: z.string().nullable().describe("Of its callers; null where the configuration names none."),
    slots: z
      .object({ blue: ReleaseName.nullable(), green: ReleaseName.nullable() })
      .describe("What each slot holds; null: nothing."),
    lived: z.array(LivedRelease).max(50).describe("Releases that callers have had, each once, newest first."),
    revert: z.object({
      to: LivedRelease.nullable().describe("What a revert without a name brings back; null: nothing."),
      refusal: z.string().nullable().describe("Why it would be refused; null: it would begin a rollout."),
    }),
  })
  .meta({ id: "DeploymentStanding" });
export type DeploymentStanding = z.infer<typeof DeploymentStanding>;
