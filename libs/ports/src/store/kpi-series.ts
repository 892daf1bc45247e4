import type { CallFigures, SeriesCounts, SeriesStep } from "@tandem/domain/kpi";
import type { PointerCause } from "@tandem/domain/slot";
import type { Instant } from "@tandem/kernel";
import type { Actor } from "./control.ts";

/** Whose calls, when, and in which buckets. */
export interface SeriesQuery {
  /** One deployment's id, or all of the tenant's that run a playbook. */
  readonly of: { readonly deploymentId: string } | { readonly playbook: string };
  /** Epoch milliseconds; moved back to the beginning of its bucket. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly step: SeriesStep;
  /** IANA name: whose days and weeks. */
  readonly timeZone: string;
  /** Only calls of this release. */
  readonly release: string | null;
}

/** One bucket of one line of a series: a release, or of a playbook a version. */
export interface SeriesCell extends SeriesCounts {
  /** Index into `buckets`. */
  readonly bucket: number;
  /** Release hash, or `name@version`. */
  readonly line: string;
  /** A random sample of its calls with the agent, to be priced. */
  readonly sample: readonly CallFigures[];
}

/** A move of the pointer within the span. */
export interface SeriesMove {
  readonly at: Instant;
  readonly deploymentId: string;
  readonly cause: PointerCause;
  readonly generation: number;
  readonly active: "blue" | "green" | "none";
  readonly rolloutId: string | null;
  /** Release that the rollout brought; null when no rollout made the move. */
  readonly release: string | null;
  readonly actor: string;
}

export interface SeriesRows {
  /** Beginning of each bucket, and of the one after the last. */
  readonly bounds: readonly Instant[];
  readonly cells: readonly SeriesCell[];
  /** Oldest first, the latest 1000. */
  readonly moves: readonly SeriesMove[];
}

/** KPIs over time, within the actor's tenant. */
export interface SeriesReads {
  /** Live calls by bucket and line. Bounded: counted in the database, and at most some thousand calls are read to be priced. */
  kpiSeries(actor: Actor, query: SeriesQuery): Promise<SeriesRows>;
}
