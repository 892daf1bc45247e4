import { type Phase, type Rollout, type RolloutEvent, type Step, terminalPhases } from "@tandem/domain/rollout";
import type { Approval, FreezeLook } from "@tandem/domain/gate";
import type { Plan } from "@tandem/domain/plan";
import type { Binding, Pointer, PointerCause, Slot, SlotView } from "@tandem/domain/slot";
import { AppError, type Instant, type JsonObject, type NewId } from "@tandem/kernel";
import type { Attachment, AuditEntry, FencedTransaction, RolloutPatch, StepPatch } from "@tandem/ports/store/rollouts";
import type { Sql } from "../database/sql.ts";
import { readApprovals } from "../gates/approvals.ts";
import { readFreezes } from "../gates/freezes.ts";
import { instantOf } from "../rows/instant.ts";
import { pointerOf } from "../rows/pointer-row.ts";
import { rolloutOf } from "../rows/rollout-row.ts";
import { slotsOf } from "../rows/slot-row.ts";
import { ClosingWrites } from "./closing-writes.ts";
import type { LockedDeployment } from "./deployment-lock.ts";
import { DeploymentRowChange } from "./deployment-row-change.ts";
import { ServedChange } from "./served-change.ts";
import { pointerNotice } from "../pointer-notice.ts";
import * as deploymentWrites from "./deployment-writes.ts";
import { savePlan } from "./plan-writes.ts";
import * as rolloutWrites from "./rollout-writes.ts";

/** The writes of one transaction that holds a deployment's row: the worker's under its fence, a person's without. */
export class DeploymentTransaction implements FencedTransaction {
  readonly rollout: Rollout | null;
  readonly pointer: Pointer;
  /** Both slots as locked; the calls on them are not counted here. */
  readonly slots: Readonly<Record<Slot, SlotView>>;
  readonly stateSerial: number;
  readonly configVersion: number;
  readonly now: Instant;
  readonly closing: ClosingWrites;
  readonly #sql: Sql;
  readonly #key: deploymentWrites.DeploymentKey;
  readonly #deployment: LockedDeployment["deployment"];
  readonly #row: DeploymentRowChange;
  readonly #epoch: number;
  readonly #served: ServedChange;
  #phase: Phase | null;

  constructor(sql: Sql, locked: LockedDeployment) {
    const { deployment } = locked;
    this.rollout = locked.rollout === null ? null : rolloutOf(locked.rollout);
    this.pointer = pointerOf(deployment);
    this.stateSerial = deployment.state_serial;
    this.configVersion = deployment.config_version;
    this.slots = slotsOf(locked.slots, {});
    this.now = instantOf(locked.locked_at);
    this.closing = new ClosingWrites(sql, deployment.tenant_id, deployment.id);
    this.#sql = sql;
    this.#deployment = deployment;
    this.#key = { tenantId: deployment.tenant_id, deploymentId: deployment.id };
    this.#row = new DeploymentRowChange(sql, this.#key, deployment.generation);
    this.#epoch = deployment.lease_epoch;
    this.#served = new ServedChange(deployment, locked.is_tenant_active);
    this.#phase = this.rollout?.phase ?? null;
  }

