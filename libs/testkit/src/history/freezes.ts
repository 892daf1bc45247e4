import type { HistoryEvent, Violation } from "./event.ts";
import { changesOf, ofKind, violation } from "./reading.ts";

/** I10: a freeze that is in force holds for every worker: callers come to no new release meanwhile, and may only go back. */
export function checkFreezes(history: readonly HistoryEvent[]): Violation[] {
  const windows = ofKind(history, "frozen");
  if (windows.length === 0) return [];
  return ofKind(history, "committed").flatMap((commit) => {
    const isFrozen = windows.some(({ atMs, durationMs }) => commit.atMs > atMs && commit.atMs < atMs + durationMs);
    const moves = isFrozen ? commit.audits.filter(({ action }) => FORWARD.has(action)) : [];
    return changesOf(commit, "pointer").flatMap(({ after }) =>
      after === null || after.active === "none"
        ? []
        : moves.map(({ action }) => violation("I10", `${action} to ${after.active} while a freeze was in force`)),
    );
  });
}

const FORWARD: ReadonlySet<string> = new Set(["pointer.moved", "pointer.shifted"]);
