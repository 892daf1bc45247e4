import type { Kpi } from "../manifest/index.ts";
import type { CallCost } from "./call-cost.ts";
import { kpiMeanings, RESOLUTION_MS } from "./fold-kpi.ts";

/** Length of a bucket, in the calendar of a time zone. */
export type SeriesStep = "hour" | "day" | "week";

/** Most buckets of one series. */
export const MOST_BUCKETS = 400;

/** A KPI as a series shows it: the same for every playbook, so that releases and tenants can stand side by side. */
export interface SeriesDefinition {
  readonly formula: Kpi["formula"];
  readonly meaning: string;
  readonly unit: Kpi["unit"];
  readonly goodDirection: Kpi["goodDirection"];
}

const of = (
  formula: Kpi["formula"],
  unit: Kpi["unit"],
  goodDirection: Kpi["goodDirection"],
  meaning = kpiMeanings[formula],
): SeriesDefinition => ({ formula, meaning, unit, goodDirection });

/** Every KPI in the order in which pages show them. */
export const seriesDefinitions: readonly SeriesDefinition[] = [
  of("self-serve", "ratio", "up"),
  of("handling-time", "seconds", "down"),
  of("booked", "count", "up", "ended calls with an appointment; the sample is ended calls with the agent"),
  of("missed", "ratio", "down"),
  of("containment", "ratio", "up"),
  of(
    "first-call-resolution",
    "ratio",
    "up",
    "self-served calls after which the same number did not call again for 7 days ÷ ended calls with the agent from known numbers; calls of the last 7 days cannot be judged yet and are left out",
  ),
  of(
    "cost-per-call",
    "currency",
    "down",
    "mean cost of ended calls with the agent whose cost is wholly known; of many calls a random sample is priced, and the sample size is that of the priced ones",
  ),
];

/** Counts over the ended live calls that were answered in one bucket, of one release or version. */
export interface SeriesCounts {
  /** Ended calls, those that a machine took apart. */
  readonly calls: number;
  readonly missed: number;
  /** Calls that an agent took, emergencies included. */
  readonly withAgent: number;
  readonly booked: number;
  /** Sum of seconds from answer to end of `withAgent`. */
  readonly handlingSeconds: number;
  /** Calls that an agent took, emergencies apart. */
  readonly judged: number;
  readonly selfServed: number;
  readonly contained: number;
  /** Judged calls of known numbers that are more than `RESOLUTION_MS` old. */
  readonly resolvable: number;
  readonly resolved: number;
}

/** One value with what it rests on. */
export interface SeriesValue {
  readonly formula: Kpi["formula"];
  /** Ratio 0–1, seconds, a count, or micros of a US dollar; null without a sample. */
  readonly value: number | null;
  readonly sampleSize: number;
  /** Calls of the priced sample whose cost is not wholly known; 0 for the other KPIs. */
  readonly unknown: number;
}

/** Calls answered before this instant can be judged for first-call resolution. */
export const resolvableBefore = (nowMs: number): number => nowMs - RESOLUTION_MS;

/** The KPIs of one bucket, in the order of `seriesDefinitions`. `costs` are those of the priced sample. */
export function seriesValues(counts: SeriesCounts, costs: readonly CallCost[]): readonly SeriesValue[] {
  return seriesDefinitions.map(({ formula }) => ({ formula, unknown: 0, ...found(formula, counts, costs) }));
}

type Found = Pick<SeriesValue, "value" | "sampleSize"> & { readonly unknown?: number };

function found(formula: Kpi["formula"], counts: SeriesCounts, costs: readonly CallCost[]): Found {
  switch (formula) {
    case "self-serve":
      return ratio(counts.selfServed, counts.judged);
    case "handling-time":
      return ratio(counts.handlingSeconds, counts.withAgent);
    case "booked":
      return { value: counts.booked, sampleSize: counts.withAgent };
    case "missed":
      return ratio(counts.missed, counts.calls);
    case "containment":
      return ratio(counts.contained, counts.judged);
    case "first-call-resolution":
      return ratio(counts.resolved, counts.resolvable);
    case "cost-per-call":
      return meanCost(costs);
    case "voicemail":
      return { value: null, sampleSize: 0 }; // no series of it
  }
}

const ratio = (sum: number, of: number): Found => ({ value: of === 0 ? null : sum / of, sampleSize: of });

function meanCost(costs: readonly CallCost[]): Found {
  const known = costs.filter(({ unknown }) => unknown.length === 0);
  const sum = known.reduce((total, { costMicros }) => total + costMicros, 0);
  return { ...ratio(sum, known.length), unknown: costs.length - known.length };
}
