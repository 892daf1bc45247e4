import { AppError, instant, type Instant, type JsonObject } from "@tandem/kernel";
import { type Approval, concerns, type FreezeLook } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import { isLive, type Rollout, type RolloutEvent, type Step } from "@tandem/domain/rollout";
import type { Binding, Pointer, PointerCause, Slot, SlotView } from "@tandem/domain/slot";
import type { Attachment, AuditEntry, FencedTransaction, RolloutPatch, StepPatch } from "@tandem/ports/store/rollouts";
import type { DeploymentState, MemoryDatabase } from "./memory-database.ts";
import { rowChanges } from "./row-changes.ts";

/** The rollout a worker may work on: the live one, else the newest ended one with cleaning up to do. */
export function workableRollout(state: DeploymentState): Rollout | null {
  return (
    state.rollouts.findLast(isLive) ??
    state.rollouts.findLast(({ id }) => (state.steps[id] ?? []).some(isUnclean)) ??
    null
  );
}

const isUnclean = ({ stage, state }: Step): boolean =>
  stage === "cleanup" && (state === "pending" || state === "intent");

/** Whether a live rollout is at the connection-owned object of this key. */
const hasOpenIntent = ({ rollouts, steps }: DeploymentState, externalKey: string): boolean =>
  rollouts.some(
    (rollout) =>
      isLive(rollout) &&
      (steps[rollout.id] ?? []).some(
        ({ state, operation }) =>
          state === "intent" && operation.owner === "connection" && operation.externalKey === externalKey,
      ),
  );

/** One transaction on a copy of a deployment's state: `commit` puts the copy in place, whole. */
export class MemoryTransaction implements FencedTransaction {
  readonly rollout: Rollout | null;
  readonly pointer: Pointer;
  readonly stateSerial: number;
  readonly configVersion: number;
  readonly now: string;
  readonly changes: string[] = [];
  readonly audits: AuditEntry[] = [];
  readonly #database: MemoryDatabase;
  readonly #state: DeploymentState;
  readonly #before: DeploymentState;
  readonly #epoch: number;
  readonly #events: Omit<RolloutEvent, "seq">[] = [];
  readonly #plans: Plan[] = [];
  readonly #outbox: { kind: string; payload: JsonObject }[] = [];
  /** External keys that are locked until the end, with how to let go of them. */
  readonly #keys = new Map<string, () => void>();

  constructor(database: MemoryDatabase, deploymentId: string) {
    const state = database.state(deploymentId);
    this.#database = database;
    this.#before = state;
    this.#state = { ...state, slots: { ...state.slots }, steps: { ...state.steps } };
    this.#epoch = state.leaseEpoch;
    this.rollout = workableRollout(state);
    this.pointer = state.pointer;
    this.stateSerial = state.stateSerial;
    this.configVersion = state.deployment.configVersion;
    this.now = database.now();
  }

