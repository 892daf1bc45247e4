import { at } from "../context.ts";
import { AGAIN, type StepResult, type StepRun, stop } from "./step-run.ts";

/** Longest settle time of the step's kind, capped as configured. */
export const settleMsOf = ({ run, kind }: Pick<StepRun, "run" | "kind">): number =>
  Math.min(kind.settleMs, run.context.settings.settleCapMs);

/**
 * Milliseconds until whatever the open intent's call did must be visible: the call may have begun `callStartMs` after the intent,
 * lasted its whole deadline, and then shown up after the settle time. Until then looking it up proves nothing.
 */
export function settleLeftMs(stepRun: StepRun): number {
  const { run, step } = stepRun;
  const { callStartMs, callDeadlineMs } = run.context.settings;
  const until = Date.parse(step.intentAt ?? run.view.now) + callStartMs + callDeadlineMs + settleMsOf(stepRun);
  return until - run.nowMs();
}

/** Waits out the settle time: under the lease when it is short, else by giving the lease up until then. Null: it is over. */
export async function settle(stepRun: StepRun): Promise<StepResult | null> {
  const leftMs = settleLeftMs(stepRun);
  if (leftMs <= 0) return null;
  await at("settle.before");
  if (await stepRun.run.lease.waitWithin(leftMs)) return AGAIN;
  return stop({ event: "wait", reason: { code: "settling", detail: stepRun.step.operation.address }, dueInMs: leftMs });
}
