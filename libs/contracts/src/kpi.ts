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
