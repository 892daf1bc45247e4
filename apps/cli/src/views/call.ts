import type { CallReport, SpokenTurn, StepReport } from "@tandem/caller";
import type { Paint } from "@tandem/domain/plan";

const seconds = (atMs: number): string => `${(atMs / 1000).toFixed(2).padStart(7)}s`;

/** One step as it ended. */
export const stepLine = ({ step, ok, detail, atMs }: StepReport, paint: Paint): string =>
  `${seconds(atMs)}  ${ok ? paint("good", "ok    ") : paint("error", "failed")}  ${step.do}: ${detail}`;

/** Words as they were heard in one breath. */
export const heardLine = (words: readonly string[], atMs: number): string =>
  `${seconds(atMs)}  heard   ${words.join(" ")}`;

/** A call as the caller heard it, with the latency of each answer. */
export function conversationView(report: CallReport, paint: Paint): string {
  const { end, latenciesMs, longestSilenceMs, damagedWords, durationMs } = report;
  const slowestMs = latenciesMs.length === 0 ? null : Math.max(...latenciesMs);
  return [
    ...report.turns.map(turnLine),
    "",
    `Call ${report.callId}: ${(durationMs / 1000).toFixed(1)} s, ended by ${end.by}${end.status === "" ? "" : ` (${end.status})`}`,
    `  answers ${latenciesMs.length}${slowestMs === null ? "" : `, slowest after ${Math.round(slowestMs)} ms`}, longest silence ${Math.round(longestSilenceMs)} ms, damaged words ${damagedWords}`,
    report.ok ? paint("good", "The call went as scripted.") : paint("error", "The call did not go as scripted."),
  ].join("\n");
}

const turnLine = ({ by, text, startMs, latencyMs, wasInterrupted }: SpokenTurn): string => {
  const notes = [
    ...(latencyMs === null ? [] : [`after ${Math.round(latencyMs)} ms`]),
    ...(wasInterrupted ? ["interrupted"] : []),
  ];
  return `${seconds(startMs)}  ${by.padEnd(7)}  ${text}${notes.length === 0 ? "" : `   (${notes.join(", ")})`}`;
};
