import type { Pointer } from "@tandem/domain/slot";
import type { PointerNotice } from "../pointer-notice.ts";
import type { DeploymentRow } from "../rows/deployment-row.ts";
import { servedMark } from "../rows/served-mark.ts";

/** What a transaction changes of that which media serves, and what media must be told of it. */
export class ServedChange {
  readonly #row: DeploymentRow;
  #serialSteps = 0;
  #pointer: Pointer | null = null;
  #isMoveOnly: boolean;

  /** `isTenantActive`: while it is false a move alone tells not where calls go, and media reads the deployment. */
  constructor(row: DeploymentRow, isTenantActive: boolean) {
    this.#row = row;
    this.#isMoveOnly = isTenantActive;
  }

  /** Each call goes with one step of the state serial. A slot's state alone changes no answer to a call. */
  changed(what: "content" | "slot-state" | "pointer"): void {
    this.#serialSteps += 1;
    if (what === "content") this.#isMoveOnly = false;
  }

  moveTo(pointer: Pointer): void {
    if (this.#pointer !== null || pointer.salt !== this.#row.pointer_salt) this.#isMoveOnly = false;
    this.#pointer = pointer;
  }

  /** Null when nothing changed. */
  notice(): PointerNotice | null {
    if (this.#serialSteps === 0) return null;
    const { id: deploymentId, state_serial } = this.#row;
    if (this.#pointer === null || !this.#isMoveOnly) return { deploymentId };
    const { salt: _salt, ...pointer } = this.#pointer;
    const after = { ...this.#row, generation: pointer.generation, state_serial: state_serial + this.#serialSteps };
    return { deploymentId, move: { from: servedMark(this.#row), to: servedMark(after), pointer } };
  }
}
