import { counted } from "@tandem/kernel";
import type { EvidenceMetric } from "./evidence-policy.ts";
import type { MetricComparison } from "./verdict.ts";

const NAMES: Readonly<Record<EvidenceMetric, string>> = {
  booked: "booked",
  "self-serve": "self-serve",
  "handling-time": "handling time",
  "response-latency": "response latency (95th percentile)",
  errors: "errors",
  "hang-ups": "early hang-ups",
};

/** A metric's name for people. */
export const metricName = (metric: EvidenceMetric): string => NAMES[metric];

/** A metric's value with its unit; a dash without a sample. */
export function metricValue(metric: EvidenceMetric, value: number | null): string {
  if (value === null) return "–";
  if (metric === "handling-time") return `${(value / 1000).toFixed(1)} s`;
  return metric === "response-latency" ? `${Math.round(value)} ms` : `${(value * 100).toFixed(1)} %`;
}

/** Both sides of a comparison with what they rest on. */
export const comparisonWords = (each: MetricComparison): string =>
  `${metricName(each.metric)} ${metricValue(each.metric, each.candidate)} of ${counted(each.candidateSamples, "call")} against ` +
  `${metricValue(each.metric, each.baseline)} of ${each.baselineSamples}`;
