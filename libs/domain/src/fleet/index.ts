export { allowedFailures, isOverBudget } from "./budget.ts";
export {
  fleetReasonOf,
  type FleetReasonCode,
  fleetReasons,
  type MemberReasonCode,
  memberReasons,
} from "./fleet-reasons.ts";
export { decideFleetRequest, decideSkip, type FleetAsk, type FleetDecision } from "./fleet-request.ts";
export {
  defaultLimits,
  defaultPatience,
  defaultRings,
  endedStates,
  failedStates,
  FailureBudget,
  FleetPatience,
  type FleetReason,
  type FleetStanding,
  FleetState,
  MemberState,
  Ring,
  type Wave,
  WaveLimits,
} from "./fleet-rollout.ts";
export { type FleetStep, type FleetView, stepOf } from "./fleet-step.ts";
export { isOccupying } from "./follow-member.ts";
export { type FleetPolicy, memberPolicy } from "./member-policy.ts";
export type { MemberChange, MemberKey, OpenMember } from "./member.ts";
export {
  type Candidate,
  type LeftOutReason,
  leftOutReasons,
  type PlannedWave,
  planWaves,
  type WavePlan,
  type WaveWish,
} from "./wave-plan.ts";
