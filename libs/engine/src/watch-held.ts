import { isSwitched, type Phase, type ReasonCode } from "@tandem/domain/rollout";
import type { Pointer } from "@tandem/domain/slot";
import { checkBake } from "./observe/bake-check.ts";
import { type Watch, weighEvidence } from "./observe/evidence.ts";
import { returnTraffic } from "./pointer-move.ts";
import type { StageOutcome, StageRun } from "./stage.ts";

/** Two failed checks in a row are a breach, as while the watch goes on. */
const FAILURES_TO_BREACH = 2;

/** Looks at a held release are this much rarer than those of a watch. */
const RARER = 4;

/** Holds that nobody but a person ends and nobody has to watch are looked at again in a year; a request makes them due at once. */
export const NEVER_MS = 365 * 24 * 3_600_000;

/**
 * True for a hold of a release with callers that somebody must keep an eye on: `phase` is what is held, and there is a way back. A hold
 * between the last canary step and the switch counts, one of the attach that follows the switch does not.
 */
export function isWatchedHold(run: StageRun, phase: Phase | null, code: string, pointer: Pointer): boolean {
  if (code === "way-back-gone" || !isSwitched(run.rollout, pointer)) return false;
  return phase === "shifting" || phase === "baking" || (phase === "switching" && pointer.active !== run.target);
}

/** How long a held release with callers is left alone between two looks. */
export const heldLookMs = (run: StageRun): number => run.context.settings.bakeCheckMs * RARER;

/**
 * Keeps an eye on a held release with callers: a breach returns the traffic by itself, everything else leaves the hold to the person
 * who has to end it. Null where nobody calls the release, and where there is no way back.
 */
export async function watchHeld(run: StageRun): Promise<StageOutcome | null> {
  const { reason, heldPhase } = run.rollout;
  if (reason === null || !isWatchedHold(run, heldPhase, reason.code, run.view.pointer)) return null;
  const check = await checkBake(run);
  const failures = check.failures.length === 0 || check.isInconclusive ? 0 : (run.memory.heldFailures ?? 0) + 1;
  const stays: StageOutcome = {
    event: "hold",
    reason: { code: reason.code as ReasonCode, detail: reason.detail },
    dueInMs: heldLookMs(run),
    memory: { heldFailures: failures },
  };
  if (failures >= FAILURES_TO_BREACH) return breach(run, check.failures.join("; "), stays);
  const verdict = await weighEvidence(run, watchOf(run));
  return verdict.kind === "breached" ? breach(run, verdict.detail, stays) : stays;
}

/** The stretch that the held phase was watching. */
function watchOf(run: StageRun): Watch {
  const endsMs = run.nowMs();
  return run.rollout.heldPhase !== "baking"
    ? { baseline: "concurrent", sinceMs: run.memory.shift?.sinceMs ?? endsMs, endsMs }
    : { baseline: "same-hours", sinceMs: run.memory.evidenceSinceMs ?? run.memory.bakeStartedMs ?? endsMs, endsMs };
}

function breach(run: StageRun, detail: string, stays: StageOutcome): StageOutcome {
  const code = run.rollout.heldPhase === "baking" ? "bake-breached" : "canary-breached";
  return {
    event: "bake-breached",
    reason: { code, detail },
    desired: "rollback",
    write: async (transaction) => {
      const otherwise = await returnTraffic(run, transaction, { code, detail });
      if (otherwise === undefined) return undefined;
      return { ...stays, reason: { code: "way-back-gone", detail }, dueInMs: NEVER_MS };
    },
  };
}