  async patchRollout(patch: RolloutPatch & { readonly approvedBy?: string }): Promise<void> {
    const { dueInMs, ...rest } = patch;
    this.replaceRollout((rollout) =>
      Object.assign(
        { ...rollout, version: rollout.version + 1, updatedAt: this.now },
        rest,
        dueInMs === undefined ? null : { dueAt: this.#dueAt(dueInMs) },
        patch.approvedBy === undefined ? null : { approvedAt: this.now },
      ),
    );
    this.changes.push(`rollout ${JSON.stringify(patch.phase ?? "waits")}`);
  }

  async appendEvent(event: Pick<RolloutEvent, "type" | "payload">): Promise<void> {
    const rollout = this.#present();
    this.#events.push({ ...event, rolloutId: rollout.id, at: this.now, phase: rollout.phase });
  }

  async audit(entry: AuditEntry): Promise<void> {
    this.audits.push(entry);
  }

  async savePlan(plan: Plan): Promise<void> {
    this.#plans.push(plan);
    this.changes.push("plan");
  }

  async insertSteps(steps: readonly Pick<Step, "seq" | "stage" | "operation" | "state">[]): Promise<void> {
    const { id: rolloutId } = this.#present();
    const known = this.#state.steps[rolloutId] ?? [];
    const added = steps.map((step): Step => ({
      ...step,
      rolloutId,
      epoch: null,
      requestHash: null,
      externalId: null,
      intentAt: null,
      attempt: 0,
      notBefore: null,
      outcome: null,
    }));
    const seqs = new Set(known.map(({ seq }) => seq));
    if (added.some(({ seq }) => seqs.has(seq))) throw new Error("a step with this number exists");
    this.#state.steps[rolloutId] = [...known, ...added];
    if (added.length > 0) this.changes.push("steps");
  }

  async patchStep(seq: number, patch: StepPatch): Promise<void> {
    const { id } = this.#present();
    const { isIntent, notBeforeInMs, ...rest } = patch;
    let isFound = false;
    this.#state.steps[id] = (this.#state.steps[id] ?? []).map((step) => {
      if (step.seq !== seq) return step;
      isFound = true;
      const attempt = { intentAt: this.now, attempt: step.attempt + 1, epoch: this.#epoch };
      return Object.assign(
        { ...step },
        rest,
        isIntent === true ? attempt : null,
        notBeforeInMs === undefined ? null : { notBefore: this.#dueAt(notBeforeInMs) },
      );
    });
    if (!isFound) throw new Error(`no step ${seq}`);
    this.changes.push(`step ${seq} ${patch.state ?? ""}`);
  }

  async putBinding(binding: Binding): Promise<void> {
    await this.#dropBinding(binding.address, binding.slot);
    this.#state.bindings = [...this.#state.bindings, binding];
    this.#stateChanged("binding");
  }

  async removeBinding(address: string, slot: Slot | null): Promise<void> {
    if (await this.#dropBinding(address, slot)) this.#stateChanged("binding");
  }

  async freezes(): Promise<FreezeLook> {
    const windows = this.#database.freezes.filter((freeze) => concerns(freeze, this.#state.deployment));
    return { now: this.#database.now(), windows };
  }

  async approvals(): Promise<readonly Approval[]> {
    return this.#database.approvals.get(this.#present().id) ?? [];
  }

  async countReferences(externalKey: string): Promise<number> {
    return [...this.#bindingsElsewhere(), ...this.#state.bindings].filter(
      (binding) => binding.externalKey === externalKey,
    ).length;
  }

  async isWrittenElsewhere(externalKey: string): Promise<boolean> {
    const { tenantId, id } = this.#state.deployment;
    if (!this.#keys.has(externalKey))
      this.#keys.set(externalKey, await this.#database.holdKey(`${tenantId}/${externalKey}`));
    const others = [...this.#database.deployments.values()].filter(
      ({ deployment }) => deployment.tenantId === tenantId && deployment.id !== id,
    );
    return others.some((other) => hasOpenIntent(other, externalKey));
  }

  async appliedElsewhere(externalKey: string): Promise<readonly JsonObject[]> {
    return this.#bindingsElsewhere()
      .filter((binding) => binding.externalKey === externalKey)
      .flatMap(({ lastApplied }) => (lastApplied === null ? [] : [lastApplied]));
  }

  async patchSlot(
    slot: Slot,
    patch: {
      state?: SlotView["state"];
      bundleHash?: string | null;
      readyBundleHash?: string | null;
      verified?: boolean;
      intact?: boolean;
    },
  ): Promise<void> {
    const { verified, ...rest } = patch;
    this.#state.slots[slot] = {
      ...this.#state.slots[slot],
      ...rest,
      ...(verified !== undefined && { verifiedAt: verified ? this.now : null }),
    };
    if (patch.state !== undefined || patch.bundleHash !== undefined || patch.readyBundleHash !== undefined)
      this.#stateChanged(`slot ${slot} ${patch.state ?? ""}`);
    else this.changes.push(`slot ${slot} verified`);
  }

  async setAttachment(attachment: Attachment): Promise<void> {
    this.#state.attachment = attachment;
    this.#stateChanged("attachment");
  }

  async movePointer(
    expectedGeneration: number,
    pointer: Pointer,
    _cause: PointerCause,
    _actor: string,
  ): Promise<boolean> {
    if (pointer.generation !== expectedGeneration + 1)
      throw new AppError("internal", "a pointer moves by one generation");
    if (this.#state.pointer.generation !== expectedGeneration) return false;
    this.#state.pointer = pointer;
    this.#stateChanged(`pointer ${pointer.active}`);
    return true;
  }

  async enqueue(kind: string, payload: JsonObject): Promise<void> {
    this.#outbox.push({ kind, payload });
  }

  /** For the operator's side: a row that does not exist yet. Throws `rollout_live` when another is live. */
  insertRollout(rollout: Rollout): void {
    if (this.#state.rollouts.some(isLive)) throw new AppError("rollout_live", "this deployment has a live rollout");
    this.#state.rollouts = [...this.#state.rollouts, rollout];
    this.changes.push("rollout inserted");
  }

  /** For the operator's side: what an approver decided. */
  addApproval(approval: Approval): void {
    const { id } = this.#present();
    this.#database.approvals.set(id, [...(this.#database.approvals.get(id) ?? []), approval]);
    this.changes.push(`approval ${approval.decision}`);
  }

  /** For the operator's side: whoever holds the lease is fenced off. */
  bumpEpoch(): void {
    this.#state.leaseEpoch += 1;
    this.#state.leaseOwner = null;
    this.changes.push("epoch");
  }

  /** Puts the copy in place. Throws when something changed and nothing was audited. */
  commit(by: string, leaseEpoch = this.#epoch): void {
    if (this.changes.length > 0 && this.audits.length === 0)
      throw new AppError("internal", "a change without an audit row is refused");
    const database = this.#database;
    const { id, tenantId } = this.#state.deployment;
    const after = { ...this.#state, tenantStatus: database.state(id).tenantStatus };
    database.deployments.set(id, after);
    if (after.pointer !== this.#before.pointer) database.pointerMovedMs.set(id, Date.parse(this.now));
    for (const plan of this.#plans) database.plans.set(plan.id, plan);
    for (const event of this.#events) database.events.push({ ...event, seq: database.nextEventSeq(event.rolloutId) });
    database.outbox.push(...this.#outbox);
    database.history.note({
      kind: "committed",
      tenantId,
      deploymentId: id,
      by,
      leaseEpoch,
      changes: [
        ...rowChanges(this.#before, after),
        ...this.#plans.map((plan) => ({ table: "plan", key: plan.id, before: null, after: plan }) as const),
        ...this.#events.map((event) => ({ table: "event", key: event.rolloutId, before: null, after: event }) as const),
      ],
      audits: this.audits.map((entry) => database.audit.append(tenantId, this.now, entry)),
      messages: this.#outbox.map(({ payload }) => payload),
    });
  }

  /** After commit and rollback alike. */
  end(): void {
    for (const release of this.#keys.values()) release();
  }

  replaceRollout(change: (rollout: Rollout) => Rollout): void {
    const { id } = this.#present();
    this.#state.rollouts = this.#state.rollouts.map((rollout) => (rollout.id === id ? change(rollout) : rollout));
  }

  #present(): Rollout {
    const id = this.rollout?.id ?? this.#state.rollouts.at(-1)?.id;
    const rollout = this.#state.rollouts.find((one) => one.id === id);
    if (rollout === undefined) throw new AppError("internal", "the deployment has no rollout to write to");
    return rollout;
  }

  #dueAt(inMs: number | null): Instant | null {
    return inMs === null ? null : instant(this.#database.nowMs() + inMs);
  }

  #bindingsElsewhere(): Binding[] {
    const { tenantId, id } = this.#state.deployment;
    return [...this.#database.deployments.values()]
      .filter(({ deployment }) => deployment.tenantId === tenantId && deployment.id !== id)
      .flatMap(({ bindings }) => bindings);
  }

  async #dropBinding(address: string, slot: Slot | null): Promise<boolean> {
    const kept = this.#state.bindings.filter((binding) => binding.address !== address || binding.slot !== slot);
    const isFound = kept.length < this.#state.bindings.length;
    this.#state.bindings = kept;
    return isFound;
  }

  #stateChanged(what: string): void {
    this.#state.stateSerial += 1;
    this.changes.push(what);
  }
}
