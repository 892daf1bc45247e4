export { ALARM_TURNS, alarmsOf } from "./alarms.ts";
export { type CallFacts, callFacts, EVIDENCE_EVENTS, HANG_UP_MS, HANG_UP_TURNS, MOST_TURNS } from "./call-facts.ts";
export { type BothFigures, type Bounds, compareMetrics, leastDifferences } from "./compare.ts";
export { defaultEvidence } from "./default-evidence.ts";
export { EvidenceMetric, EvidencePolicy } from "./evidence-policy.ts";
export {
  addedFigures,
  ALARM_RESPONSE_MS,
  figuresOf,
  noFigures,
  ownLimits,
  type ResponseFigures,
  type SideFigures,
  slowLimits,
  type SlowLimits,
} from "./figures.ts";
export { SAME_HOURS_WEEKS, sameHours, type Stretch } from "./same-hours.ts";
export { type EvidenceLook, leastGapMs, tellsMore } from "./look.ts";
export { addedSums, meanOf, noSums, type Sums, varianceOf, withValue } from "./sums.ts";
export { EvidenceVerdict, MetricComparison } from "./verdict.ts";
export { waveSums } from "./wave-sums.ts";
export { weigh, type Weighing } from "./weigh.ts";
export { comparisonWords, metricName, metricValue } from "./words.ts";
