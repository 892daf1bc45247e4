import type { Instant, Json, JsonObject } from "@tandem/kernel";
import type { DriftDecision } from "@tandem/domain/drift";
import type { Approval, CostCap, FreezeLook } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Phase, Rollout, RolloutEvent, Step, StepState } from "@tandem/domain/rollout";
import type { Binding, Pointer, PointerCause, Slot, SlotState, SlotView } from "@tandem/domain/slot";
import type { Connection, Deployment } from "@tandem/domain/tenant";
import type { NumberRouting } from "../telephony.ts";
import type { DriftLooks } from "./drift.ts";
import type { EvidenceStore } from "./evidence.ts";
import type { ReplayStore } from "./replays.ts";
import type { TrafficReads } from "./traffic-reads.ts";

/** The right to write a deployment's journal. Every write checks the epoch inside its own transaction. */
export interface Lease {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly workerId: string;
  readonly epoch: number;
  /** How long it was granted for; the holder counts on its own monotonic clock from before the claim was sent. */
  readonly leaseMs: number;
  readonly grantedAtMonotonicMs: number;
}

/** How the number came to be ours and how it goes back. */
export interface Attachment {
  readonly attached: boolean;
  /** Routing found before attach, to be restored at detach; null when never attached. */
  readonly storedRouting: NumberRouting | null;
}

/** Whether the agents of a number that its vendor holds follow the pointer (ruling 21). */
export type SafetyNetView =
  | { readonly state: "in-step" }
  /** `since`: when the pointer moved that they do not follow yet. `failure`: why not, where a try has failed. */
  | { readonly state: "lagging"; readonly since: Instant | null; readonly failure: string | null };

/** A media node that has not told yet that it serves what the pointer became with its last move. */
export interface NodeBehind {
  readonly name: string;
  /** Database time of the last look at all pointers that it serves. */
  readonly lookedAt: Instant;
  /** When the deployment's pointer moved last. */
  readonly movedAt: Instant;
}

/** Everything a stage may need, read in one consistent snapshot. */
export interface RolloutView {
  readonly deployment: Deployment;
  readonly pointer: Pointer;
  /** Grows by 1 with every change of slots, bindings or pointer. */
  readonly stateSerial: number;
  readonly slots: Readonly<Record<Slot, SlotView>>;
  readonly attachment: Attachment;
  readonly bindings: readonly Binding[];
  readonly connections: readonly Connection[];
  /**
   * External key of a connection-owned binding → how many other deployments of the tenant are bound to the same object. Absent
   * keys, and an absent map, mean none. A hint for planning; a removal counts again under the lock.
   */
  readonly otherReferences?: Readonly<Record<string, number>>;
  /** Decisions about drift that are in force; absent: none. */
  readonly driftDecisions?: readonly DriftDecision[];
  /** How the agents stand that the vendor of the number answers with behind our webhook; null or absent: no vendor holds the number. */
  readonly safetyNet?: SafetyNetView | null;
  /** Nodes whose last look is not later than the pointer's last move by five minutes; none where absent. Which of them are behind is the engine's to say. */
  readonly nodesBehind?: readonly NodeBehind[];
  /** The live rollout, or the newest terminal one that still has cleaning up to do; null when there is nothing to do. */
  readonly rollout: Rollout | null;
  readonly plan: Plan | null;
  readonly steps: readonly Step[];
  /** The rollout's bundle and that of each filled slot, by hash. */
  readonly bundles: Readonly<Record<string, ReleaseBundle>>;
  /** Whether the tenant may run rollouts. */
  readonly tenantStatus: "active" | "suspended";
  /** What a release of this deployment may cost; absent and null: nothing caps it. */
  readonly costCap?: CostCap | null;
  /** Database time of the snapshot: the only wall clock the engine decides by. */
  readonly now: Instant;
}

/** A row of `audit`; actor, via and request come from the store's context when a person acts. */
export interface AuditEntry {
  readonly actor: string;
  readonly via: "api" | "ui" | "worker" | "cli" | "media" | "system";
  /** `rollout.phase-entered`, `pointer.moved`, `slot.tainted` … */
  readonly action: string;
  /** `rollout/<id>`, `deployment/<id>` … */
  readonly object: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly reason?: string;
}

/** The patch that a transition writes to the rollout row. Absent members stay as they are. */
export interface RolloutPatch {
  readonly phase?: Phase;
  readonly heldPhase?: Phase | null;
  readonly planId?: string | null;
  readonly planHash?: string | null;
  readonly reason?: Rollout["reason"];
  readonly memory?: JsonObject;
  /** Due this many milliseconds from database now; null = at once. */
  readonly dueInMs?: number | null;
  readonly desired?: Rollout["desired"];
}

export interface StepPatch {
  readonly state?: StepState;
  readonly requestHash?: string;
  readonly externalId?: string | null;
  /** Writes `intent_at = now()` and the lease's epoch, and counts the attempt. */
  readonly isIntent?: boolean;
  /** Not before this many milliseconds from database now; null clears it. */
  readonly notBeforeInMs?: number | null;
  readonly outcome?: Step["outcome"];
}

/**
 * One open transaction on a deployment whose row is locked and whose lease epoch has been checked. It either commits whole or
 * leaves nothing. No vendor call may happen inside. A transaction that changes state without an audit entry is refused at commit.
 */
