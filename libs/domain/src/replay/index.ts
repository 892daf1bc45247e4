export { chosenSessions, type PastCandidate } from "./chosen-sessions.ts";
export { comparedSession, type SessionRuns, wordsOf } from "./compared-session.ts";
export { differencesOf, partsAt } from "./differences.ts";
export { isEquivalent, normalValue, recordedAnswer } from "./recorded-tools.ts";
export { defaultReplay, ReplayPolicy } from "./replay-policy.ts";
export { ReplayComparison, ReplayDifference, ReplayReport, ReplaySide, ReplayWords } from "./replay-report.ts";
export type { RecordedTool, ReplayedTool, ReplayedTurn, ReplayRun, ToolOutcomeName } from "./replay-run.ts";
export { restoredReply, restoredText, type StandIns, standInsOf } from "./restored-words.ts";
export { notReplayable, type Replayed, summedReplay } from "./summed-replay.ts";
