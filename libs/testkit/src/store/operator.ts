import { AppError, instant } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import {
  decideDetach,
  decideMode,
  decideRemoval,
  decideRequest,
  decideRollback,
  type DecisionRecord,
  type Refusal,
  type RemovalDecision,
  type Rollout,
  type RolloutAsk,
  type RolloutChange,
  type RolloutPolicy,
} from "@tandem/domain/rollout";
import { targetSlotOf } from "@tandem/domain/plan";
import type { Pointer } from "@tandem/domain/slot";
import type { MemoryDatabase } from "./memory-database.ts";
import { MemoryTransaction } from "./memory-transaction.ts";

/** What a person does, through the same deciders as the API, each in one transaction with its audit row. Refusals are thrown. */
export class Operator {
  readonly #database: MemoryDatabase;
  readonly #newId: () => string;
  readonly #subject: string;
  #next = 1;

  constructor(database: MemoryDatabase, newId: () => string, subject = "user:operator") {
    this.#database = database;
    this.#newId = newId;
    this.#subject = subject;
  }

  start(
    deploymentId: string,
    wish: {
      readonly bundle: ReleaseBundle;
      readonly bundleHash: string;
      readonly policy: RolloutPolicy;
      readonly planId?: string;
    },
  ): Promise<string> {
    return this.#change(deploymentId, "start", (transaction) => {
      if (!this.#database.bundles.has(wish.bundleHash))
        this.#database.history.note({ kind: "bundled", hash: wish.bundleHash, bundle: wish.bundle });
      this.#database.bundles.set(wish.bundleHash, wish.bundle);
      const plan = wish.planId === undefined ? undefined : this.#database.plans.get(wish.planId);
      const rollout = this.#row(deploymentId, {
        policy: wish.policy,
        bundleHash: wish.bundleHash,
        targetSlot: plan?.targetSlot ?? targetSlotOf(transaction.pointer),
        planId: plan?.id ?? null,
        planHash: plan?.hash ?? null,
      });
      transaction.insertRollout(rollout);
      this.#audit(transaction, "rollout.started", deploymentId);
      return rollout.id;
    });
  }

  rollback(deploymentId: string): Promise<"abort" | "rollback"> {
    return this.#change(deploymentId, "rollback", async (transaction) => {
      const { slots } = this.#database.state(deploymentId);
      const decision = accepted(decideRollback({ pointer: transaction.pointer, rollout: transaction.rollout, slots }));
      transaction.bumpEpoch();
      if (decision.kind === "rollback") {
        await transaction.movePointer(transaction.pointer.generation, decision.pointer, "rollback", this.#subject);
        for (const slot of ["blue", "green"] as const)
          if (decision.slots[slot] !== undefined) await transaction.patchSlot(slot, decision.slots[slot]);
      }
      if (decision.rollout !== null) await this.#write(transaction, decision.rollout, decision);
      this.#audit(transaction, decision.auditAction, deploymentId);
      return decision.kind;
    });
  }

  /** `subject`: who asks, this operator by default; `roles`: as held now. */
  ask(
    deploymentId: string,
    request: RolloutAsk,
    { subject = this.#subject, roles = ["operator", "approver"] }: { subject?: string; roles?: string[] } = {},
  ): Promise<void> {
    return this.#change(deploymentId, request, async (transaction) => {
      if (transaction.rollout === null) throw new AppError("not_found", "there is no live rollout");
      const { pointer, rollout } = transaction;
      const asker = { subject, roles, pointer, approvals: await transaction.approvals() };
      const decision = accepted(decideRequest(rollout, request, asker));
      if (decision.approval !== undefined)
        transaction.addApproval({
          ...decision.approval,
          subject,
          via: "api",
          reason: null,
          at: transaction.now,
          isEntitled: true,
        });
      await this.#write(transaction, decision.rollout, decision);
      this.#audit(transaction, decision.auditAction, deploymentId);
    });
  }

  setMode(deploymentId: string, mode: Pointer["mode"]): Promise<void> {
    return this.#change(deploymentId, mode === "diverted" ? "divert" : "undivert", async (transaction) => {
      const decision = accepted(decideMode(transaction, mode));
      await transaction.movePointer(transaction.pointer.generation, decision.pointer, decision.cause, this.#subject);
      this.#audit(transaction, decision.auditAction, deploymentId);
    });
  }

  detach(deploymentId: string): Promise<void> {
    return this.#change(deploymentId, "detach", async (transaction) => {
      const { slots, attachment } = this.#database.state(deploymentId);
      const decision = accepted(
        decideDetach({ pointer: transaction.pointer, rollout: transaction.rollout, slots, attachment }),
      );
      if (decision.kind === "join") await this.#write(transaction, decision.rollout, decision);
      else
        transaction.insertRollout({
          ...this.#row(deploymentId, {
            ...decision.rollout,
            policy: { approval: "none", promotion: "automatic", bakeMs: 0, approvalTtlMs: 60_000 },
            planId: null,
            planHash: null,
          }),
          ...decision.rollout,
        });
      this.#audit(transaction, decision.auditAction, deploymentId);
    });
  }

  /** Takes the deployment apart as far as it can be told now; answers what was decided, to be asked again until it is `nothing` or ended. */
  removeDeployment(deploymentId: string): Promise<RemovalDecision["kind"]> {
    return this.#change(deploymentId, "detach", async (transaction) => {
      const { slots, rollouts } = this.#database.state(deploymentId);
      const decision = decideRemoval(
        { pointer: transaction.pointer, rollout: transaction.rollout, slots },
        rollouts.at(-1) ?? null,
      );
      if (decision.kind === "end-live") await this.#write(transaction, decision.rollout, decision);
      if (decision.kind === "start")
        transaction.insertRollout({
          ...this.#row(deploymentId, { ...decision.rollout, planId: null, planHash: null }),
          ...decision.rollout,
        });
      if ("auditAction" in decision) this.#audit(transaction, decision.auditAction, deploymentId);
      return decision.kind;
    });
  }

  /** Suspends or reactivates the deployment's tenant. */
  setTenantStatus(deploymentId: string, status: "active" | "suspended"): void {
    const state = this.#database.state(deploymentId);
    this.#database.deployments.set(deploymentId, { ...state, tenantStatus: status });
  }

  /** A window of the platform's from now on in which no new release comes to callers. Waits for transactions that are open. */
  freeze(durationMs: number): Promise<void> {
    const begin = [...this.#database.deployments.keys()].reduce<() => Promise<void>>(
      (inner, deploymentId) => () => this.#database.locked(deploymentId, inner),
      async () => this.#beginFreeze(durationMs),
    );
    return begin();
  }

  #beginFreeze(durationMs: number): void {
    const nowMs = this.#database.nowMs();
    const createdAt = instant(nowMs);
    this.#database.freezes = [
      ...this.#database.freezes,
      {
        id: this.#newId(),
        level: "platform",
        playbook: null,
        environment: null,
        startsAt: createdAt,
        endsAt: instant(nowMs + durationMs),
        reason: "quiet hours",
        endedAt: null,
        createdBy: this.#subject,
        createdAt,
        isExempt: false,
      },
    ];
    this.#database.history.note({ kind: "frozen", durationMs });
  }

  /** One request: noted when it is asked, and when it has been answered. */
  async #change<Result>(
    deploymentId: string,
    what: string,
    work: (transaction: MemoryTransaction) => Result | Promise<Result>,
  ): Promise<Result> {
    const { history } = this.#database;
    const requestId = `request-${this.#next++}`;
    history.note({ kind: "asked", requestId, deploymentId, what });
    try {
      const result = await this.#inTransaction(deploymentId, work);
      const { pointer, rollouts } = this.#database.state(deploymentId);
      const rolloutId = rollouts.at(-1)?.id ?? null;
      history.note({
        kind: "acknowledged",
        requestId,
        deploymentId,
        what: typeof result === "string" && what === "rollback" ? result : what,
        rolloutId,
        generation: pointer.generation,
      });
      return result;
    } catch (error) {
      history.note({ kind: "refused", requestId, what, text: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  #inTransaction<Result>(
    deploymentId: string,
    work: (transaction: MemoryTransaction) => Result | Promise<Result>,
  ): Promise<Result> {
    return this.#database.locked(deploymentId, async () => {
      const transaction = new MemoryTransaction(this.#database, deploymentId);
      const result = await work(transaction);
      transaction.commit(this.#subject);
      return result;
    });
  }

  async #write(transaction: MemoryTransaction, change: RolloutChange, record: DecisionRecord): Promise<void> {
    await transaction.patchRollout({ ...change, dueInMs: null });
    await transaction.appendEvent(record.event);
  }

  #audit(transaction: MemoryTransaction, action: string, deploymentId: string): void {
    transaction.audits.push({ actor: this.#subject, via: "api", action, object: `deployment/${deploymentId}` });
  }

  #row(
    deploymentId: string,
    wish: Pick<Rollout, "policy" | "bundleHash" | "targetSlot" | "planId" | "planHash">,
  ): Rollout {
    const now = this.#database.now();
    const { tenantId } = this.#database.state(deploymentId).deployment;
    return {
      id: this.#newId(),
      tenantId,
      deploymentId,
      phase: "queued",
      heldPhase: null,
      desired: "continue",
      approvedBy: null,
      approvedAt: null,
      dueAt: null,
      reason: null,
      memory: {},
      version: 1,
      engineVersion: "2",
      createdBy: "user:author",
      createdAt: now,
      updatedAt: now,
      ...wish,
    };
  }
}

function accepted<Decision extends { readonly kind: string }>(
  decision: Decision | Refusal,
): Exclude<Decision, Refusal> {
  if (decision.kind === "refused")
    throw new AppError((decision as Refusal).error, (decision as Refusal).text, {
      details: { reason: (decision as Refusal).reason },
    });
  return decision as Exclude<Decision, Refusal>;
}
