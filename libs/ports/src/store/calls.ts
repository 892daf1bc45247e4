import type { CallFigures, Span } from "@tandem/domain/kpi";
import type { Instant, JsonObject } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** A call as lists show it. */
export interface SessionView {
  readonly id: string;
  readonly deploymentId: string;
  readonly callId: string;
  readonly slot: string;
  readonly bundleHash: string;
  readonly generation: number;
  readonly kind: "live" | "trial";
  readonly region: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly disposition: string | null;
}

/** Which calls of a deployment; absent members let all pass. */
export interface SessionFilter {
  readonly release?: string;
  readonly slot?: "blue" | "green";
  readonly outcome?: string;
  readonly kind?: "live" | "trial";
  readonly region?: string;
  /** Part of the carrier's id of the call, or the beginning of ours. */
  readonly call?: string;
  readonly state?: "live" | "ended";
  /** Answered at or after. */
  readonly from?: Instant;
  /** Answered before. */
  readonly to?: Instant;
}

/** One fact of a call. */
export interface SessionEventView {
  readonly seq: number;
  readonly at: Instant;
  readonly type: string;
  readonly payload: JsonObject;
}

/** A call with everything that is kept of it, in the order in which it happened. */
export interface SessionDetail extends SessionView {
  readonly node: string;
  readonly events: readonly SessionEventView[];
}

/** Response latency of one component over many turns, milliseconds. */
export interface LatencyRow {
  readonly deploymentId: string;
  readonly region: string;
  readonly slot: string;
  readonly release: string;
  /** A part of the response, or `totalMs`: what the caller experiences. */
  readonly component: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly turns: number;
}

/** What a hosted agent's vendor says about its calls: medians over calls of its own percentiles. Never compared with `LatencyRow`. */
export interface VendorLatencyRow {
  readonly deploymentId: string;
  readonly slot: string;
  readonly release: string;
  /** The vendor's word. */
  readonly component: string;
  readonly medianP50Ms: number | null;
  readonly medianP95Ms: number | null;
  readonly calls: number;
}

/** A release as far as live calls came to it. */
export interface ServedRelease {
  readonly release: string;
  readonly firstCallAt: Instant;
  readonly lastCallAt: Instant;
  readonly calls: number;
}

/** What happened on calls, within the actor's tenant. */
export interface CallReads {
  /** Newest first. */
  sessions(actor: Actor, deploymentId: string, page: PageRequest, filter?: SessionFilter): Promise<Page<SessionView>>;
  /** Without `withTexts` the words of the call do not leave the database. Null when the tenant has no such call. */
  session(actor: Actor, sessionId: string, options: { readonly withTexts: boolean }): Promise<SessionDetail | null>;
  /** Turns that ended in the span, openings apart. `deploymentId` null: of the whole tenant. */
  latency(
    actor: Actor,
    query: { readonly deploymentId: string | null; readonly kind: "live" | "trial"; readonly span: Span },
  ): Promise<{ readonly measured: readonly LatencyRow[]; readonly vendorReported: readonly VendorLatencyRow[] }>;
  /** The latest releases that took live calls within 90 days, newest first. */
  servedReleases(actor: Actor, deploymentId: string, limit: number): Promise<readonly ServedRelease[]>;
  /** Live calls answered in the span, every release. */
  callFigures(actor: Actor, deploymentId: string, span: Span): Promise<readonly CallFigures[]>;
}
