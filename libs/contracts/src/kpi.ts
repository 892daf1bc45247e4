import { Price } from "@tandem/domain/kpi";
import { Kpi } from "@tandem/domain/manifest";
import { z } from "zod";
import { InstantText } from "./json.ts";

const Span = z.object({ from: InstantText, to: InstantText });

export const LatencyQuery = z.strictObject({
  window: z.enum(["hour", "day", "week"]).default("day").describe("How far back."),
  kind: z.enum(["live", "trial"]).default("live").describe("Calls of callers, or of smoke tests."),
});
export type LatencyQuery = z.infer<typeof LatencyQuery>;

/** Response latency over many turns. Measured and vendor-reported figures stand apart and are never compared. */
export const Latency = z
  .object({
    span: Span,
    measured: z.array(
      z.object({
        deploymentId: z.uuid(),
        region: z.string(),
        slot: z.string(),
        release: z.string(),
        component: z.string().describe("A part of the response, or `totalMs`: what the caller experiences."),
        p50Ms: z.number(),
        p95Ms: z.number(),
        p99Ms: z.number(),
        turns: z.int(),
      }),
    ),
    vendorReported: z.array(
      z.object({
        deploymentId: z.uuid(),
        slot: z.string(),
        release: z.string(),
        component: z.string().describe("The vendor's word."),
        medianP50Ms: z.number().nullable(),
        medianP95Ms: z.number().nullable(),
        calls: z.int(),
      }),
    ),
  })
  .meta({ id: "Latency" });
export type Latency = z.infer<typeof Latency>;

export const KpiQuery = z.strictObject({
  window: z.enum(["day", "week"]).optional().describe("One window for all; absent: each KPI's own."),
  release: z.string().max(80).optional().describe("Only this release; absent: the active one and the one before."),
});
export type KpiQuery = z.infer<typeof KpiQuery>;

const KpiValue = z
  .object({
    name: z.string(),
    formula: Kpi.shape.formula,
    meaning: z.string(),
    unit: Kpi.shape.unit,
    window: Kpi.shape.window,
    goodDirection: Kpi.shape.goodDirection,
    value: z
      .number()
      .nullable()
      .describe("Ratio 0–1, seconds, a count, or micros of a US dollar; null without a sample."),
    sampleSize: z.int().describe("Calls that the value rests on."),
    unknown: z.int().describe("Calls of the sample whose cost is not wholly known."),
    span: Span,
  })
  .meta({ id: "KpiValue" });

const Share = z
  .object({
    ratio: z.number().nullable(),
    count: z.int(),
    of: z.int(),
    denominator: z.enum(["calls-with-agent", "turns"]),
  })
  .meta({ id: "Share" });

const ReleaseKpis = z
  .object({
    release: z.string(),
    playbook: z.string().nullable().describe("`name@version`; null when the release is not kept any more."),
    isActive: z.boolean(),
    calls: z.int().describe("Live calls of the last 90 days."),
    kpis: z.array(KpiValue),
    shares: z.object({
      span: Span,
      crashes: Share,
      breakerOpens: Share,
      freezes: Share,
      encodingMismatches: Share,
      speculative: Share,
    }),
    unpriced: z.array(z.string()).describe("What calls used and the price list does not know."),
  })
  .meta({ id: "ReleaseKpis" });

export const KpiReport = z
  .object({ deploymentId: z.uuid(), releases: z.array(ReleaseKpis).describe("The active release first.") })
  .meta({ id: "KpiReport" });
export type KpiReport = z.infer<typeof KpiReport>;

export const Prices = z
  .object({ currency: z.literal("USD"), items: z.array(Price.meta({ id: "Price" })) })
  .meta({ id: "Prices" });
export type Prices = z.infer<typeof Prices>;

/** No `.meta({ id })`: it is a query. */
const SeriesQuery = {
  step: z.enum(["hour", "day", "week"]).default("day").describe("Length of a bucket, in the time zone's calendar."),
  from: InstantText.optional().describe("Moved back to the beginning of its bucket; absent: 30 steps before `to`."),
  to: InstantText.optional().describe("Absent: now."),
  timeZone: z
    .string()
    .max(60)
    .refine(isTimeZone, "Not an IANA time zone such as Europe/Berlin.")
    .optional()
    .describe("IANA name; absent: the deployment's, or UTC."),
  format: z.enum(["json", "csv"]).default("json").describe("`csv`: one line per bucket, release and KPI."),
};
export const KpiSeriesQuery = z.strictObject({
  ...SeriesQuery,
  release: z.string().max(80).optional().describe("Only this release."),
});
export type KpiSeriesQuery = z.infer<typeof KpiSeriesQuery>;
export const PlaybookSeriesQuery = z.strictObject({ ...SeriesQuery, playbook: z.string().min(1).max(80) });
export type PlaybookSeriesQuery = z.infer<typeof PlaybookSeriesQuery>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/.test(name);
  } catch {
    return false;
  }
}

const SeriesPoint = z.object({
  bucket: z.int().describe("Index into `buckets`."),
  value: z
    .number()
    .nullable()
    .describe("Ratio 0–1, seconds, a count, or micros of a US dollar; null without a sample."),
  sampleSize: z.int().describe("Calls that the value rests on."),
  unknown: z.int().describe("Calls of the priced sample whose cost is not wholly known."),
});

const SeriesLine = z
  .object({
    release: z.string().nullable().describe("Null where a line is a version of a playbook."),
    playbook: z.string().nullable().describe("`name@version`; null when the release is not kept any more."),
    calls: z.int().describe("Ended live calls in the span."),
    kpis: z.array(z.object({ formula: Kpi.shape.formula, points: z.array(SeriesPoint) })),
  })
  .meta({ id: "KpiSeriesLine" });

const SeriesMove = z
  .object({
    at: InstantText,
    deploymentId: z.uuid(),
    cause: z.string().describe("E.g. `switch`, `shift`, `rollback`, `divert`."),
    generation: z.int(),
    active: z.string(),
    rolloutId: z.uuid().nullable(),
    release: z.string().nullable().describe("Release of the rollout that made the move."),
    actor: z.string(),
  })
  .meta({ id: "KpiSeriesMove" });

/** KPIs over time, per release (or per version of a playbook), with the pointer's moves as marks. */
export const KpiSeries = z
  .object({
    deploymentId: z.uuid().nullable(),
    playbook: z.string().nullable(),
    step: z.enum(["hour", "day", "week"]),
    timeZone: z.string(),
    buckets: z
      .array(z.object({ from: InstantText, to: InstantText, isComplete: z.boolean() }))
      .describe("In order; `isComplete` is false for one that goes on."),
    definitions: z.array(
      z.object({
        formula: Kpi.shape.formula,
        meaning: z.string(),
        unit: Kpi.shape.unit,
        window: z.enum(["hour", "day", "week"]).describe("Each value is over one bucket."),
        goodDirection: Kpi.shape.goodDirection,
      }),
    ),
    lines: z.array(SeriesLine).describe("Latest calls first; at most 20, the ones with calls last."),
    linesLeftOut: z.int(),
    moves: z.array(SeriesMove).describe("Oldest first."),
  })
  .meta({ id: "KpiSeries" });
export type KpiSeries = z.infer<typeof KpiSeries>;
