import type { CallerStep } from "@tandem/domain/manifest";
import { type Clock, systemClock } from "@tandem/kernel";
import type { CallReport, StepReport } from "./call-report.ts";
import { CallSession } from "./call-session.ts";
import type { PhoneLine } from "./phone-line.ts";
import { runStep, type ToolsUsed } from "./steps.ts";
import { conversation, damagedWords } from "./turns.ts";
import type { Voice } from "./voice.ts";

/** A call as a script plays it. */
export interface CallScript {
  readonly line: PhoneLine;
  readonly voice: Voice;
  /** In order; the first that fails ends the script. */
  readonly steps: readonly CallerStep[];
  readonly clock?: Clock;
  /** The same seed gives the same noise. */
  readonly noiseSeed?: number;
  /** Stops the script: the caller hangs up. */
  readonly signal?: AbortSignal;
  /** Asked by `expect-tool`. */
  readonly toolsUsed?: ToolsUsed;
  /** After the last step the caller stays on the line until the call ends or the script is stopped. */
  readonly staysOn?: boolean;
  /** Told about each word as it is heard, and about the carrier's announcements. */
  readonly onHeard?: (text: string, atMs: number) => void;
  readonly onStep?: (report: StepReport) => void;
}

/** Plays a script in a call and tells everything that was heard. The caller hangs up when the script is over. Never rejects. */
export async function runScript(script: CallScript): Promise<CallReport> {
  const call = new CallSession({
    line: script.line,
    voice: script.voice,
    clock: script.clock ?? systemClock,
    noiseSeed: script.noiseSeed ?? 1,
    signal: script.signal ?? null,
    onHeard: script.onHeard ?? (() => {}),
  });
  const steps = await runSteps(call, script);
  if (script.staysOn === true) await call.until(() => null, Number.POSITIVE_INFINITY);
  await call.finish();
  return report(call, steps, script);
}

async function runSteps(call: CallSession, script: CallScript): Promise<readonly StepReport[]> {
  const reports: StepReport[] = [];
  const voiceLevelDb = script.voice.levelDb;
  for (const step of script.steps) {
    const atMs = call.nowMs;
    const result = await runStep(call, step, { voiceLevelDb, toolsUsed: script.toolsUsed ?? null }).catch(
      (error: unknown) => ({ ok: false, detail: (error as Error).message }),
    );
    const done: StepReport = { step, ...result, atMs, durationMs: call.nowMs - atMs };
    reports.push(done);
    script.onStep?.(done);
    if (!result.ok) break;
  }
  return reports;
}

function report(call: CallSession, steps: readonly StepReport[], script: CallScript): CallReport {
  const { utterances, announcements } = call;
  const { words } = call.ear;
  return {
    callId: call.line.callId,
    ok: steps.length === script.steps.length && steps.every(({ ok }) => ok),
    steps,
    ...conversation(utterances, words, announcements),
    latenciesMs: utterances.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs])),
    longestSilenceMs: call.longestSilenceMs,
    damagedWords: damagedWords(utterances, words),
    digits: call.digits,
    end: { by: endedBy(call), status: call.endStatus ?? "" },
    durationMs: call.nowMs,
  };
}

function endedBy(call: CallSession): CallReport["end"]["by"] {
  if (call.connectedTo === "person") return "hand-off";
  if (call.hasHungUp) return "caller";
  return call.endStatus === null ? "nobody" : "agent";
}
