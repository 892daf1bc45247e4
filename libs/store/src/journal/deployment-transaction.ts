import { type Phase, type Rollout, type RolloutEvent, type Step, terminalPhases } from "@tandem/domain/rollout";
import type { Plan } from "@tandem/domain/plan";
import type { Binding, Pointer, PointerCause, Slot } from "@tandem/domain/slot";
import { AppError, type Instant, type JsonObject, type NewId } from "@tandem/kernel";
import type { Attachment, AuditEntry, FencedTransaction, RolloutPatch, StepPatch } from "@tandem/ports/store/rollouts";
import type { Sql } from "../database/sql.ts";
import { instantOf } from "../rows/instant.ts";
import { pointerOf } from "../rows/pointer-row.ts";
import { rolloutOf } from "../rows/rollout-row.ts";
import { ClosingWrites } from "./closing-writes.ts";
import type { LockedDeployment } from "./deployment-lock.ts";
import * as deploymentWrites from "./deployment-writes.ts";
import { savePlan } from "./plan-writes.ts";
import * as rolloutWrites from "./rollout-writes.ts";

const BUMP_SERIAL = "UPDATE deployment SET state_serial = state_serial + $3 WHERE tenant_id = $1 AND id = $2";

/** The writes of one transaction that holds a deployment's row: the worker's under its fence, a person's without. */
export class DeploymentTransaction implements FencedTransaction {
  readonly rollout: Rollout | null;
  readonly pointer: Pointer;
  readonly stateSerial: number;
  readonly configVersion: number;
  readonly now: Instant;
  readonly closing: ClosingWrites;
  readonly #sql: Sql;
  readonly #key: deploymentWrites.DeploymentKey;
  readonly #epoch: number;
  #serialSteps = 0;
  #phase: Phase | null;

  constructor(sql: Sql, locked: LockedDeployment) {
    const { deployment } = locked;
    this.rollout = locked.rollout === null ? null : rolloutOf(locked.rollout);
    this.pointer = pointerOf(deployment);
    this.stateSerial = deployment.state_serial;
    this.configVersion = deployment.config_version;
    this.now = instantOf(locked.now);
    this.closing = new ClosingWrites(sql, deployment.tenant_id);
    this.#sql = sql;
    this.#key = { tenantId: deployment.tenant_id, deploymentId: deployment.id };
    this.#epoch = deployment.lease_epoch;
    this.#phase = this.rollout?.phase ?? null;
  }

  async patchRollout(patch: RolloutPatch & rolloutWrites.ApprovalPatch): Promise<void> {
    await rolloutWrites.patchRollout(this.#sql, this.#rolloutKey(), patch);
    this.#phase = patch.phase ?? this.#phase;
    this.closing.notify("rollout", this.#rolloutKey().rolloutId);
  }

  async appendEvent(event: Pick<RolloutEvent, "type" | "payload">): Promise<void> {
    const key = this.#rolloutKey();
    await rolloutWrites.appendEvent(this.#sql, key, { ...event, phase: this.#phase ?? "queued" });
    this.closing.notify("rollout", key.rolloutId);
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

  countReferences(externalKey: string): Promise<number> {
    return deploymentWrites.countReferences(this.#sql, this.#key.tenantId, externalKey);
  }

  async patchSlot(slot: Slot, patch: deploymentWrites.SlotPatch): Promise<void> {
    await deploymentWrites.patchSlot(this.#sql, this.#key, slot, patch);
    const changesContent =
      patch.state !== undefined || patch.bundleHash !== undefined || patch.readyBundleHash !== undefined;
    if (changesContent) this.#stateChanged();
  }

  async setAttachment(attachment: Attachment): Promise<void> {
    await deploymentWrites.setAttachment(this.#sql, this.#key, attachment);
    this.#stateChanged();
  }

  async movePointer(
    expectedGeneration: number,
    pointer: Pointer,
    cause: PointerCause,
    actor: string,
  ): Promise<boolean> {
    const rolloutId = this.rollout !== null && !terminalPhases.has(this.rollout.phase) ? this.rollout.id : null;
    const moved = await deploymentWrites.movePointer(this.#sql, this.#key, {
      expectedGeneration,
      pointer,
      cause,
      actor,
      rolloutId,
    });
    if (moved) this.#stateChanged();
    return moved;
  }

  enqueue(kind: string, payload: JsonObject): Promise<void> {
    this.closing.enqueue(kind, payload);
    return Promise.resolve();
  }

  /** What belongs at the end; to be called once, after `work` and before commit. */
  async close(newId: NewId): Promise<void> {
    if (this.#serialSteps > 0) {
      await this.#sql.run(BUMP_SERIAL, [this.#key.tenantId, this.#key.deploymentId, this.#serialSteps]);
      this.closing.notify("pointer", this.#key.deploymentId);
    }
    await this.closing.write(newId);
  }

  #stateChanged(): void {
    this.#serialSteps += 1;
  }

  #rolloutKey(): rolloutWrites.RolloutKey {
    if (this.rollout === null) throw new AppError("internal", "The deployment has no rollout to write to.");
    return { tenantId: this.#key.tenantId, rolloutId: this.rollout.id };
  }
}