export interface FencedTransaction {
  /** The rollout row as locked (fresh `desired`, `version`), the pointer and the serial. */
  readonly rollout: Rollout | null;
  readonly pointer: Pointer;
  readonly stateSerial: number;
  readonly configVersion: number;
  readonly now: Instant;
  patchRollout(patch: RolloutPatch): Promise<void>;
  /** Numbered under the row lock. */
  appendEvent(event: Pick<RolloutEvent, "type" | "payload">): Promise<void>;
  audit(entry: AuditEntry): Promise<void>;
  savePlan(plan: Plan): Promise<void>;
  insertSteps(steps: readonly Pick<Step, "seq" | "stage" | "operation" | "state">[]): Promise<void>;
  patchStep(seq: number, patch: StepPatch): Promise<void>;
  /** Inserts or replaces by (address, slot); a null external id is allowed while creation is unconfirmed. */
  putBinding(binding: Binding): Promise<void>;
  removeBinding(address: string, slot: Slot | null): Promise<void>;
  /**
   * The windows that concern the deployment and have not ended, as committed now; a window whose creation has been acknowledged is among
   * them, and one that is being created waits for this transaction.
   */
  freezes(): Promise<FreezeLook>;
  /** What has been decided about the rollout's plans, oldest first. */
  approvals(): Promise<readonly Approval[]>;
  /** How many bindings of any deployment of the tenant name this connection-owned object. */
  countReferences(externalKey: string): Promise<number>;
  /**
   * Whether another deployment of the tenant is at this connection-owned object: a live rollout of it has an open intent with this key.
   * Until this transaction has ended no other one is answered for the same key, so that of two that ask only one can write its intent.
   */
  isWrittenElsewhere(externalKey: string): Promise<boolean>;
  /** The object's fields as other deployments of the tenant last read them back: what they may need of a connection-owned object. */
  appliedElsewhere(externalKey: string): Promise<readonly JsonObject[]>;
  patchSlot(
    slot: Slot,
    patch: {
      state?: SlotState;
      bundleHash?: string | null;
      readyBundleHash?: string | null;
      verified?: boolean;
      intact?: boolean;
    },
  ): Promise<void>;
  setAttachment(attachment: Attachment): Promise<void>;
  /** Compare-and-set on the generation: writes pointer, history and notification; false when it had moved. `pointer.generation` must be expected + 1. */
  movePointer(expectedGeneration: number, pointer: Pointer, cause: PointerCause, actor: string): Promise<boolean>;
  /** A message to the outside, delivered after commit by the outbox sender. */
  enqueue(kind: string, payload: JsonObject): Promise<void>;
}

/** The engine's truth. Implemented on PostgreSQL by `libs/store` and in memory, with the same semantics, by `libs/testkit`. */
export interface RolloutStore {
  /** What the calls of a deployment's releases tell. */
  readonly evidence: EvidenceStore;
  /** Past sessions, and what became of them on other releases. */
  readonly replays: ReplayStore;
  /**
   * Begins rollouts that waited until a deployment's live one had ended: the oldest of each, where nothing forbids it now. One whose plan
   * has gone stale ends as failed; a window or a suspended tenant lets it wait on. Answers how many began.
   */
  startWaiting(limit: number): Promise<number>;
  /** Deployments with due work and a free lease, oldest first, across all tenants. */
  findDue(limit: number): Promise<readonly { readonly tenantId: string; readonly deploymentId: string }[]>;
  /** Takes the lease when it is free or expired by database time; null when another worker holds it. */
  claim(tenantId: string, deploymentId: string, workerId: string, leaseMs: number): Promise<Lease | null>;
  /** Throws `lease_lost` when the epoch has moved. */
  renew(lease: Lease): Promise<Lease>;
  /** Gives the lease up; no error when it is already lost. */
  release(lease: Lease): Promise<void>;
  view(tenantId: string, deploymentId: string): Promise<RolloutView | null>;
  /**
   * Runs `work` under the row lock and the fence; throws `lease_lost` when the epoch has moved. Retries serialization failures;
   * an unknown commit outcome surfaces as `database_unavailable` and the caller re-reads.
   */
  fenced<Result>(lease: Lease, work: (transaction: FencedTransaction) => Promise<Result>): Promise<Result>;
}

/** Commands that the API leaves for a worker: a plan to make, drift to look for, a connection to test. Claimed with a lease of their own. */
export interface Command {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: "plan" | "drift" | "test-connection" | "test-call" | "list-voices";
  /** Deployment id, or connection id for `test-connection` and `list-voices`. */
  readonly subjectId: string;
  /** For `plan`: the bundle to plan for. */
  readonly bundleHash: string | null;
  readonly requestedBy: string;
  /** For `test-call`: slot and script. */
  readonly input?: Json;
}

export interface CommandStore extends DriftLooks, TrafficReads {
  /** Takes up to `limit` unfinished commands whose claim is free or expired (database time). */
  claimCommands(workerId: string, limit: number, leaseMs: number): Promise<readonly Command[]>;
  /** View for a command: like `RolloutStore.view`, with the command's bundle among `bundles`. */
  commandView(command: Command): Promise<RolloutView | null>;
  connection(tenantId: string, connectionId: string): Promise<Connection | null>;
  /** The sealed credential in force (compact JWE) with its version; null when none was stored. Only a worker can open it. */
  sealedCredential(
    tenantId: string,
    connectionId: string,
  ): Promise<{ readonly version: number; readonly sealed: string } | null>;
  finishPlan(command: Command, plan: Plan): Promise<void>;
  finishCheck(command: Command, result: Json): Promise<void>;
  failCommand(command: Command, code: string, detail: string): Promise<void>;
}