  async patchRollout(patch: RolloutPatch & rolloutWrites.ApprovalPatch): Promise<void> {
    await rolloutWrites.patchRollout(this.#sql, this.#rolloutKey(), patch);
    this.#phase = patch.phase ?? this.#phase;
    this.closing.notify("rollout", this.#rolloutKey().rolloutId);
  }

  appendEvent(event: Pick<RolloutEvent, "type" | "payload">): Promise<void> {
    this.closing.event({ ...event, rolloutId: this.#rolloutKey().rolloutId, phase: this.#phase ?? "queued" });
    return Promise.resolve();
  }

  audit(entry: AuditEntry): Promise<void> {
    this.closing.audit(entry, null);
    return Promise.resolve();
  }

  savePlan(plan: Plan): Promise<void> {
    return savePlan(this.#sql, plan);
  }

  insertSteps(steps: readonly Pick<Step, "seq" | "stage" | "operation" | "state">[]): Promise<void> {
    return rolloutWrites.insertSteps(this.#sql, this.#rolloutKey(), steps);
  }

  patchStep(seq: number, patch: StepPatch): Promise<void> {
    return rolloutWrites.patchStep(this.#sql, { ...this.#rolloutKey(), seq, epoch: this.#epoch }, patch);
  }

  async putBinding(binding: Binding): Promise<void> {
    await deploymentWrites.putBinding(this.#sql, this.#key, binding);
    this.#stateChanged();
  }

  async removeBinding(address: string, slot: Slot | null): Promise<void> {
    if (await deploymentWrites.removeBinding(this.#sql, this.#key, address, slot)) this.#stateChanged();
  }

  freezes(): Promise<FreezeLook> {
    return readFreezes(this.#sql, this.#deployment, this.now);
  }

  approvals(): Promise<readonly Approval[]> {
    const { tenantId, rolloutId } = this.#rolloutKey();
    return readApprovals(this.#sql, tenantId, rolloutId);
  }

  countReferences(externalKey: string): Promise<number> {
    return deploymentWrites.countReferences(this.#sql, this.#key.tenantId, externalKey);
  }

  isWrittenElsewhere(externalKey: string): Promise<boolean> {
    return deploymentWrites.isWrittenElsewhere(this.#sql, this.#key, externalKey);
  }

  appliedElsewhere(externalKey: string): Promise<readonly JsonObject[]> {
    return deploymentWrites.appliedElsewhere(this.#sql, this.#key, externalKey);
  }

  async patchSlot(slot: Slot, patch: deploymentWrites.SlotPatch): Promise<void> {
    await deploymentWrites.patchSlot(this.#sql, this.#key, slot, patch);
    const changesContent =
      patch.state !== undefined || patch.bundleHash !== undefined || patch.readyBundleHash !== undefined;
    if (changesContent) this.#stateChanged(patch.bundleHash === undefined ? "slot-state" : "content");
  }

  async setAttachment(attachment: Attachment): Promise<void> {
    await this.#row.setAttachment(attachment);
    this.#stateChanged();
  }

  async movePointer(expected: number, pointer: Pointer, cause: PointerCause, actor: string): Promise<boolean> {
    if (pointer.generation !== expected + 1) {
      throw new AppError("internal", `A pointer moves to generation ${expected + 1}, not ${pointer.generation}.`);
    }
    if (this.#row.generation !== expected) return false;
    const rolloutId = this.rollout !== null && !terminalPhases.has(this.rollout.phase) ? this.rollout.id : null;
    this.closing.pointerMoved({ deploymentId: this.#key.deploymentId, pointer, cause, actor, rolloutId });
    await this.#row.movePointer(pointer);
    this.#served.moveTo(pointer);
    this.#stateChanged("pointer");
    return true;
  }

  /** Fences whatever worker holds the lease: for requests of people only. */
  fence(): void {
    this.#row.fence();
  }

  enqueue(kind: string, payload: JsonObject): Promise<void> {
    this.closing.enqueue(kind, payload);
    return Promise.resolve();
  }

  /** What belongs at the end; to be called once, after `work` and before commit. */
  async close(newId: NewId): Promise<void> {
    await this.#row.write();
    const notice = this.#served.notice();
    if (notice !== null) this.closing.notify("pointer", pointerNotice(notice));
    await this.closing.write(newId);
  }

  #stateChanged(what: "content" | "slot-state" | "pointer" = "content"): void {
    this.#row.bumpSerial();
    this.#served.changed(what);
  }

  #rolloutKey(): rolloutWrites.RolloutKey {
    if (this.rollout === null) throw new AppError("internal", "The deployment has no rollout to write to.");
    return { tenantId: this.#key.tenantId, rolloutId: this.rollout.id };
  }
}
