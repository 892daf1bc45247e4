import type { StageOutcome, StageRun } from "../stage.ts";

/** A node polls once a second: one whose last look is younger than this is about to tell of the next. */
const SOON_MS = 3000;

/**
 * Waits while a media node may still put callers where the pointer was: it has not told of a look at the pointers that is later than the
 * last move, and it has not been silent for so long that it counts as gone. Null: every node that answers serves the pointer as it is.
 * A node that is cut off answers on with what it knows, and its calls are counted nowhere.
 */
export function nodesFollow(run: StageRun): StageOutcome | null {
  const { pointerLagMs, nodeGoneMs, bakeCheckMs } = run.context.settings;
  const nowMs = run.nowMs();
  const behind = (run.view.nodesBehind ?? []).filter(({ lookedAt, movedAt }) => {
    const lookedMs = Date.parse(lookedAt);
    return lookedMs < Date.parse(movedAt) + pointerLagMs && nowMs - lookedMs < nodeGoneMs;
  });
  if (behind.length === 0) return null;
  const silent = behind.filter(({ lookedAt }) => nowMs - Date.parse(lookedAt) >= SOON_MS);
  if (silent.length === 0)
    return {
      event: "wait",
      reason: { code: "draining", detail: "media nodes are about to tell that they have seen the move" },
      dueInMs: Math.min(1000, bakeCheckMs),
    };
  const detail = silent.map(({ name, lookedAt }) => `${name}, last heard of at ${lookedAt}`).join("; ");
  return { event: "wait", reason: { code: "node-behind", detail }, dueInMs: bakeCheckMs };
}
