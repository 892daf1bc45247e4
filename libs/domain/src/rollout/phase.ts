import { z } from "zod";

/** Phases of a rollout, in the order of a good day. `held` stores the phase to resume. */
export const Phase = z.enum([
  "queued",
  "preflighting",
  "planning",
  "awaiting-approval",
  "applying",
  "smoke-testing",
  "awaiting-promotion",
  "shifting",
  "switching",
  "baking",
  "retiring",
  "succeeded",
  "aborting",
  "aborted",
  "rolling-back",
  "rolled-back",
  "held",
  "failed",
]);
export type Phase = z.infer<typeof Phase>;

/** Phases in which nothing happens any more. */
export const terminalPhases: ReadonlySet<Phase> = new Set<Phase>(["succeeded", "aborted", "rolled-back", "failed"]);
