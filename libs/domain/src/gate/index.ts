export { type Approval, type ApprovalRule, standingApprovals } from "./approval.ts";
export { type CapExcess, CostCap, excessOf } from "./cost-cap.ts";
export {
  concerns,
  type Freeze,
  freezeInForce,
  type FreezeLook,
  type FreezeOverride,
  freezeProse,
  overriderOf,
} from "./freeze.ts";
export { builtInPolicies, GatePolicy, policyProblem, WhenLive } from "./gate-policy.ts";
export {
  type DecisionLink,
  LINK_ADDRESSEE,
  type LinkAction,
  linkBinding,
  linkLabel,
  linkRefusal,
  type LinkRefusal,
  linkRefusals,
  type LinkSituation,
  type LinkTerms,
  linkWishRefusal,
  linkWishRefusals,
} from "./link.ts";
export { type CanaryStep, isLaxerStrategy, Strategy } from "./strategy.ts";
