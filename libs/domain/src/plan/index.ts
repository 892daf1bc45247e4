export { type CostEstimate, costProse } from "./cost-estimate.ts";
export type { Change, ChangeAction, ChangeStage, FieldChange, Finding, Plan } from "./change.ts";
export { type CompiledOperations, compileOperations } from "./compile-operations.ts";
export { driftedFields, observedFrom } from "./drifted-fields.ts";
export { isWithin } from "./expansion.ts";
export { growingParts } from "./growing-parts.ts";
export { applyFieldChanges, revertFieldChanges } from "./field-apply.ts";
export { diffFields } from "./field-diff.ts";
export { masked as maskedChanges } from "./field-provenance.ts";
export { parsePath } from "./field-path.ts";
export { keyMemberOf, keyOf } from "./item-key.ts";
export { maskedPlan } from "./masked-plan.ts";
export { type FieldLayout, renderFieldChanges } from "./field-prose.ts";
export {
  type LatencyEstimate,
  latencyEstimate,
  percentile,
  type Percentiles,
  type ProviderTiming,
} from "./latency-estimate.ts";
export { makePlan, planHash } from "./make-plan.ts";
export { observedHash, routingHash } from "./observed-hash.ts";
export type { Operation, OperationVerb } from "./operation.ts";
export {
  type KindFacts,
  type KindLookup,
  observedKey,
  type ObservedObject,
  type PlanInput,
  type RoutingFacts,
} from "./plan-input.ts";
export {
  comparisonSection,
  costOf,
  latencyMet,
  type MeasuredFigures,
  type ReleaseComparison,
  type ReleaseFigures,
} from "./release-comparison.ts";
export { referencesIn, resolveReferences } from "./reference.ts";
export { reversed, type ReversalLimits } from "./reversal.ts";
export { ansiPaint, type Ink, type Paint, plainPaint } from "./paint.ts";
export { planSummary, type RenderOptions, renderPlan } from "./render-plan.ts";
export { type MovedPath, movedPaths, type PresentFacts } from "./staleness.ts";
export { targetSlotOf } from "./target-slot.ts";
export { planningFindings } from "./planning-finding.ts";
