import type { AgentShare } from "../voice-agent.ts";
import type { RolloutView } from "./rollouts.ts";

/** A deployment whose safety net may be behind its pointer, taken by one worker for a while. */
export interface DueSafetyNet {
  readonly tenantId: string;
  readonly deploymentId: string;
}

/** What is known of a net when it is taken up. */
export interface SafetyNetState {
  readonly view: RolloutView;
  /** The agents found before our first write; null when nothing was written yet. */
  readonly found: readonly AgentShare[] | null;
  /** Failures in a row. */
  readonly attempts: number;
}

/** How a look at a net ended. */
export type SafetyNetOutcome =
  /** No vendor holds the number: there is nothing to keep in step. */
  | { readonly kind: "not-held"; readonly generation: number }
  /** The vendor's agents were read and follow `generation`. `confirmInMs`: look once more then; null: with the next move. */
  | { readonly kind: "in-step"; readonly generation: number; readonly confirmInMs: number | null }
  /** It could not be brought in step; tried again after `retryInMs`. `detail`: in our words, safe to show. */
  | { readonly kind: "failed"; readonly detail: string; readonly retryInMs: number };

/** The worker's side of safety nets. Each write is one transaction with its audit row. */
export interface SafetyNetWork {
  /** Deployments with a number whose pointer has moved since the net was last seen in step, or whose retry is due; each for one worker. */
  claimSafetyNets(limit: number, claimMs: number): Promise<readonly DueSafetyNet[]>;
  safetyNet(due: DueSafetyNet): Promise<SafetyNetState | null>;
  /** Before the vendor is written to. `found` is kept the first time only. */
  intendShares(
    due: DueSafetyNet,
    intent: {
      readonly generation: number;
      readonly found: readonly AgentShare[];
      readonly shares: readonly AgentShare[];
    },
  ): Promise<void>;
  endSafetyNetLook(due: DueSafetyNet, outcome: SafetyNetOutcome): Promise<void>;
}
