import { z } from "zod";

/**
 * What can happen to a rollout, as the machine sees it. Verbs are asked for by people or rules, participles were found out.
 * Not to be confused with `RolloutEvent`, the journalled account of what did happen.
 */
export const MachineEvent = z.enum([
  /** The work of the phase is done, or its gate is open. */
  "stage-succeeded",
  /** A person (or the policy) lets the plan through. */
  "approve",
  /**
   * A person opens the last gate. In `shifting` it takes all remaining steps at once; in `baking`, or held there for want of evidence,
   * it ends the watch.
   */
  "promote",
  /** A person stops it where it is. Before callers are on the new release nothing happens until it is resumed; afterwards it stays watched and goes no further. */
  "pause",
  /** A person takes the next canary step without waiting for the evidence of the present one. */
  "skip",
  /** A person stops it before callers notice. */
  "abort",
  /** A person wants the previous slot back; before the switch this is an abort. */
  "rollback",
  /** A person takes the deployment off our ingress: routing restored, pointer to `none`. */
  "detach",
  /** A person (or a self-resuming hold) lets a held rollout go on. */
  "resume",
  /** A gate stayed shut for its whole time to live. */
  "expire",
  /** Nothing to do until the due time. */
  "wait",
  /** The policy brings the new release live in steps: a share of new calls first. */
  "shift",
  /** Something needs a person; the reason names it. */
  "hold",
  /** A vendor failed beyond the retries or in a way that retrying cannot mend. */
  "vendor-failure",
  /** Another worker holds the lease now. */
  "lease-lost",
  /** Preflight found at least one error. */
  "findings-blocked",
  /** What the plan was made for has moved, before the first write. */
  "plan-stale",
  /** The target slot still has calls in progress. */
  "slot-draining",
  /** A vendor object changed without our doing, after the first write. */
  "drift-found",
  /** The inactive slot did not show what it must show. */
  "smoke-failed",
  /** The pointer was not where the switch expected it, or a condition of the switch no longer holds. */
  "switch-lost",
  /** A threshold broke while callers were on the new release, and there is an intact slot to go back to: the pointer goes back with this event. */
  "bake-breached",
  /** The same, but there is no intact previous slot. */
  "way-back-gone",
  /** The calls so far tell neither that the new release is as good nor that it is worse, and the time for it is over. */
  "evidence-inconclusive",
  /** The tenant may not run rollouts any more. */
  "tenant-suspended",
]);
export type MachineEvent = z.infer<typeof MachineEvent>;
