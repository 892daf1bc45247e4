export { isBackchannel } from "./backchannel.ts";
export { takesFloor } from "./barge-in.ts";
export { endOfTurnSilenceMs, isCompleteSentence } from "./end-of-turn.ts";
export { isStableEnough } from "./speculation.ts";
export type { TurnCommand, TurnTimer } from "./turn-command.ts";
export type { AnswerOutcome, TurnEvent } from "./turn-event.ts";
export { reduceTurn, type TurnTransition } from "./turn-machine.ts";
export { type TurnSettings, turnSettings } from "./turn-settings.ts";
export {
  INITIAL_TURN,
  isAgentsFloor,
  isCallersFloor,
  type TurnAnswer,
  type TurnPhase,
  type TurnState,
} from "./turn-state.ts";
export { saysTheSame, spokenWords, type TurnWords, turnWords } from "./turn-words.ts";
