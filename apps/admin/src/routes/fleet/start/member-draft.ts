import { type CanaryStep, stepsError, stepsOf, strategyOf } from "../../policy/canary-draft.ts";
import { lengthError, type PlaceErrors, placeErrors } from "../../policy/number-text.ts";
import type { FleetWish } from "./fleet-draft.ts";

/** What is asked of each member's rollout, as it is filled in; `own`: the tenant's policy decides. */
export interface MemberDraft {
  readonly approval: "own" | "required";
  readonly promotion: "own" | "manual";
  readonly strategy: "own" | "canary";
  readonly steps: readonly CanaryStep[];
  readonly bake: "own" | "least";
  /** Null while what stands in the field is no length. */
  readonly bakeMs: number | null;
}

const LONGEST_DAYS = 7;
const USUAL_BAKE_MS = 4 * 3_600_000;

export const newMemberDraft: MemberDraft = {
  approval: "own",
  promotion: "own",
  strategy: "own",
  steps: stepsOf({ kind: "blue-green" }),
  bake: "own",
  bakeMs: USUAL_BAKE_MS,
};

/** What is wrong, by JSON pointer into the request. */
export const memberErrors = ({ strategy, steps, bake, bakeMs }: MemberDraft): PlaceErrors =>
  placeErrors({
    "/policy/strategy": strategy === "own" ? null : stepsError(steps),
    "/policy/bakeMs": bake === "own" ? null : lengthError(bakeMs, LONGEST_DAYS),
  });

/** The draft in the words of the API. */
export const memberPolicyOf = (draft: MemberDraft): NonNullable<FleetWish["policy"]> => ({
  ...(draft.approval === "required" && { approval: draft.approval }),
  ...(draft.promotion === "manual" && { promotion: draft.promotion }),
  ...(draft.strategy === "canary" && { strategy: strategyOf(draft.strategy, draft.steps) }),
  ...(draft.bake === "least" && draft.bakeMs !== null && { bakeMs: draft.bakeMs }),
});
