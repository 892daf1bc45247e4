import { type ReasonCode, reasons } from "@tandem/domain/rollout";
import type { StageRun } from "./stage.ts";

/** Why a rollout goes back: as remembered, as its row says, or the given one. */
export function causeOf(run: StageRun, otherwise: ReasonCode): { readonly code: ReasonCode; readonly detail: string } {
  const known = run.memory.cause ?? run.rollout.reason;
  return known !== null && known !== undefined && isReasonCode(known.code) && reasons[known.code].kind === "end"
    ? { code: known.code, detail: known.detail }
    : { code: otherwise, detail: "" };
}

const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(reasons, code);
