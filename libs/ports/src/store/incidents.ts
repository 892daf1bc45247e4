import type {
  DeploymentHealth,
  Evidence,
  HealthSeries,
  HealthWord,
  Incident,
  IncidentCommand,
  IncidentEventType,
  Severity,
  Stack,
} from "@tandem/domain/incident";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Instant, Json, JsonObject } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** An incident as lists show it. */
export interface IncidentView extends Incident {
  readonly id: string;
  readonly deploymentId: string;
  readonly deploymentName: string;
  readonly openedStack: Stack | null;
  readonly openedBy: string;
  /** When the diagnosis of the present stack should be over; null when none is under way. */
  readonly diagnosisDueAt: Instant | null;
}

export interface IncidentEventView {
  readonly seq: number;
  readonly at: Instant;
  readonly type: IncidentEventType;
  readonly actor: string;
  readonly payload: JsonObject;
}

export interface IncidentDetail extends IncidentView {
  readonly events: readonly IncidentEventView[];
}

export interface IncidentFilter {
  readonly state?: "unresolved" | "resolved";
  readonly deploymentId?: string;
}

/** Evidence as it is kept: figures are those of the moment it was attached. */
export type AttachedEvidence = Evidence | { readonly kind: "metrics"; readonly note?: string; readonly health: Json };

/** A release that new calls came to, with what was live before. */
export interface ReleaseMove {
  readonly at: Instant;
  readonly rolloutId: string | null;
  readonly cause: string;
  readonly release: string;
  readonly bundle: ReleaseBundle | null;
  /** Null: nothing was live before. */
  readonly before: ReleaseBundle | null;
}

/** Windows of the same length up to a moment. */
export interface HealthSpan {
  readonly windowMs: number;
  readonly windows: number;
  /** Null: now. */
  readonly to: Instant | null;
}

/** Health and incidents, within the actor's tenant. */
export interface IncidentRequests {
  /** From the live calls, the vendor writes and the looks of the window; null for an unknown deployment. */
  health(actor: Actor, deploymentId: string, windowMs: number): Promise<DeploymentHealth | null>;
  /** The health of each window, of its newest calls; null for an unknown deployment. */
  healthSeries(actor: Actor, deploymentId: string, span: HealthSpan): Promise<HealthSeries | null>;
  /** Moves of the pointer that brought another release, newest first, of the latest 50 moves. */
  releaseMoves(actor: Actor, deploymentId: string): Promise<readonly ReleaseMove[]>;
  /** Throws `already_exists` while one for the same stack is open. */
  openIncident(
    actor: Actor,
    deploymentId: string,
    wish: { readonly severity: Severity; readonly summary: string; readonly stack: Stack | null },
  ): Promise<IncidentDetail>;
  /** Newest first. */
  incidents(actor: Actor, page: PageRequest, filter: IncidentFilter): Promise<Page<IncidentView>>;
  incident(actor: Actor, incidentId: string): Promise<IncidentDetail | null>;
  /** Throws `incident_refused` with `details.reason`, `not_found` also for evidence that the tenant does not have. */
  changeIncident(
    actor: Actor,
    incidentId: string,
    command: IncidentCommand,
    evidence: readonly AttachedEvidence[],
  ): Promise<IncidentDetail>;
}

/** The worker's looks at the health of deployments. */
export interface HealthLooks {
  /** Deployments with something live whose last look is older than the interval, each for one worker only. */
  claimHealthLooks(
    intervalMs: number,
    limit: number,
  ): Promise<readonly { readonly tenantId: string; readonly deploymentId: string }[]>;
  /**
   * Reads the health of the window, keeps its words, and opens an incident for each failing stack that has none open and none that was
   * resolved within `quietMs`. Answers the words.
   */
  lookAtHealth(
    tenantId: string,
    deploymentId: string,
    span: { readonly windowMs: number; readonly quietMs: number },
  ): Promise<Readonly<Record<Stack, HealthWord>>>;
}
