import { z } from "zod";

/** The one queue. */
export const QUEUE = "tandem-work";

/** Jobs by name: each payload holds ids only; its meaning is "look there", never "do this". */
export const jobs = {
  /** Look at a deployment: its rollout or a command may have work. */
  look: z.strictObject({ tenantId: z.uuid(), deploymentId: z.uuid() }),
  /** Look for commands (plans, drift, connection tests) of any tenant. */
  commands: z.strictObject({}),
  /** Look for calls that are due to be placed, of any tenant. */
  outbound: z.strictObject({}),
} as const;

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]>;
