import type { Instant, Json, JsonObject } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Plan } from "@tandem/domain/plan";
import type { ReplayPolicy } from "@tandem/domain/replay";
import type { LivedRelease, Rollout, RolloutAsk, RolloutEvent, RolloutPolicy, Step } from "@tandem/domain/rollout";
import type { Pointer, PointerCause } from "@tandem/domain/slot";
import type { ByRole, Connection, Deployment, Environment, Overlay, SmokeWrites } from "@tandem/domain/tenant";
import type { CallReads } from "./calls.ts";
import type { ConnectionStandingReads } from "./connection-standings.ts";
import type { ConnectionVoiceReads } from "./connection-voices.ts";
import type { GateStore } from "./gates.ts";
import type { DriftReads } from "./drift.ts";
import type { ReplayView } from "./replays.ts";
import type { FleetRequests } from "./fleet.ts";
import type { MediaNodeRequests } from "./media-nodes.ts";
import type { IncidentRequests } from "./incidents.ts";
import type { SeriesReads } from "./kpi-series.ts";
import type { OutboundRequests } from "./outbound.ts";
import type { RolloutView, SafetyNetView } from "./rollouts.ts";
import type { AuditReads } from "./audit.ts";
import type { PersonRequests } from "./persons.ts";
import type { EvidenceLookReads } from "./evidence.ts";
import type { TestCallRequests } from "./test-calls.ts";
import type { TenantLifeRequests } from "./tenant-life.ts";
import type { PlanReads } from "./plans.ts";
import type { OverviewReads } from "./overview.ts";
import type { PlaybookReads } from "./playbooks.ts";
import type { WebhookRequests } from "./webhooks.ts";

/** Who asks, as the guard found out. Goes into every audit row of the request. */
export interface Actor {
  /** Null for the platform: its keys, and its administrators outside any tenant. */
  readonly tenantId: string | null;
  /** `key:<keyId>` or `person:<id>`; never a name or an address. */
  readonly subject: string;
  readonly roles: readonly ActorRole[];
  readonly via: "api" | "ui" | "cli" | "worker";
  readonly requestId: string;
  /**
   * Id for what the request creates, from `claimIdempotency`: doing the same request again (after a crash) then answers what the first
   * attempt made instead of making a second. Absent: every attempt creates anew.
   */
  readonly effectId?: string;
}

export type ActorRole =
  | "viewer"
  | "author"
  | "approver"
  | "operator"
  | "tenant-admin"
  | "ci"
  | "auditor"
  | "platform-admin";

/** One page of a list; `next` is an opaque cursor, null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor: string | null;
}

export interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: "active" | "suspended" | "offboarding" | "offboarded";
  readonly createdAt: Instant;
}

/** A published manifest; immutable. `content` is the parsed manifest with its prompt files folded in. */
export interface ManifestVersion {
  readonly hash: string;
  readonly playbook: string;
  readonly version: string;
  readonly content: Json;
  readonly publishedAt: Instant;
  readonly publishedBy: string;
  /** True when it belongs to the library that every tenant may use. */
  readonly isLibrary: boolean;
}

