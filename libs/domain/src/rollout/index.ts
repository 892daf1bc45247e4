export { Phase, terminalPhases } from "./phase.ts";
export type { Desired, Rollout, RolloutEvent, RolloutPolicy, Step, StepState } from "./rollout.ts";
