import type { EvidenceMetric } from "./evidence-policy.ts";

/** One metric of both releases, as shown to people and kept in the timeline. */
export interface MetricComparison {
  readonly metric: EvidenceMetric;
  /** Share (0–1) or milliseconds; null without a sample. */
  readonly candidate: number | null;
  readonly baseline: number | null;
  readonly candidateSamples: number;
  readonly baselineSamples: number;
  /** How it stands: no worse than the margin allows, worse, or not told yet; `shown` is not judged. */
  readonly state: "passed" | "breached" | "open" | "shown";
}

/** What the calls of a watch tell so far. */
export interface EvidenceVerdict {
  /**
   * `passed`: no judged metric is worse than its margin · `breached`: one is, or an alarm went off · `gathering`: not told yet, and the
   * watch may go on for `leftMs` · `inconclusive`: not told, and its time is over.
   */
  readonly kind: "passed" | "breached" | "gathering" | "inconclusive";
  /** What decided it, in a sentence with figures; no personal data. */
  readonly detail: string;
  /** Absolute alarms that went off: a turn over 1200 ms at the 95th percentile, a crash, silence. */
  readonly alarms: readonly string[];
  readonly comparisons: readonly MetricComparison[];
  /** True when it passed on less than its floor of calls, by policy or by pooled evidence. */
  readonly isReduced: boolean;
  /** What the candidate was held against. */
  readonly baseline: "concurrent" | "same-hours" | "none";
  readonly leftMs: number;
}