export interface ApiKeyRow {
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly ActorRole[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

export interface AuditRow {
  readonly seq: number;
  readonly at: Instant;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly beforeHash: string | null;
  readonly afterHash: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

/** What a walk of the chain found. `brokenAt` is the first sequence number that does not fit; null when all do. */
export interface AuditVerdict {
  readonly intact: boolean;
  readonly rows: number;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly brokenAt: number | null;
  readonly problem: string | null;
}

/** Who a key stands for. */
export interface Identity {
  /** Null for a platform key. */
  readonly tenantId: string | null;
  readonly roles: readonly ActorRole[];
  readonly expiresAt: Instant;
  /** How its tenant stands: one that is not active may look, and little else. */
  readonly tenantStatus: Tenant["status"];
}

/** What POST with the same Idempotency-Key gets: the first answer, a refusal, or the right to go ahead. */
export type IdempotencyClaim =
  /** Go ahead; `effectId` belongs into the actor of the calls that follow. The same one again when a crashed attempt is done anew. */
  | { readonly state: "new"; readonly effectId: string }
  | { readonly state: "replay"; readonly status: number; readonly body: Json }
  | { readonly state: "in-flight" }
  | { readonly state: "mismatch" };

/** How a rollout begins: from a saved plan, or by planning first. */
export interface StartRollout {
  readonly deploymentId: string;
  readonly bundle: ReleaseBundle;
  readonly bundleHash: string;
  readonly policy: RolloutPolicy;
  readonly planId: string | null;
  /** Set for a revert: the rollout whose release comes back, and why. Shown in the timeline and the audit log. */
  readonly reverts?: { readonly rolloutId: string; readonly version: string; readonly reason: string | null };
}

/** What an operator may ask of a live rollout. Answers the rollout after the change; throws `rollout_refused` with the table's reason. */
export type RolloutRequest = RolloutAsk;

/**
 * The API's truth: each method is one tenant-scoped transaction with its audit row. Refusals are `AppError`s.
 * Implemented by `libs/store` on PostgreSQL.
 */
export interface ControlStore
  extends
    CallReads,
    ConnectionStandingReads,
    ConnectionVoiceReads,
    FleetRequests,
    GateStore,
    OutboundRequests,
    DriftReads,
    PlanReads,
    OverviewReads,
    PlaybookReads,
    WebhookRequests,
    AuditReads,
    SeriesReads,
    IncidentRequests,
    MediaNodeRequests,
    TestCallRequests,
    EvidenceLookReads,
    PersonRequests,
    TenantLifeRequests {
  /** Looks an API key up by the HMAC of its secret; null when unknown, expired or revoked. Must see a revocation within 1 s. */
  authenticate(keyId: string, secretHash: string): Promise<Identity | null>;

  createTenant(actor: Actor, tenant: { slug: string; name: string }): Promise<Tenant>;
  /**
   * For the platform only. A suspended tenant's rollouts are held, its new calls go to people, none are placed for it, and its keys may
   * only look; `active` brings back exactly what was. Throws `conflict` for a tenant that is leaving or has left.
   */
  setTenantStatus(
    actor: Actor,
    tenantId: string,
    status: "active" | "suspended",
    reason: string | null,
  ): Promise<Tenant>;
  listTenants(actor: Actor, page: PageRequest): Promise<Page<Tenant>>;

  publishManifest(
    actor: Actor,
    version: { hash: string; playbook: string; version: string; content: Json; source: string },
  ): Promise<ManifestVersion>;
  listManifests(
    actor: Actor,
    playbook: string | null,
    page: PageRequest,
  ): Promise<Page<Omit<ManifestVersion, "content">>>;
  /** By hash or by `playbook@version`; `playbook` alone gives the newest version by semver. */
  manifest(actor: Actor, reference: string): Promise<ManifestVersion | null>;

  tenantOverlay(actor: Actor, playbook: string): Promise<{ values: Overlay; version: number }>;
  /** `expectedVersion` from If-Match; throws `precondition_failed`. */
  putTenantOverlay(
    actor: Actor,
    playbook: string,
    values: Overlay,
    expectedVersion: number,
  ): Promise<{ values: Overlay; version: number }>;

  createConnection(
    actor: Actor,
    connection: {
      name: string;
      vendor: string;
      endpoint: "vendor" | "sandbox";
      config: JsonObject;
      smokeWrites: SmokeWrites;
    },
  ): Promise<Connection>;
  /** Throws `not_found`, and `already_exists` when another connection of the tenant has the name. */
  renameConnection(actor: Actor, connectionId: string, name: string): Promise<Connection>;
  listConnections(actor: Actor, page: PageRequest): Promise<Page<Connection>>;
  connection(actor: Actor, id: string): Promise<Connection | null>;
  /** Stores a new sealed credential version; the one before stays valid for the overlap. */
  putCredential(actor: Actor, connectionId: string, sealed: string, keyId: string): Promise<{ version: number }>;

  createDeployment(
    actor: Actor,
    deployment: {
      name: string;
      playbook: string;
      environment: Environment;
      number: string | null;
      connections: ByRole<string>;
      overlay: Overlay;
    },
  ): Promise<Deployment>;
  listDeployments(actor: Actor, page: PageRequest): Promise<Page<DeploymentSummary>>;
  deployment(actor: Actor, idOrName: string): Promise<DeploymentDetail | null>;
  /**
   * The JSON text of one deployment as the API shows it in a list, for the commonest read: by id in a single round trip, and nobody
   * parses it on the way. `ingressBase` stands before its ingress key.
   */
  shownDeployment(actor: Actor, idOrName: string, ingressBase: string): Promise<string | null>;
  putConfiguration(
    actor: Actor,
    deploymentId: string,
    configuration: { number: string | null; connections: ByRole<string>; overlay: Overlay },
    expectedVersion: number,
  ): Promise<Deployment>;

  /** The snapshot that planning reads (also used by the worker's plan command). */
  view(actor: Actor, deploymentId: string): Promise<RolloutView | null>;

  /** Enqueues a read-only plan job and answers its id; the worker saves the plan under it. */
  requestPlan(
    actor: Actor,
    request: { deploymentId: string; bundle: ReleaseBundle; bundleHash: string },
  ): Promise<{ planId: string }>;
  plan(actor: Actor, planId: string): Promise<PlanState | null>;

  /** The newest kept plan for a release of a deployment; null when there is none. */
  planOfRelease(actor: Actor, deploymentId: string, bundleHash: string): Promise<Plan | null>;

  /** A kept bundle by hash; null when there is none. */
  release(actor: Actor, hash: string): Promise<ReleaseBundle | null>;

  /** Throws `rollout_live`, `plan_stale` (with `details.moved`), `plan_blocked`, `policy_refused` (with `details.members`), `frozen`. */
  startRollout(actor: Actor, start: StartRollout): Promise<Rollout>;
  rollout(actor: Actor, rolloutId: string): Promise<RolloutDetail | null>;
  listRollouts(actor: Actor, deploymentId: string, page: PageRequest): Promise<Page<Rollout>>;
  /** Releases that have been live, newest first, at most 200: what a revert can bring back. */
  livedReleases(actor: Actor, deploymentId: string): Promise<readonly LivedRelease[]>;
  /** `planHash`: the plan that an approval is about; throws `plan_stale` with `details.moved` when the rollout has another. */
  requestOfRollout(
    actor: Actor,
    rolloutId: string,
    request: RolloutRequest,
    reason: string | null,
    planHash?: string,
  ): Promise<Rollout>;
  /** Events after `afterSeq`, in order. */
  rolloutEvents(actor: Actor, rolloutId: string, afterSeq: number, limit: number): Promise<readonly RolloutEvent[]>;

  /**
   * Calls `onEvent(rolloutId)` after each commit that appended events, whatever process made it, and `onEvent(null)` after each
   * (re)connect, when everybody must look. Reconnects by itself; while it is cut off watchers poll.
   */
  watchRollouts(onEvent: (rolloutId: string | null) => void): Promise<{ close(): Promise<void> }>;

  /** Ruling 17: one transaction, no lease, no worker, no queue, no vendor. Before the switch it is an abort. Throws `previous_slot_gone`. */
  rollback(
    actor: Actor,
    deploymentId: string,
    reason: string | null,
  ): Promise<{ pointer: Pointer; rollout: Rollout | null; wasAbort: boolean }>;
  /** Ruling 23. */
  setMode(actor: Actor, deploymentId: string, mode: "live" | "diverted", reason: string | null): Promise<Pointer>;
  /** Asks the worker to restore the stored routing; the pointer goes to `none` afterwards. */
  requestDetach(actor: Actor, deploymentId: string): Promise<Rollout>;
  /** Past sessions to be had again; answers the one under way where there is one. */
  requestReplay(actor: Actor, deploymentId: string, policy: ReplayPolicy): Promise<{ readonly replayId: string }>;
  /** One that was asked for. */
  replay(actor: Actor, replayId: string, options: { readonly withWords: boolean }): Promise<ReplayView | null>;
  /** That of a rollout whose policy asks for one. */
  replayOfRollout(
    actor: Actor,
    rolloutId: string,
    options: { readonly withWords: boolean },
  ): Promise<ReplayView | null>;
  /** A worker command whose result is kept. `subjectId`: a deployment for `drift`, else a connection. */
  requestCheck(
    actor: Actor,
    check: { kind: "drift" | "test-connection" | "list-voices"; subjectId: string },
  ): Promise<{ checkId: string }>;
  check(actor: Actor, checkId: string): Promise<CheckState | null>;

  pointerHistory(
    actor: Actor,
    deploymentId: string,
    page: PageRequest,
  ): Promise<Page<{ pointer: Pointer; cause: PointerCause; rolloutId: string | null; actor: string; at: Instant }>>;
  audit(actor: Actor, page: PageRequest): Promise<Page<AuditRow>>;
  /** Walks the tenant's hash chain against its checkpoints; `expectedHead` is what an exported checkpoint says. */
  verifyAudit(actor: Actor, expectedHead?: { seq: number; hash: string }): Promise<AuditVerdict>;

  createApiKey(
    actor: Actor,
    key: {
      keyId: string;
      secretHash: string;
      name: string;
      roles: readonly ActorRole[];
      tenantId: string | null;
      expiresAt: Instant;
    },
  ): Promise<ApiKeyRow>;
  listApiKeys(actor: Actor, page: PageRequest): Promise<Page<ApiKeyRow>>;
  revokeApiKey(actor: Actor, keyId: string): Promise<void>;

  claimIdempotency(actor: Actor, key: string, route: string, bodyHash: string): Promise<IdempotencyClaim>;
  completeIdempotency(actor: Actor, key: string, route: string, status: number, body: Json): Promise<void>;
  abandonIdempotency(actor: Actor, key: string, route: string): Promise<void>;

  /** True when the database answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

export interface DeploymentSummary extends Deployment {
  readonly pointer: Pointer;
  readonly liveRollout: { readonly id: string; readonly phase: string } | null;
}

export interface DeploymentDetail extends DeploymentSummary {
  readonly slots: RolloutView["slots"];
  readonly attachment: RolloutView["attachment"];
  readonly stateSerial: number;
  /** Whether one click brings the previous slot back now, and if not, why, in a sentence. */
  readonly wayBack: { readonly possible: boolean; readonly verifiedAt: Instant | null; readonly reason: string | null };
  /** Whether the vendor that holds the number follows the pointer behind our webhook; null: no vendor holds it. */
  readonly safetyNet: SafetyNetView | null;
}

export type PlanState =
  | { readonly state: "pending" }
  | { readonly state: "ready"; readonly plan: Plan }
  | { readonly state: "failed"; readonly code: string; readonly detail: string };

export type CheckState =
  | { readonly state: "pending" }
  | { readonly state: "done"; readonly result: Json }
  | { readonly state: "failed"; readonly code: string; readonly detail: string };

export interface RolloutDetail extends Rollout {
  readonly steps: readonly Step[];
  readonly plan: Plan | null;
}
