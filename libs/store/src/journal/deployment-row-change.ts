import type { Pointer } from "@tandem/domain/slot";
import type { Attachment } from "@tandem/ports/store/rollouts";
import { json, type Sql } from "../database/sql.ts";
import { Assignments } from "./assignments.ts";
import type { DeploymentKey } from "./deployment-writes.ts";

/** What a transaction changes in its deployment's row, collected and written in one statement. */
export class DeploymentRowChange {
  readonly #sql: Sql;
  readonly #key: DeploymentKey;
  #generation: number;
  #set: Assignments;
  #serialSteps = 0;
  #movesTo: number | null = null;

  constructor(sql: Sql, key: DeploymentKey, generation: number) {
    this.#sql = sql;
    this.#key = key;
    this.#generation = generation;
    this.#set = this.#begin();
  }

  /** Generation of the pointer as this transaction will leave it. */
  get generation(): number {
    return this.#movesTo ?? this.#generation;
  }

  /** The pointer moves by one generation per statement; a second move first writes the one before. */
  async movePointer(pointer: Pointer): Promise<void> {
    if (this.#movesTo !== null) await this.write();
    this.#movesTo = pointer.generation;
    this.#set
      .set("pointer_active", pointer.active)
      .set("pointer_candidate", pointer.candidate)
      .set("pointer_weight_bp", pointer.weightBp)
      .set("pointer_salt", pointer.salt)
      .set("pointer_mode", pointer.mode)
      .set("generation", pointer.generation);
  }

  /** The last one counts; written at once, so that a column is never named twice in one statement. */
  async setAttachment(attachment: Attachment): Promise<void> {
    await this.write();
    this.#set.set("attached", attachment.attached).set("stored_routing", json(attachment.storedRouting), "jsonb");
    await this.write();
  }

  /** Fences whatever worker holds the lease, and lets the next one take it at once. */
  fence(): void {
    this.#set.raw("lease_epoch = lease_epoch + 1").raw("lease_owner = NULL").raw("lease_until = NULL");
  }

  bumpSerial(): void {
    this.#serialSteps += 1;
  }

  /** Compare-and-set on the generation; true when there was something to write. */
  async write(): Promise<boolean> {
    if (this.#serialSteps > 0) this.#set.raw(`state_serial = state_serial + ${this.#serialSteps}`);
    if (this.#set.isEmpty) return false;
    const text = `UPDATE deployment SET ${this.#set.text} WHERE tenant_id = $1 AND id = $2 AND generation = $3`;
    await this.#sql.send(text, this.#set.parameters, 1);
    this.#generation = this.generation;
    this.#movesTo = null;
    this.#serialSteps = 0;
    this.#set = this.#begin();
    return true;
  }

  #begin(): Assignments {
    return new Assignments([this.#key.tenantId, this.#key.deploymentId, this.#generation]);
  }
}
