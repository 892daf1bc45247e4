import { z } from "zod";
import { EvidenceMetric } from "./evidence-policy.ts";

/** One metric of both releases, as shown to people and kept in the timeline. */
export const MetricComparison = z.object({
  metric: EvidenceMetric,
  /** Share (0–1) or milliseconds; null without a sample. */
  candidate: z.number().nullable(),
  baseline: z.number().nullable(),
  candidateSamples: z.number(),
  baselineSamples: z.number(),
  /** How it stands: no worse than the margin allows, worse, or not told yet; `shown` is not judged. */
  state: z.enum(["passed", "breached", "open", "shown"]),
});
export type MetricComparison = Readonly<z.infer<typeof MetricComparison>>;

/** What the calls of a watch tell so far. */
export const EvidenceVerdict = z.object({
  /**
   * `passed`: no judged metric is worse than its margin · `breached`: one is, or an alarm went off · `gathering`: not told yet, and the
   * watch may go on for `leftMs` · `inconclusive`: not told, and its time is over.
   */
  kind: z.enum(["passed", "breached", "gathering", "inconclusive"]),
  /** What decided it, in a sentence with figures; no personal data. */
  detail: z.string(),
  /** Absolute alarms that went off: slow answers, crashes, silence, errors. */
  alarms: z.array(z.string()).readonly(),
  comparisons: z.array(MetricComparison.readonly()).readonly(),
  /** True when it passed on less than its floor of calls: by policy, by pooled evidence, or with nothing to compare with. */
  isReduced: z.boolean(),
  /** What the candidate was held against. */
  baseline: z.enum(["concurrent", "same-hours", "none"]),
  leftMs: z.number(),
  /** The stretch of calls that it rests on, epoch milliseconds; absent in verdicts without a look at calls. */
  window: z.object({ fromMs: z.number(), toMs: z.number() }).readonly().optional(),
});
export type EvidenceVerdict = Readonly<z.infer<typeof EvidenceVerdict>>;
