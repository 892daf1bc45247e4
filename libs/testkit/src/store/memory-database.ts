import { instant, type Instant, type Json } from "@tandem/kernel";
import type { DriftDecision, DriftLook } from "@tandem/domain/drift";
import type { Approval, CostCap, Freeze } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Rollout, RolloutEvent, Step } from "@tandem/domain/rollout";
import type { Binding, Pointer, Slot, SlotView } from "@tandem/domain/slot";
import type { Connection, Deployment } from "@tandem/domain/tenant";
import type { Attachment, Command } from "@tandem/ports/store/rollouts";
import { History } from "../history/history.ts";
import { MemoryAudit } from "./memory-audit.ts";
import { MemoryEvidence } from "./memory-evidence.ts";
import { MemoryReplays } from "./memory-replays.ts";

/** Everything about one deployment. Values are replaced, never changed in place, so that a snapshot is a shallow copy. */
export interface DeploymentState {
  deployment: Deployment;
  tenantStatus: "active" | "suspended";
  pointer: Pointer;
  stateSerial: number;
  slots: Record<Slot, SlotView>;
  attachment: Attachment;
  bindings: readonly Binding[];
  rollouts: readonly Rollout[];
  /** Rollout id → journal. */
  steps: Record<string, readonly Step[]>;
  leaseOwner: string | null;
  leaseEpoch: number;
  leaseUntilMs: number;
}

/** A command with its claim. */
export interface CommandState {
  readonly command: Command;
  claimedUntilMs: number;
  result:
    | { readonly state: "done"; readonly value: Json | Plan }
    | { readonly state: "failed"; readonly code: string; readonly detail: string }
    | null;
}

/** The tables. Time is the database's own. */
export class MemoryDatabase {
  readonly deployments = new Map<string, DeploymentState>();
  readonly connections: Connection[] = [];
  readonly plans = new Map<string, Plan>();
  readonly bundles = new Map<string, ReleaseBundle>();
  readonly events: RolloutEvent[] = [];
  readonly evidence = new MemoryEvidence();
  readonly replays = new MemoryReplays();
  readonly audit: MemoryAudit;
  readonly commands = new Map<string, CommandState>();
  /** Deployment id → the latest look for drift. */
  readonly driftLooks = new Map<string, DriftLook>();
  /** Deployment id → decisions about drift. */
  readonly driftDecisions = new Map<string, readonly DriftDecision[]>();
  /** When the next look for drift is due, by deployment id; epoch milliseconds. */
  readonly driftDueMs = new Map<string, number>();
  /** Connection id → the most calls at once. */
  readonly busiestCalls = new Map<string, number>();
  /** Freeze windows of tenant and platform. */
  freezes: readonly Freeze[] = [];
  /** What a release may cost. */
  costCap: CostCap | null = null;
  /** Rollout id → what was decided about its plans. */
  readonly approvals = new Map<string, readonly Approval[]>();
  readonly outbox: { readonly kind: string; readonly payload: Json }[] = [];
  /** `<deployment id>/<slot>` → live calls. */
  readonly liveCalls = new Map<string, number>();
  /** Media node → database time of the last look at the pointers that it serves, epoch milliseconds. */
  readonly nodeLooks = new Map<string, () => number>();
  /** Deployment id → when its pointer moved last, epoch milliseconds. */
  readonly pointerMovedMs = new Map<string, number>();
  readonly history: History;
  readonly #nowMs: () => number;
  readonly #eventSeqs = new Map<string, number>();
  readonly #locks = new Map<string, Promise<unknown>>();
  readonly #keys = new Map<string, Promise<void>>();

  /** `history` is told of every commit and claim; `audit` goes on from the chains it is given. */
  constructor(nowMs: () => number, history: History = new History(nowMs), audit = new MemoryAudit()) {
    this.#nowMs = nowMs;
    this.history = history;
    this.audit = audit;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  now(): Instant {
    return instant(this.#nowMs());
  }

  /** Number of a rollout's next event; counts it. */
  nextEventSeq(rolloutId: string): number {
    const seq = (this.#eventSeqs.get(rolloutId) ?? 0) + 1;
    this.#eventSeqs.set(rolloutId, seq);
    return seq;
  }

  /** Throws for an unknown id: tests name what exists. */
  state(deploymentId: string): DeploymentState {
    const state = this.deployments.get(deploymentId);
    if (state === undefined) throw new Error(`no deployment ${deploymentId}`);
    return state;
  }

  /** Resolves when nobody else holds the key, with how to let go of it. */
  async holdKey(key: string): Promise<() => void> {
    while (this.#keys.has(key)) await this.#keys.get(key);
    const held = Promise.withResolvers<void>();
    this.#keys.set(key, held.promise);
    return () => {
      this.#keys.delete(key);
      held.resolve();
    };
  }

  /** Runs `work` while nobody else holds the deployment's row. */
  locked<Result>(deploymentId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#locks.get(deploymentId);
    const mine = before === undefined ? work() : before.then(work, work);
    const free = (): void => {
      if (this.#locks.get(deploymentId) === mine) this.#locks.delete(deploymentId);
    };
    this.#locks.set(deploymentId, mine);
    mine.then(free, free);
    return mine;
  }
}
