export { EvidenceMetric, EvidencePolicy } from "./evidence-policy.ts";
export type { EvidenceVerdict, MetricComparison } from "./verdict.ts";
