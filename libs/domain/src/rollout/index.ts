export type { DecisionRecord, DecisionView, Refusal, RolloutChange, SlotChange } from "./decision.ts";
export { decideDetach, type DetachDecision } from "./detach-decision.ts";
export { MachineEvent } from "./event.ts";
export { isLive, isSwitched, type MachineState, transition, type Transition } from "./machine.ts";
export { decideMode, type ModeDecision } from "./mode-decision.ts";
export { Phase, terminalPhases } from "./phase.ts";
export { type ReasonCode, type ReasonEntry, reasonOf, reasons } from "./reasons.ts";
export { type AskedPolicy, mergedPolicy } from "./policy-merge.ts";
export { type LaxMember, laxMembers } from "./policy-floor.ts";
export {
  type Asker,
  decideRequest,
  entitledApprovals,
  type RequestDecision,
  type RolloutAsk,
} from "./request-decision.ts";
export { decideRemoval, REMOVAL_POLICY, type RemovalDecision } from "./removal-decision.ts";
export { decideRollback, type RollbackDecision } from "./rollback-decision.ts";
export type { CanaryStep, Strategy } from "../gate/index.ts";
export type { Desired, Rollout, RolloutEvent, RolloutPolicy, Step, StepState } from "./rollout.ts";
export {
  nextSlotState,
  type SlotCell,
  SlotEvent,
  slotRefusals,
  type SlotRefusalCode,
  slotTransitions,
} from "./slot-transitions.ts";
export {
  boundedReport,
  EvidenceLevel,
  SmokeLatency,
  SmokeReport,
  SmokeResponse,
  SmokeScenarioReport,
  SmokeTurn,
} from "./smoke-report.ts";
export { type Cell, type RefusalCode, refusals, transitions } from "./transitions.ts";
export { decideRevert, type LivedRelease, type RevertDecision, type RevertView } from "./revert-decision.ts";
