import { base32hex, hmacSha256 } from "@tandem/kernel";
import type { EvidenceVerdict } from "@tandem/domain/evidence";
import type { CanaryStep } from "@tandem/domain/rollout";
import { at } from "../context.ts";
import { expectSameState } from "../journal.ts";
import type { ShiftMemory } from "../memory.ts";
import { type BakeCheck, checkBake } from "../observe/bake-check.ts";
import { weighEvidence } from "../observe/evidence.ts";
import { pointerGate } from "../pointer-gate.ts";
import { movePointer, moveRefused, returnTraffic } from "../pointer-move.ts";
import type { Stage, StageOutcome, StageRun } from "../stage.ts";

/** Two failed checks in a row are a breach; one may be the network's. */
const FAILURES_TO_BREACH = 2;

/** Nothing is watched before the first step: only a request ends a pause there, and makes the rollout due. */
const PAUSED_MS = 3_600_000;

/**
 * Brings new calls to the release in growing shares (ruling 16). A step is one compare-and-set, recorded with it in the rollout's
 * memory: a run that is done again goes on watching and never moves twice. After the last step the switch follows.
 */
export const shiftStage: Stage = async (run) => {
  const { desired } = run.rollout;
  const taken = run.memory.shift;
  if (taken !== undefined) await at("shift.after");
  if (taken === undefined) {
    if (desired === "promote") return leave(run);
    if (desired === "pause") return { event: "wait", reason: { code: "paused", detail: "" }, dueInMs: PAUSED_MS };
    return take(run, 0);
  }
  const isShut = run.rollout.reason?.code === "freeze-window";
  return hurries(run) && !isShut ? goOn(run, taken) : watch(run, taken);
};

/** A person wants the next step now, or all that remain, without waiting for what the present one tells. */
const hurries = ({ rollout }: StageRun): boolean => rollout.desired === "promote" || rollout.desired === "skip";

const goOn = async (run: StageRun, taken: ShiftMemory): Promise<StageOutcome> =>
  run.rollout.desired === "promote" ? leave(run, taken) : take(run, taken.step + 1, taken);

/** On to the switch, unless its gate is shut: callers are on the release here, and here it is watched. */
const leave = (run: StageRun, taken?: ShiftMemory): StageOutcome => ({
  event: "stage-succeeded",
  reason: null,
  ...(run.rollout.desired !== "promote" && { desired: "continue" as const }),
  write: async (transaction) => watchedOn(taken, (await pointerGate(run, transaction)) ?? undefined),
});

/** An outcome that lets the present step go on, with what was seen of it. */
const watchedOn = (taken: ShiftMemory | undefined, outcome: StageOutcome | undefined): StageOutcome | undefined =>
  outcome === undefined || taken === undefined ? outcome : { ...outcome, memory: { shift: taken } };

/** The steps of the policy; a rollout that is in this phase has them. */
const stepsOf = ({ rollout }: StageRun): readonly CanaryStep[] =>
  rollout.policy.strategy?.kind === "canary" ? rollout.policy.strategy.steps : [];

/** Takes a step's share, or goes on to the switch after the last one. */
async function take(run: StageRun, index: number, taken?: ShiftMemory): Promise<StageOutcome> {
  const step = stepsOf(run)[index];
  if (step === undefined) return leave(run, taken);
  const refused = moveRefused(run);
  if (refused !== null) return refused;
  await at("shift.before");
  const sinceMs = run.nowMs();
  const shift: ShiftMemory = { step: index, sinceMs, endsMs: sinceMs + step.watchMs, checkedMs: null, failures: 0 };
  return {
    event: "wait",
    reason: { code: "shifting", detail: shareText(run, index) },
    desired: "continue",
    memory: { shift },
    write: async (transaction) => {
      expectSameState(run, transaction);
      const { active } = transaction.pointer;
      // A salt of its own: each canary asks other callers first, and the same ones through all of its steps.
      const share = { active, candidate: run.target, weightBp: step.weightBp, salt: saltOf(run) };
      return watchedOn(taken, await movePointer(run, transaction, share, "shift"));
    },
  };
}

/** Nobody outside can know it, and so nobody can call from a number that lands on the side he wants. */
const saltOf = ({ context, rollout }: StageRun): string =>
  base32hex(hmacSha256(context.installKey, `canary\n${rollout.id}`));

