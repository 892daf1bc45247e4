import type { Kpi } from "../manifest/index.ts";
import type { CallCost } from "./call-cost.ts";
import type { CallFigures } from "./call-figures.ts";

/** A span of time, epoch milliseconds; `toMs` is not part of it. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One KPI over one span. */
export interface KpiValue {
  readonly name: string;
  readonly formula: Kpi["formula"];
  /** How it is computed, in words. */
  readonly meaning: string;
  readonly unit: Kpi["unit"];
  readonly window: Kpi["window"];
  readonly goodDirection: Kpi["goodDirection"];
  /** Ratio 0–1, seconds, a count, or micros of a US dollar; null without a sample. */
  readonly value: number | null;
  /** Calls that the value rests on. */
  readonly sampleSize: number;
  /** Calls that belong to the sample but cannot be judged: their cost is not wholly known. */
  readonly unknown: number;
  readonly span: Span;
}

/** How long nobody of the same number may call again for a call to count as resolved. */
export const RESOLUTION_MS = 7 * 86_400_000;
export const windowMs: Readonly<Record<Kpi["window"], number>> = { day: 86_400_000, week: 7 * 86_400_000 };

/** What each formula means. */
export const kpiMeanings: Readonly<Record<Kpi["formula"], string>> = {
  "self-serve":
    "ended calls that the agent brought to their end (booked or handled) ÷ ended calls with the agent, emergencies apart",
  "handling-time": "mean seconds from answer to end of ended calls with the agent",
  booked: "ended calls with an appointment; as a ratio ÷ ended calls with the agent",
  missed:
    "ended calls that nobody served (abandoned, dropped, lost); as a ratio ÷ ended calls, those that a machine took apart",
  voicemail:
    "calls that we placed and a machine took, a message left or not; as a ratio ÷ all ended calls. They count in no other KPI",
  containment:
    "ended calls with the agent that were not handed to a person ÷ ended calls with the agent, emergencies apart",
  "first-call-resolution":
    "self-served calls after which the same number did not call again for 7 days ÷ ended calls with the agent from known numbers, over the window that ended 7 days ago",
  "cost-per-call": "mean cost of ended calls with the agent whose cost is wholly known",
};

const SERVED = new Set(["booked", "handled"]);
const MISSED = new Set(["abandoned", "dropped", "lost"]);
const HANDED_OVER = new Set(["transferred", "emergency"]);

/** What a KPI is folded from. */
export interface KpiInput {
  /** Ended live calls of the release; for `first-call-resolution` those of the 7 days and the window before the span, too. */
  readonly calls: readonly CallFigures[];
  /** Calls of every release: who called again. Absent: `calls`. */
  readonly laterCalls?: readonly CallFigures[];
  readonly span: Span;
  readonly costOf: (call: CallFigures) => CallCost;
}

/** Computes one KPI. Calls count in the span in which they were answered; those that go on are left out. */
export function foldKpi(kpi: Kpi, input: KpiInput): KpiValue {
  const span = kpi.formula === "first-call-resolution" ? shifted(input.span) : input.span;
  const calls = input.calls.filter((call) => call.seconds !== null && isIn(call, span));
  const found = formulas[kpi.formula](kpi.unit, calls, input);
  const { name, formula, unit, window, goodDirection } = kpi;
  return { name, formula, meaning: kpiMeanings[formula], unit, window, goodDirection, unknown: 0, ...found, span };
}

const shifted = ({ fromMs, toMs }: Span): Span => ({ fromMs: fromMs - RESOLUTION_MS, toMs: toMs - RESOLUTION_MS });
const isIn = ({ startedAtMs }: CallFigures, { fromMs, toMs }: Span): boolean =>
  startedAtMs >= fromMs && startedAtMs < toMs;

type Found = Pick<KpiValue, "value" | "sampleSize"> & { readonly unknown?: number };
type Formula = (unit: Kpi["unit"], calls: readonly CallFigures[], input: KpiInput) => Found;

const outcome = ({ disposition }: CallFigures): string => disposition ?? "";
/** A machine took the call: nobody was missed, and nobody was served. */
const isVoicemail = (call: CallFigures): boolean => outcome(call) === "voicemail";
const withAgent = (calls: readonly CallFigures[]) => calls.filter((call) => call.wasWithAgent && !isVoicemail(call));
const judged = (calls: readonly CallFigures[]) => withAgent(calls).filter((call) => outcome(call) !== "emergency");

/** Share of a sample, or how many. */
function share(unit: Kpi["unit"], sample: readonly CallFigures[], holds: (call: CallFigures) => boolean): Found {
  const count = sample.filter(holds).length;
  if (unit === "count") return { value: count, sampleSize: sample.length };
  return { value: sample.length === 0 ? null : count / sample.length, sampleSize: sample.length };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length;

const formulas: Readonly<Record<Kpi["formula"], Formula>> = {
  "self-serve": (unit, calls) => share(unit, judged(calls), (call) => SERVED.has(outcome(call))),
  containment: (unit, calls) => share(unit, judged(calls), (call) => !HANDED_OVER.has(outcome(call))),
  booked: (unit, calls) => share(unit, withAgent(calls), (call) => outcome(call) === "booked"),
  missed: (unit, calls) =>
    share(
      unit,
      calls.filter((call) => !isVoicemail(call)),
      (call) => MISSED.has(outcome(call)),
    ),
  voicemail: (unit, calls) => share(unit, calls, isVoicemail),
  "handling-time": (_unit, calls) => {
    const sample = withAgent(calls);
    return { value: mean(sample.map(({ seconds }) => seconds ?? 0)), sampleSize: sample.length };
  },
  "first-call-resolution": (unit, calls, { calls: own, laterCalls = own }) => {
    const starts = startsByCaller(laterCalls);
    const sample = judged(calls).filter(({ caller }) => caller !== null);
    return share(unit, sample, (call) => SERVED.has(outcome(call)) && !hasCalledAgain(call, starts));
  },
  "cost-per-call": (_unit, calls, { costOf }) => {
    const costs = withAgent(calls).map(costOf);
    const known = costs.filter(({ unknown }) => unknown.length === 0);
    return {
      value: mean(known.map(({ costMicros }) => costMicros)),
      sampleSize: known.length,
      unknown: costs.length - known.length,
    };
  },
};

/** Caller → when its calls began, in order. */
function startsByCaller(calls: readonly CallFigures[]): ReadonlyMap<string, readonly number[]> {
  const starts = new Map<string, number[]>();
  for (const { caller, startedAtMs } of calls) {
    if (caller === null) continue;
    const known = starts.get(caller);
    if (known === undefined) starts.set(caller, [startedAtMs]);
    else known.push(startedAtMs);
  }
  for (const times of starts.values()) times.sort((left, right) => left - right);
  return starts;
}

/** The first later start of the same caller decides; found by halving, for callers who ring all day. */
function hasCalledAgain({ caller, startedAtMs }: CallFigures, starts: ReadonlyMap<string, readonly number[]>): boolean {
  const times = starts.get(caller ?? "") ?? [];
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) > startedAtMs) high = middle;
    else low = middle + 1;
  }
  const next = times[low];
  return next !== undefined && next <= startedAtMs + RESOLUTION_MS;
}
