import type { Schemas } from "../../api/generated/schema.ts";
import { formatDuration } from "../../ui/time-text.ts";
import type { EventLog } from "./event-log.ts";

export type Verdict = NonNullable<Schemas["RolloutDetail"]["evidence"]>;
export type Comparison = Verdict["comparisons"][number];
export type Measure = Comparison["metric"];
type Policy = Schemas["RolloutDetail"]["policy"]["evidence"];

interface MeasureWords {
  readonly name: string;
  readonly meaning: string;
  /** Whether more of it is better. */
  readonly isMoreBetter: boolean;
}

export const MEASURES: Readonly<Record<Measure, MeasureWords>> = {
  booked: { name: "Booked", meaning: "Share of calls that ended with an appointment.", isMoreBetter: true },
  "self-serve": {
    name: "Self-serve",
    meaning: "Share of calls that the agent handled to the end without a person.",
    isMoreBetter: true,
  },
  "handling-time": { name: "Handling time", meaning: "Mean duration of a handled call.", isMoreBetter: false },
  "response-latency": {
    name: "Response latency, p95",
    meaning: "95th percentile of the end of the caller's words to the first sound of the answer.",
    isMoreBetter: false,
  },
  errors: { name: "Errors", meaning: "Share of calls that ended in an error or on the fallback.", isMoreBetter: false },
  "hang-ups": {
    name: "Early hang-ups",
    meaning: "Share of calls that the caller ended within the first turns.",
    isMoreBetter: false,
  },
};

/** Response latency that no policy allows at the 95th percentile. */
export const ALARM_MS = 1200;

export const isTime = (measure: Measure): boolean => measure === "handling-time" || measure === "response-latency";

/** A value with its unit; a dash without a sample. */
export function measureText(measure: Measure, value: number | null): string {
  if (value === null) return "–";
  return isTime(measure) ? formatDuration(value) : `${(value * 100).toFixed(1)} %`;
}

/** The worst that the policy allows against this baseline; null where it does not judge, or nothing is there to compare with. */
export function limitOf(measure: Measure, baseline: number | null, policy: Policy): number | null {
  const margin = policy?.margins[measure];
  if (margin === undefined || baseline === null) return null;
  return MEASURES[measure].isMoreBetter ? baseline * (1 - margin) : baseline * (1 + margin);
}

/** One look at the calls. */
export interface Look {
  readonly atMs: number;
  readonly verdict: Verdict;
}

/** The looks that the timeline tells: those at which something stood otherwise than before, and the last. */
export const looksOf = (log: EventLog): readonly Look[] =>
  log
    .filter(({ type, payload }) => type === "evidence-weighed" && Array.isArray(payload["comparisons"]))
    .map(({ at, payload }) => {
      const verdict = payload as unknown as Verdict;
      return { atMs: verdict.window?.toMs ?? Date.parse(at), verdict };
    });

/** A look as the API keeps it. */
export const lookOf = ({ at, verdict }: Schemas["EvidenceLook"]): Look => ({ atMs: Date.parse(at), verdict });

/** Looks from several tellers in their order, each once: the first teller's words for a moment count. */
export function mergedLooks(...tellers: readonly (readonly Look[])[]): readonly Look[] {
  const byTime = new Map<number, Look>();
  for (const look of tellers.flat()) if (!byTime.has(look.atMs)) byTime.set(look.atMs, look);
  return [...byTime.values()].toSorted((left, right) => left.atMs - right.atMs);
}

/** The looks with one more: the verdict as it stands. One that the timeline has told already is not told again. */
export function withLook(looks: readonly Look[], next: Look | null): readonly Look[] {
  const last = looks.at(-1);
  if (next === null || (last !== undefined && next.atMs <= last.atMs)) return looks;
  if (last !== undefined && JSON.stringify(last.verdict) === JSON.stringify(next.verdict)) return looks;
  return [...looks, next];
}

export interface Series {
  /** Seconds of the epoch. */
  readonly times: readonly number[];
  readonly candidate: readonly (number | null)[];
  readonly baseline: readonly (number | null)[];
  readonly limit: readonly (number | null)[];
}

/** A measure over the looks, times as milliseconds and shares as per cent. */
export function seriesOf(measure: Measure, looks: readonly Look[], policy: Policy): Series {
  const scale = isTime(measure) ? 1 : 100;
  const scaled = (value: number | null): number | null => (value === null ? null : value * scale);
  const points = looks.flatMap(({ atMs, verdict }) => {
    const found = verdict.comparisons.find(({ metric }) => metric === measure);
    const isEmpty = found === undefined || (found.candidate === null && found.baseline === null);
    return isEmpty ? [] : [{ atMs, ...found }];
  });
  return {
    times: points.map(({ atMs }) => atMs / 1000),
    candidate: points.map(({ candidate }) => scaled(candidate)),
    baseline: points.map(({ baseline }) => scaled(baseline)),
    limit: points.map(({ baseline }) => scaled(limitOf(measure, baseline, policy))),
  };
}
