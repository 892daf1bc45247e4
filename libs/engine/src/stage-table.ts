import type { Phase } from "@tandem/domain/rollout";
import type { Stage, StageRun } from "./stage.ts";
import { abortStage } from "./stages/abort.ts";
import { applyStage } from "./stages/apply.ts";
import { approvalStage } from "./stages/approval.ts";
import { attachStage } from "./stages/attach.ts";
import { bakeStage } from "./stages/bake.ts";
import { beginStage } from "./stages/begin.ts";
import { detachStage } from "./stages/detach.ts";
import { planStage } from "./stages/plan.ts";
import { preflightStage } from "./stages/preflight.ts";
import { promotionStage } from "./stages/promotion.ts";
import { removeStage } from "./stages/remove.ts";
import { retireStage } from "./stages/retire.ts";
import { rollbackStage } from "./stages/rollback.ts";
import { shiftStage } from "./stages/shift.ts";
import { smokeTestStage } from "./stages/smoke-test.ts";
import { switchStage } from "./stages/switch.ts";

const isPointedAt = ({ view, target }: StageRun): boolean => view.pointer.active === target;

/** Which stage works in a phase; null where nothing is done. Two phases have two stages, told apart by where the pointer is. */
export function stageOf(phase: Phase, run: StageRun): Stage | null {
  switch (phase) {
    case "queued":
      return beginStage;
    case "preflighting":
      return preflightStage;
    case "planning":
      return planStage;
    case "awaiting-approval":
      return approvalStage;
    case "applying":
      return applyStage;
    case "smoke-testing":
      return smokeTestStage;
    case "awaiting-promotion":
      return promotionStage;
    case "shifting":
      return shiftStage;
    case "switching":
      return isPointedAt(run) ? attachStage : switchStage;
    case "baking":
      return bakeStage;
    case "retiring":
      return retireStage;
    case "aborting":
      return abortStage;
    case "rolling-back":
      if (run.rollout.desired === "detach" && isPointedAt(run)) return detachStage;
      return run.rollout.policy.removes === undefined ? rollbackStage : removeStage;
    case "held":
    case "succeeded":
    case "aborted":
    case "rolled-back":
    case "failed":
      return null;
  }
}
