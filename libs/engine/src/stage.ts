import type { EvidenceVerdict } from "@tandem/domain/evidence";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { MachineEvent, ReasonCode, Rollout } from "@tandem/domain/rollout";
import type { Slot } from "@tandem/domain/slot";
import type { FencedTransaction, RolloutView } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "./context.ts";
import type { LeaseHolder } from "./lease-holder.ts";
import type { RolloutMemory } from "./memory.ts";
import type { OpenConnections } from "./open-connections.ts";

/** The one event that a stage ends with, and what is written together with it. */
export interface StageOutcome {
  readonly event: MachineEvent;
  readonly reason?: { readonly code: ReasonCode; readonly detail: string } | null;
  /** For `wait`: look again after this many milliseconds; null or absent: at once. */
  readonly dueInMs?: number | null;
  readonly memory?: { readonly [Member in keyof RolloutMemory]: RolloutMemory[Member] | undefined };
  readonly planned?: { readonly planId: string; readonly planHash: string };
  readonly desired?: Rollout["desired"];
  /**
   * Written in the transaction of the transition, under the row lock, before the transition itself. May find that things have
   * moved and answer another outcome (whose own `write` is not run).
   */
  readonly write?: (transaction: FencedTransaction) => Promise<StageOutcome | undefined>;
}

/** One look at a rollout: what a stage may use. */
export interface StageRun {
  readonly context: EngineContext;
  readonly lease: LeaseHolder;
  readonly connections: OpenConnections;
  readonly view: RolloutView;
  readonly rollout: Rollout;
  readonly memory: RolloutMemory;
  readonly bundle: ReleaseBundle;
  readonly target: Slot;
  /** The rollout row's version as this run knows it: raised with each of its own patches. */
  readonly seen: { version: number };
  /** What this run's look at the calls told last; kept with its outcome, whatever that is. */
  readonly weighed: { verdict: EvidenceVerdict | null };
  /** Database time, carried forward from the view on the monotonic clock. Epoch milliseconds. */
  nowMs(): number;
}

/** Facts in, one event out. Stages do not know each other. */
export type Stage = (run: StageRun) => Promise<StageOutcome>;
