import type { SmokeScenarioReport } from "@tandem/domain/rollout";
import type { SpokenReport, TrialAnswer, TrialCall, TrialScript } from "@tandem/ports/ingress-probe";
import { at } from "../context.ts";
import { Interrupted, writeStep } from "../journal.ts";
import type { StageRun } from "../stage.ts";
import { failureOf } from "./answer.ts";
import { type CallRules, judgeCall } from "./judge-call.ts";
import { madeBy, noteCall, settleCall } from "./leftovers.ts";
import type { PlannedCall } from "./planned-call.ts";
import { tellBegun, tellEnded, tellPlanned } from "./tell-progress.ts";

/** Conversations that were held, as they were heard and as they are judged. */
export interface HeldCalls {
  readonly scenarios: readonly SmokeScenarioReport[];
  /** Of calls without faults: what latency is judged by. */
  readonly undisturbed: readonly SpokenReport[];
}

/**
 * Holds the conversations, some at a time, the longest first; the lease is renewed beside them. Throws `lease_lost`, and `Interrupted`
 * when the rollout or this process is to go another way: the callers hang up then.
 */
export async function holdCalls(run: StageRun, calls: readonly PlannedCall[]): Promise<HeldCalls> {
  const stop = new AbortController();
  const waiting = calls
    .map((call, index) => ({ call, index }))
    .toSorted((one, other) => lengthOf(other.call) - lengthOf(one.call));
  const held: HeldCall[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !stop.signal.aborted; next = waiting.shift())
      held[next.index] = await holdTold(run, next.call, stop.signal);
  };
  await tellPlanned(run, calls);
  const callers = Array.from({ length: Math.min(run.context.settings.smokeCalls, calls.length) }, work);
  const finished = new AbortController();
  const holding = holdLease(run, finished.signal);
  try {
    await Promise.race([Promise.all(callers), holding]);
  } finally {
    stop.abort();
    await Promise.allSettled(callers);
    finished.abort();
    await holding.catch(() => undefined); // told by the race already, or the calls have ended
  }
  return {
    scenarios: held.map(({ scenario }) => scenario),
    undisturbed: held.filter(({ call }) => call.faults.length === 0).map(({ report }) => report),
  };
}

interface HeldCall {
  readonly call: PlannedCall;
  /** As it was heard. */
  readonly report: SpokenReport;
  /** As it is judged. */
  readonly scenario: SmokeScenarioReport;
}

/** A conversation whose beginning and end are told to whoever watches. */
async function holdTold(run: StageRun, call: PlannedCall, stop: AbortSignal): Promise<HeldCall> {
  await tellBegun(run, call);
  const { report, attempts } = await holdWell(run, call, stop);
  const scenario = { ...judgeCall(call, report, rulesOf(run)), attempts };
  if (!stop.aborted) await tellEnded(run, scenario);
  return { call, report, scenario };
}

const rulesOf = ({ bundle, context }: StageRun): CallRules => ({ bundle, slackMs: context.settings.smokeSlackMs });

/**
 * A call that failed and whose caller could not understand every word is held once more: it tells of the line before it tells of the
 * release. What fails twice has failed.
 */
async function holdWell(
  run: StageRun,
  call: PlannedCall,
  stop: AbortSignal,
): Promise<{ readonly report: SpokenReport; readonly attempts: number }> {
  const report = await holdCall(run, call, stop);
  const isDoubtful = report.damagedWords > 0 && !judgeCall(call, report, rulesOf(run)).passed;
  return isDoubtful && !stop.aborted
    ? { report: await holdCall(run, call, stop), attempts: 2 }
    : { report, attempts: 1 };
}

const lengthOf = ({ steps, isSilent }: PlannedCall): number => steps.length + (isSilent ? 100 : 0);

/** Renews the lease until the signal. Throws when it is lost, when somebody asks for another way, or this process is to end. */
export async function holdLease(run: StageRun, signal: AbortSignal): Promise<never> {
  const { context, lease } = run;
  const { clock, settings } = context;
  for (;;) {
    if (context.isStopping()) throw new Interrupted("this worker ends");
    await lease.ensure(settings.callDeadlineMs);
    await writeStep(run, () => Promise.resolve()); // nobody has asked for an abort meanwhile
    await clock.sleep(Math.min(settings.renewMs, settings.callDeadlineMs) / 2, signal);
  }
}

/** One conversation: noted before its first word, and what it made noted after its last. */
async function holdCall(run: StageRun, call: PlannedCall, stop: AbortSignal): Promise<SpokenReport> {
  const { context, bundle, view, target } = run;
  const { tenantId, id } = view.deployment;
  const level = bundle.agent.kind === "tandem" ? "spoken" : "text";
  const ended = new AbortController();
  let noted: TrialCall | null = null;
  let wrong: string | null = null;
  let broken: { readonly error: unknown } | null = null;
  const onAnswered = async (answer: TrialAnswer): Promise<boolean> => {
    wrong = failureOf(run, answer, "any");
    if (wrong !== null || answer.call === null) return false;
    try {
      await noteCall(run, answer.call);
      noted = answer.call;
      return true;
    } catch (error) {
      broken = { error };
      return false;
    }
  };
  const script: TrialScript = {
    steps: call.steps,
    faults: call.faults,
    signal: AbortSignal.any([stop, ended.signal]),
    onAnswered,
  };
  const lateAfter = context.clock.sleep(context.settings.smokeCallMs, ended.signal).then(
    () => ended.abort(),
    () => undefined, // the call has ended
  );
  const report = await (level === "spoken" ? context.ingress.call : context.ingress.converse)(
    tenantId,
    id,
    target,
    script,
  ).catch((error: unknown) => {
    context.log.warn({ rolloutId: run.rollout.id, err: error }, "a smoke call could not be held");
    return unheld(level, `the call could not be held: ${(error as Error).message}`);
  });
  ended.abort();
  await lateAfter;
  if (broken !== null) throw (broken as { readonly error: unknown }).error;
  await at("smoke.call.after");
  if (noted !== null) await settleCall(run, noted, madeBy(run, report.trace));
  return wrong === null ? report : unheld(level, wrong);
}

const unheld = (level: SpokenReport["level"], trouble: string): SpokenReport => ({
  level,
  trouble,
  ok: false,
  steps: [],
  turns: [],
  longestSilenceMs: 0,
  damagedWords: 0,
  endedBy: "nobody",
  durationMs: 0,
  trace: null,
});
