import type { PastCandidate } from "./chosen-sessions.ts";
import { differencesOf, partsAt } from "./differences.ts";
import type { ReplayComparison, ReplaySide, ReplayVerdict, ReplayWords } from "./replay-report.ts";
import type { ReplayRun } from "./replay-run.ts";

/** One session on the live release, twice, and on the other one. */
export interface SessionRuns {
  readonly before: ReplayRun;
  readonly again: ReplayRun;
  readonly after: ReplayRun;
}

const mostTurns = 40;
const longestText = 400;

/**
 * What the replays of a session tell. A release that comes to what the live one came to in either of its two replays does not differ:
 * models do not answer alike every time.
 */
export function comparedSession({ sessionId, disposition }: PastCandidate, runs: SessionRuns): ReplayComparison {
  const { before, again, after } = runs;
  const verdict = verdictOf(runs);
  return {
    sessionId,
    pastDisposition: disposition,
    verdict,
    isUnsteady: differencesOf(before, again).length > 0,
    differences: verdict === "differs" ? [...differencesOf(before, after)] : [],
    partsAtTurn: verdict === "differs" ? partsAt(before, after) : null,
    before: sideOf(before),
    after: sideOf(after),
  };
}

function verdictOf({ before, again, after }: SessionRuns): ReplayVerdict {
  if (before.trouble !== null || again.trouble !== null) return "failed";
  if (notRecordedIn(before) > 0 || notRecordedIn(again) > 0) return "not-recorded";
  return differencesOf(before, after).length > 0 && differencesOf(again, after).length > 0 ? "differs" : "same";
}

const notRecordedIn = ({ turns }: ReplayRun): number =>
  turns.flatMap(({ tools }) => tools).filter(({ isRecorded }) => !isRecorded).length;

const sideOf = (run: ReplayRun): ReplaySide => ({
  disposition: run.disposition,
  handedOffTo: run.handedOffTo,
  turns: run.turns.length,
  objectives: [...new Set(run.objectives)],
  tools: [...new Set(run.turns.flatMap(({ tools }) => tools).map(({ tool, outcome }) => `${tool}: ${outcome}`))],
  notRecorded: notRecordedIn(run),
  trouble: run.trouble,
});

/** The words of both replays side by side, cut to what a person reads. */
export function wordsOf({ before, after }: SessionRuns): ReplayWords {
  const most = Math.min(mostTurns, Math.max(before.turns.length, after.turns.length));
  return {
    turns: Array.from({ length: most }, (_, index) => {
      const [one, other] = [before.turns[index], after.turns[index]];
      const said = clipped((one ?? other)?.said ?? "");
      return { turn: index, said, before: clipped(one?.answer ?? ""), after: clipped(other?.answer ?? "") };
    }),
  };
}

const clipped = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text);
