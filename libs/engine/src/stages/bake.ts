import type { EvidenceVerdict } from "@tandem/domain/evidence";
import { otherSlot } from "@tandem/domain/slot";
import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import { at } from "../context.ts";
import type { RolloutMemory } from "../memory.ts";
import { type BakeCheck, checkBake } from "../observe/bake-check.ts";
import { weighEvidence } from "../observe/evidence.ts";
import { returnTraffic } from "../pointer-move.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Two failed checks in a row are a breach; one may be the network's. */
const FAILURES_TO_BREACH = 2;

/**
 * Watches the new release for its window: its objects, its ingress, and what its calls tell where the policy asks for it. Both slots'
 * objects are verified, so that the way back is known to be open or not. It passes on evidence, or when a person accepts what is there.
 */
export const bakeStage: Stage = async (run) => {
  const window = windowOf(run);
  const dueInMs = untilLook(run, window);
  if (dueInMs > 0) return { event: "wait", reason: waitReason(run, run.memory.evidence ?? null), dueInMs };
  const check = await checkBake(run);
  await at("bake.checked");
  const verdict = await weighEvidence(run, { baseline: "same-hours", ...window });
  return afterLook(run, window, { check, verdict });
};

/** Epoch milliseconds of the database: since when calls count, when this window began, and when the bake may end. */
interface Window {
  readonly sinceMs: number;
  readonly startedMs: number;
  readonly endsMs: number;
}

/**
 * A watch that a person resumed begins another window and goes on with the calls of the ones before. The calls of a canary's last step
 * are the release's as well.
 */
function windowOf({ memory, rollout, nowMs }: StageRun): Window {
  const firstMs = memory.bakeStartedMs ?? nowMs();
  const startedMs = memory.bakeUntold === true ? nowMs() : firstMs;
  const sinceMs = memory.evidenceSinceMs ?? memory.shift?.sinceMs ?? firstMs;
  return { sinceMs, startedMs, endsMs: startedMs + rollout.policy.bakeMs };
}

/** How long nothing has to be looked at, milliseconds. At the end of the window and when a person wants to end it, a look is due. */
function untilLook({ memory, rollout, context, nowMs }: StageRun, { endsMs }: Window): number {
  const checkedMs = memory.bakeCheckedMs ?? null;
  if (checkedMs === null || rollout.desired === "promote" || memory.bakeUntold === true) return 0;
  const nextMs = checkedMs + context.settings.bakeCheckMs;
  return (checkedMs < endsMs ? Math.min(nextMs, endsMs) : nextMs) - nowMs();
}

/** What a look told. */
interface Seen {
  readonly check: BakeCheck;
  readonly verdict: EvidenceVerdict;
}

function afterLook(run: StageRun, window: Window, { check, verdict }: Seen): StageOutcome {
  const failures = failuresAfter(run, check);
  const memory: RolloutMemory = {
    bakeStartedMs: window.startedMs,
    bakeCheckedMs: run.nowMs(),
    bakeFailures: failures,
    evidenceSinceMs: window.sinceMs,
  };
  const failed = check.failures.join("; ");
  if (failures >= FAILURES_TO_BREACH && !check.isInconclusive) return breach(run, failed, memory);
  if (verdict.kind === "breached" && (run.rollout.desired !== "promote" || hasWayBack(run)))
    return breach(run, verdict.detail, memory);
  const outcome =
    failures > 0
      ? waiting(run, window, { code: "bake-check-failing", detail: failed })
      : (ending(run, window, verdict) ?? waiting(run, window, waitReason(run, verdict)));
  return {
    ...outcome,
    memory: { ...memory, bakeUntold: undefined, ...outcome.memory },
    write: (transaction) => noteVerified(run, transaction, check),
  };
}

function failuresAfter({ memory }: StageRun, check: BakeCheck): number {
  if (check.failures.length === 0) return 0;
  return check.isInconclusive ? Math.max(1, memory.bakeFailures ?? 0) : (memory.bakeFailures ?? 0) + 1;
}

const hasWayBack = ({ view, target }: StageRun): boolean => {
  const { readyBundleHash, intact } = view.slots[otherSlot(target)];
  return readyBundleHash !== null && intact;
};

/** Null while the watch goes on. A person ends it with what is there; a pause lets nothing end it. */
function ending(run: StageRun, { endsMs }: Window, verdict: EvidenceVerdict): StageOutcome | null {
  const { desired } = run.rollout;
  if (desired === "promote") return { event: "stage-succeeded", desired: "continue" };
  if (desired === "pause" || run.nowMs() < endsMs || verdict.kind === "gathering") return null;
  if (verdict.kind === "passed") return { event: "stage-succeeded" };
  return {
    event: "evidence-inconclusive",
    reason: { code: "evidence-inconclusive", detail: verdict.detail },
    memory: { bakeUntold: true },
  };
}

type Reason = NonNullable<StageOutcome["reason"]>;

function waitReason(run: StageRun, verdict: EvidenceVerdict | null): Reason {
  const detail = verdict?.detail ?? "";
  if (run.rollout.desired === "pause") return { code: "paused", detail };
  const isGathering = run.nowMs() >= windowOf(run).endsMs && verdict?.kind === "gathering";
  return { code: isGathering ? "evidence-gathering" : "baking", detail };
}

function waiting(run: StageRun, { endsMs }: Window, reason: Reason): StageOutcome {
  const leftMs = endsMs - run.nowMs();
  const { bakeCheckMs } = run.context.settings;
  return { event: "wait", reason, dueInMs: leftMs > 0 ? Math.max(1, Math.min(bakeCheckMs, leftMs)) : bakeCheckMs };
}

async function noteVerified(run: StageRun, transaction: FencedTransaction, check: BakeCheck): Promise<undefined> {
  const previous = otherSlot(run.target);
  if (check.isTargetWhole !== null)
    await transaction.patchSlot(run.target, { verified: true, intact: check.isTargetWhole });
  if (check.isPreviousWhole !== null)
    await transaction.patchSlot(previous, { verified: true, intact: check.isPreviousWhole });
  return undefined;
}

/** The traffic returns by itself, in the transaction that enters `rolling-back`; without an intact previous slot a person must decide. */
const breach = (run: StageRun, detail: string, memory: RolloutMemory): StageOutcome => ({
  event: "bake-breached",
  reason: { code: "bake-breached", detail },
  memory,
  desired: "rollback",
  write: async (transaction) => {
    const otherwise = await returnTraffic(run, transaction, { code: "bake-breached", detail });
    return otherwise === undefined ? undefined : { ...otherwise, memory };
  },
});
