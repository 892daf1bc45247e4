import type { Pointer, Slot } from "@tandem/domain/slot";

/** The pointer's columns of a deployment row. */
export interface PointerRow {
  pointer_active: string;
  pointer_candidate: string | null;
  pointer_weight_bp: number;
  pointer_salt: string;
  pointer_mode: string;
  generation: number;
}

export const pointerOf = (row: PointerRow): Pointer => ({
  active: row.pointer_active as Pointer["active"],
  candidate: row.pointer_candidate as Slot | null,
  weightBp: row.pointer_weight_bp,
  salt: row.pointer_salt,
  mode: row.pointer_mode as Pointer["mode"],
  generation: row.generation,
});
