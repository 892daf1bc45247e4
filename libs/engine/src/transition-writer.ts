import { isSwitched, reasonOf, reasons, transition } from "@tandem/domain/rollout";
import type { Pointer } from "@tandem/domain/slot";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { FencedTransaction, RolloutPatch } from "@tandem/ports/store/rollouts";
import { at, WORKER } from "./context.ts";
import { writeRollout } from "./journal.ts";
import { remembered } from "./memory.ts";
import { withEvidence } from "./observe/evidence-record.ts";
import type { StageOutcome, StageRun } from "./stage.ts";
import { heldLookMs, isWatchedHold, NEVER_MS } from "./watch-held.ts";

/** Whether the run goes on with the next look, or has to wait. */
export type Written = "go-on" | "wait";

/** Writes a stage's outcome: one transaction with the rollout row, its event and the audit row. Throws `Interrupted`, `lease_lost`. */
export async function writeTransition(run: StageRun, outcome: StageOutcome): Promise<Written> {
  await at("transition.before");
  const written = await writeRollout(run, async (transaction) => {
    const effective = (await outcome.write?.(transaction)) ?? outcome;
    return enter(run, transaction, await withEvidence(run, transaction, effective));
  });
  await at("transition.after");
  return written;
}

async function enter(run: StageRun, transaction: FencedTransaction, outcome: StageOutcome): Promise<Written> {
  const next = transition(run.rollout, outcome.event, isSwitched(run.rollout, transaction.pointer));
  if (next.kind === "refused")
    throw new AppError("internal", `${outcome.event} in ${run.rollout.phase}: ${next.text}`, {
      details: { phase: run.rollout.phase, event: outcome.event },
    });
  return next.kind === "stayed" ? stay(run, transaction, outcome) : move(run, transaction, outcome, next);
}

async function move(
  run: StageRun,
  transaction: FencedTransaction,
  outcome: StageOutcome,
  next: { readonly phase: typeof run.rollout.phase; readonly heldPhase: typeof run.rollout.heldPhase },
): Promise<Written> {
  const isHeld = next.phase === "held";
  const isGoingBack = next.phase === "aborting" || next.phase === "rolling-back";
  await transaction.patchRollout({
    ...patchOf(run, outcome),
    phase: next.phase,
    heldPhase: next.heldPhase,
    memory: remembered(transaction.rollout?.memory ?? run.rollout.memory, {
      gateSinceMs: undefined,
      heldFailures: undefined,
      ...(isGoingBack && outcome.reason != null && { cause: outcome.reason }),
      ...outcome.memory,
      failures: undefined,
    }),
    dueInMs: isHeld ? holdMs(run, outcome, transaction.pointer) : null,
  });
  await transaction.appendEvent({ type: "phase-entered", payload: payloadOf(run, outcome, next.phase) });
  await transaction.audit({
    ...WORKER,
    action: "rollout.phase-entered",
    object: `rollout/${run.rollout.id}`,
    before: { phase: run.rollout.phase },
    after: { phase: next.phase },
    ...(outcome.reason != null && { reason: outcome.reason.code }),
  });
  return isHeld ? "wait" : "go-on";
}

const payloadOf = (run: StageRun, outcome: StageOutcome, phase: string): JsonObject => ({
  from: run.rollout.phase,
  to: phase,
  event: outcome.event,
  ...(outcome.reason != null && { reason: outcome.reason.code, detail: outcome.reason.detail }),
});

function holdMs(run: StageRun, outcome: StageOutcome, pointer: Pointer): number {
  const entry = outcome.reason == null ? null : reasons[outcome.reason.code];
  if (entry !== null && "isSelfResuming" in entry) return run.context.settings.bakeCheckMs;
  return isWatchedHold(run, run.rollout.phase, outcome.reason?.code ?? "", pointer) ? heldLookMs(run) : NEVER_MS;
}

async function stay(run: StageRun, transaction: FencedTransaction, outcome: StageOutcome): Promise<Written> {
  await transaction.patchRollout({
    ...patchOf(run, outcome),
    dueInMs: outcome.dueInMs ?? null,
    ...(outcome.memory !== undefined && {
      memory: remembered(transaction.rollout?.memory ?? run.rollout.memory, outcome.memory),
    }),
  });
  if (outcome.reason != null && outcome.reason.code !== run.rollout.reason?.code) {
    await transaction.appendEvent({ type: "rollout-waited", payload: payloadOf(run, outcome, run.rollout.phase) });
  }
  await transaction.audit({
    ...WORKER,
    action: "rollout.waited",
    object: `rollout/${run.rollout.id}`,
    after: { phase: run.rollout.phase, dueInMs: outcome.dueInMs ?? null },
    ...(outcome.reason != null && { reason: outcome.reason.code }),
  });
  return outcome.dueInMs == null ? "go-on" : "wait";
}

/** A reason given replaces the present one; going on clears it, except where it tells why a rollout goes back. */
function patchOf(run: StageRun, outcome: StageOutcome): RolloutPatch {
  const keepsReason =
    outcome.reason === undefined && (run.rollout.phase === "aborting" || run.rollout.phase === "rolling-back");
  const reason = outcome.reason == null ? null : reasonOf(outcome.reason.code, outcome.reason.detail);
  return {
    ...(!keepsReason && { reason }),
    ...(outcome.planned !== undefined && outcome.planned),
    ...(outcome.desired !== undefined && { desired: outcome.desired }),
  };
}
