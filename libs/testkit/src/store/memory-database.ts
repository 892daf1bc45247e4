import type { Instant, Json } from "@tandem/kernel";
import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Rollout, RolloutEvent, Step } from "@tandem/domain/rollout";
import type { Binding, Pointer, PointerCause, Slot, SlotView } from "@tandem/domain/slot";
import type { Connection, Deployment } from "@tandem/domain/tenant";
import type { Attachment, AuditEntry, Command } from "@tandem/ports/store/rollouts";

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

/** One row of the pointer's history. */
export interface PointerMove {
  readonly deploymentId: string;
  readonly pointer: Pointer;
  readonly cause: PointerCause;
  readonly actor: string;
  /** Slots as they were when the transaction that moved it had committed. */
  readonly slots: Readonly<Record<Slot, SlotView>>;
  readonly atMs: number;
}

/** What one committed transaction changed: what an independent checker reads. */
export interface Commit {
  readonly atMs: number;
  readonly deploymentId: string;
  readonly changes: readonly string[];
  readonly audits: readonly AuditEntry[];
  readonly workerId: string | null;
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

/** What the mutants take away from the in-memory store. Production semantics are all true. */
export interface StoreGuards {
  /** A write under an old epoch is refused. */
  readonly isFenced: boolean;
  /** A lease in force keeps others away. */
  readonly isExclusive: boolean;
  /** The pointer moves only from the expected generation. */
  readonly isCompareAndSet: boolean;
  /** An intent outlives the process that wrote it. */
  readonly keepsIntents: boolean;
  /** A change without an audit row is refused at commit. */
  readonly requiresAudit: boolean;
}

export const allGuards: StoreGuards = {
  isFenced: true,
  isExclusive: true,
  isCompareAndSet: true,
  keepsIntents: true,
  requiresAudit: true,
};

/** The tables. Time is the database's own. */
export class MemoryDatabase {
  readonly deployments = new Map<string, DeploymentState>();
  readonly connections: Connection[] = [];
  readonly plans = new Map<string, Plan>();
  readonly bundles = new Map<string, ReleaseBundle>();
  readonly events: RolloutEvent[] = [];
  readonly pointerHistory: PointerMove[] = [];
  readonly commits: Commit[] = [];
  readonly commands = new Map<string, CommandState>();
  readonly outbox: { readonly kind: string; readonly payload: Json }[] = [];
  /** `<deployment id>/<slot>` → live calls. */
  readonly liveCalls = new Map<string, number>();
  /** External key → slot, of every slot-owned binding that ever was: for checking what was written where. */
  readonly keySlots = new Map<string, Slot>();
  readonly guards: StoreGuards;
  readonly #nowMs: () => number;
  readonly #locks = new Map<string, Promise<unknown>>();

  constructor(nowMs: () => number, guards: StoreGuards = allGuards) {
    this.#nowMs = nowMs;
    this.guards = guards;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  now(): Instant {
    return new Date(this.#nowMs()).toISOString();
  }

  /** Throws for an unknown id: tests name what exists. */
  state(deploymentId: string): DeploymentState {
    const state = this.deployments.get(deploymentId);
    if (state === undefined) throw new Error(`no deployment ${deploymentId}`);
    return state;
  }

  /** Runs `work` while nobody else holds the deployment's row. */
  async locked<Result>(deploymentId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#locks.get(deploymentId) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(
      () => {},
      () => {},
    );
    this.#locks.set(deploymentId, settled);
    return mine;
  }
}
