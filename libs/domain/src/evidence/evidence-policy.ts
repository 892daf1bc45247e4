import { z } from "zod";

/** What calls are compared by. Shares are of calls; times are milliseconds. */
export const EvidenceMetric = z.enum([
  /** Share of calls that ended with an appointment. */
  "booked",
  /** Share of calls that the agent handled to the end without a person. */
  "self-serve",
  /** Mean duration of a handled call. */
  "handling-time",
  /** 95th percentile of end of speech to first audio heard. */
  "response-latency",
  /** Share of calls that ended in an error or on the fallback. */
  "errors",
  /** Share of calls that the caller ended within the first turns. */
  "hang-ups",
]);
export type EvidenceMetric = z.infer<typeof EvidenceMetric>;

/** What the calls must show while callers are on a new release. */
export const EvidencePolicy = z.strictObject({
  /** Fewest live calls of each side for a verdict. */
  minCalls: z.int().min(1).max(100_000),
  /** How much longer than its window a watch goes on for want of calls, milliseconds. */
  extendMs: z
    .int()
    .min(0)
    .max(14 * 24 * 3_600_000),
  /** What ends a watch that has told nothing by then: a person decides, or it counts as passed with reduced evidence. */
  whenInconclusive: z.enum(["hold", "accept"]),
  /** Most that a metric may be worse, relative to the release before (0.1: a tenth), by metric; absent metrics are shown and not judged. */
  margins: z.partialRecord(EvidenceMetric, z.number().min(0.0001).max(10)),
  /** Chance of breaching a release that is as good as the one before, per watch and over all metrics. */
  falseBreachRate: z.number().min(0.0001).max(0.5),
  /** Chance of passing a release that is worse than before by the margin, per metric. */
  falsePassRate: z.number().min(0.0001).max(0.5),
});
export type EvidencePolicy = z.infer<typeof EvidencePolicy>;
