import { counted, isJsonObject, type Json } from "@tandem/kernel";
import type { SmokeLatency, SmokeScenarioReport } from "@tandem/domain/rollout";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { TurnRecord } from "@tandem/domain/session";
import type { SpokenReport } from "@tandem/ports/ingress-probe";
import type { PlannedCall, SkippedCall } from "./planned-call.ts";
import { makesObject } from "./tool-role.ts";

/** Longer without a sound while an answer is due is a freeze. */
const LONGEST_SILENCE_MS = 2000;
/** More words than this that arrive damaged are no accident of the line. */
const MOST_DAMAGED_RATIO = 0.1;
const MOST_DAMAGED = 2;

/** What a call is held against. `slackMs`: what the testing machine may add to each wait. */
export interface CallRules {
  readonly bundle: ReleaseBundle;
  readonly slackMs: number;
}

/** What a call showed, held against what was asked of it. Pure. */
export function judgeCall(call: PlannedCall, report: SpokenReport, rules: CallRules): SmokeScenarioReport {
  const failures = failuresOf(call, report, rules);
  const exchange = lastExchange(report);
  const spoken = report.turns.filter(({ by, text }) => by === "agent" && text !== "");
  return {
    name: call.name,
    origin: call.origin,
    level: report.level,
    passed: failures.length === 0,
    attempts: 1,
    samples: spoken.length,
    skippedWrites: 0,
    reduced: null,
    failures: failures.map((failure) => `${call.name}: ${failure}${exchange === "" ? "" : ` — ${exchange}`}`),
    steps: report.steps.map((step) => ({ ...step })),
    turns: report.turns.map((turn) => ({ ...turn })),
    latency: latencyOf(report),
    longestSilenceMs: report.longestSilenceMs,
    durationMs: report.durationMs,
  };
}

/** A call that was not held. */
export const skippedReport = (
  { skippedWrites, ...call }: SkippedCall,
  level: SmokeScenarioReport["level"],
): SmokeScenarioReport => ({
  ...call,
  level,
  passed: true,
  attempts: 0,
  samples: 0,
  skippedWrites,
  failures: [],
  steps: [],
  turns: [],
  latency: [],
  longestSilenceMs: 0,
  durationMs: 0,
});

function failuresOf(call: PlannedCall, report: SpokenReport, rules: CallRules): readonly string[] {
  if (report.trouble !== null) return [report.trouble];
  const failed = report.steps.find(({ ok }) => !ok);
  if (failed !== undefined) return [`step ${report.steps.length}, ${failed.do}: ${failed.detail}`];
  if (!report.ok || report.steps.length < call.steps.length) return ["the conversation was not held to its end"];
  if (!report.turns.some(({ by, text }) => by === "agent" && text !== "")) return ["nothing was heard"];
  if (report.trace === null) return ["the media service kept nothing of the call: nothing was measured"];
  return [
    ...silences(call, report, LONGEST_SILENCE_MS + rules.slackMs),
    ...damage(report),
    ...missingWrites(call, report, rules.bundle),
    ...call.also(report),
  ];
}

function silences(
  { isSilent }: PlannedCall,
  { longestSilenceMs, trace, level }: SpokenReport,
  mostMs: number,
): readonly string[] {
  if (isSilent || level === "text") return [];
  if (longestSilenceMs > mostMs) return [`${longestSilenceMs} ms of silence, ${mostMs} ms at most`];
  const frozen = trace?.turns.find((turn) => turn.longestSilenceMs > mostMs);
  return frozen === undefined
    ? []
    : [`turn ${frozen.turn}: ${Math.round(frozen.longestSilenceMs)} ms without a sound (${partsOf(frozen)})`];
}

function damage({ damagedWords, turns }: SpokenReport): readonly string[] {
  const words = turns.reduce((sum, { by, text }) => sum + (by === "agent" ? text.split(/\s+/).length : 0), 0);
  return damagedWords > Math.max(MOST_DAMAGED, words * MOST_DAMAGED_RATIO)
    ? [`${damagedWords} of ${counted(words, "word")} arrived damaged`]
    : [];
}

/** A write that was told as done has left something at its vendor. */
function missingWrites({ steps }: PlannedCall, { trace }: SpokenReport, bundle: ReleaseBundle): readonly string[] {
  const expected = new Set(
    steps.flatMap((step) => (step.do === "expect-tool" && step.outcome === "success" ? [step.tool] : [])),
  );
  const writes = bundle.tools.filter((tool) => expected.has(tool.name) && makesObject(tool));
  return writes
    .filter(({ name }) => trace?.made.some(({ tool, result }) => tool === name && hasId(result)) !== true)
    .map(({ name }) => `${name} left nothing at its vendor`);
}

const hasId = (result: Json): boolean =>
  isJsonObject(result) && Object.keys(result).some((member) => member.endsWith("_id"));

/** Latencies as the service measured them, turn by turn. */
const latencyOf = ({ trace }: SpokenReport): SmokeLatency[] =>
  (trace?.turns ?? []).flatMap(({ turn, callerText, providers, latency }) =>
    latency === null ? [] : [{ turn, callerText, providers: namesOf(providers), ...rounded(latency) }],
  );

function rounded(latency: NonNullable<TurnRecord["latency"]>) {
  const { transcribeMs, endOfTurnMs, modelMs, speechMs, sendMs, networkMs, totalMs } = latency;
  const [a, b, c, d, e, f, g] = [transcribeMs, endOfTurnMs, modelMs, speechMs, sendMs, networkMs, totalMs].map(tenths);
  return {
    transcribeMs: a ?? 0,
    endOfTurnMs: b ?? 0,
    modelMs: c ?? 0,
    speechMs: d ?? 0,
    sendMs: e ?? 0,
    networkMs: f ?? 0,
    totalMs: g ?? 0,
  };
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

const namesOf = ({ stt, llm, tts }: TurnRecord["providers"]): string =>
  [stt, llm, tts].map((each) => each ?? "–").join(" → ");

/** Where an answer's time went, in words. */
export function partsOf({ latency, providers }: Pick<TurnRecord, "latency" | "providers">): string {
  if (latency === null) return namesOf(providers);
  const { transcribeMs, endOfTurnMs, modelMs, speechMs, sendMs, networkMs, totalMs } = latency;
  const parts = {
    recognised: transcribeMs,
    "end of turn": endOfTurnMs,
    model: modelMs,
    voice: speechMs,
    sent: sendMs,
    heard: networkMs,
  };
  const words = Object.entries(parts).map(([name, ms]) => `${name} ${Math.round(ms)}`);
  return `${Math.round(totalMs)} ms = ${words.join(" + ")}; ${namesOf(providers)}`;
}

/** What was said last, for people. */
function lastExchange({ turns }: Pick<SpokenReport, "turns">): string {
  return turns
    .slice(-3)
    .map(({ by, text, latencyMs }) => `${by}${latencyMs === null ? "" : ` (after ${latencyMs} ms)`}: “${text}”`)
    .join(" · ");
}