const shareText = (run: StageRun, index: number): string => {
  const steps = stepsOf(run);
  return `${(steps[index]?.weightBp ?? 0) / 100} % of new calls, step ${index + 1} of ${steps.length}`;
};

/** Holds both releases against each other for the step's watch at least, then takes the next step on evidence. */
async function watch(run: StageRun, taken: ShiftMemory): Promise<StageOutcome> {
  const nowMs = run.nowMs();
  const endsMs = taken.endsMs ?? nowMs + (stepsOf(run)[taken.step]?.watchMs ?? 0);
  const { bakeCheckMs } = run.context.settings;
  const nextCheckMs = taken.checkedMs === null ? nowMs : taken.checkedMs + bakeCheckMs;
  const dueMs = nowMs < endsMs ? Math.min(nextCheckMs, endsMs) : nextCheckMs;
  const isEnding = nowMs >= endsMs && (taken.checkedMs ?? 0) < endsMs;
  if (nowMs < dueMs && !isEnding) return waiting(run, taken, { endsMs, dueInMs: dueMs - nowMs });
  const check = await checkBake(run);
  await at("bake.checked");
  const verdict = await weighEvidence(run, { baseline: "concurrent", sinceMs: taken.sinceMs, endsMs });
  const failures =
    check.failures.length === 0 ? 0 : check.isInconclusive ? Math.max(1, taken.failures) : taken.failures + 1;
  const shift = { ...taken, endsMs, checkedMs: nowMs, failures };
  return judge(run, shift, { check, verdict });
}

/** What a look at the release told. */
interface Seen {
  readonly check: BakeCheck;
  readonly verdict: EvidenceVerdict;
}

async function judge(
  run: StageRun,
  shift: ShiftMemory & { readonly endsMs: number },
  seen: Seen,
): Promise<StageOutcome> {
  const { check, verdict } = seen;
  const failed = check.failures.join("; ");
  if (shift.failures >= FAILURES_TO_BREACH && !check.isInconclusive) return breach(run, shift, failed);
  if (verdict.kind === "breached") return breach(run, shift, verdict.detail);
  if (hurries(run) && shift.failures === 0) return goOn(run, shift);
  const leftMs = shift.endsMs - run.nowMs();
  const { bakeCheckMs } = run.context.settings;
  const isGoing = leftMs <= 0 && !isStayed(run) && shift.failures === 0;
  if (!isGoing || verdict.kind === "gathering") {
    const dueInMs = leftMs > 0 ? Math.max(1, Math.min(bakeCheckMs, leftMs)) : bakeCheckMs;
    const wait = waiting(run, shift, { endsMs: shift.endsMs, dueInMs });
    if (shift.failures > 0) return { ...wait, reason: { code: "bake-check-failing", detail: failed } };
    return isGoing ? { ...wait, reason: { code: "evidence-gathering", detail: verdict.detail } } : wait;
  }
  if (verdict.kind === "passed") return take(run, shift.step + 1, shift);
  return {
    event: "evidence-inconclusive",
    reason: { code: "evidence-inconclusive", detail: verdict.detail },
    memory: { shift: { ...shift, endsMs: null } },
  };
}

/** Whether it goes no further for the time being: a person paused it, or nobody calls the release while calls are diverted. */
const isStayed = (run: StageRun): boolean => run.rollout.desired === "pause" || run.view.pointer.mode === "diverted";

function waiting(
  run: StageRun,
  shift: ShiftMemory,
  { endsMs, dueInMs }: { readonly endsMs: number; readonly dueInMs: number },
): StageOutcome {
  const share = shareText(run, shift.step);
  const reason =
    run.rollout.desired === "pause"
      ? ({ code: "paused", detail: share } as const)
      : ({
          code: "shifting",
          detail: run.view.pointer.mode === "diverted" ? `${share}; calls are diverted to a person` : share,
        } as const);
  return { event: "wait", reason, dueInMs, memory: { shift: { ...shift, endsMs } } };
}

const breach = (run: StageRun, shift: ShiftMemory, detail: string): StageOutcome => ({
  event: "bake-breached",
  reason: { code: "canary-breached", detail },
  desired: "rollback",
  memory: { shift },
  write: (transaction) => returnTraffic(run, transaction, { code: "canary-breached", detail }),
});
