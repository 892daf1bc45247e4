export {
  type AnswerContext,
  type AnswerReading,
  type CallContext,
  type FactValue,
  type OfferedTime,
  offeredTimes,
  readAnswer,
} from "./answer.ts";
export { type CallFacts, fillCallNames } from "./call-facts.ts";
export {
  type CallerSignal,
  callerSignal,
  isAffirmation,
  isBareAffirmation,
  isDenial,
  isEmergency,
  isRefusal,
} from "./caller-signal.ts";
export { type CollectedAnswer, collectAnswer, isAnswerDue, openFields, unconfirmedFields } from "./collect.ts";
export { digitOf, repeatOf } from "./digit-words.ts";
export { type CallDirection, type Lines, linesFor } from "./lines.ts";
export { callingCodeOf, readPhoneNumber } from "./phone-number.ts";
export {
  currentObjective,
  currentVisit,
  type Fact,
  factOf,
  objectiveNamed,
  type Progress,
  startProgress,
  type ToolOutcome,
  type ToolResult,
  type Visit,
  withFact,
  withResult,
  withVisit,
} from "./progress.ts";
export { applyReply, nextQuestion, type Question } from "./question.ts";
export {
  applyRecord,
  parseObject,
  type RecordContext,
  type RecordReading,
  recordSchema,
  recordTool,
  type Rejection,
} from "./record-answers.ts";
export { basePrompt, stepPrompt } from "./step-prompt.ts";
export { type Account, summaryOf } from "./summary.ts";
export { readToolCall, type ToolCallReading } from "./tool-call.ts";
export type { Script } from "./script.ts";
export { advance, nextObjectives } from "./transition.ts";
export { containsPhrase, normalised } from "./words.ts";
