import type { Environment } from "@tandem/domain/tenant";
import type { Instant } from "@tandem/kernel";

/** Whose deployments are looked at: all tenants of a person, or one tenant. */
export type OverviewScope =
  | { readonly kind: "person"; readonly personId: string }
  | { readonly kind: "tenant"; readonly tenantId: string };

/** Why a deployment needs a person, the most urgent first. */
export const overviewFlags = [
  "incident",
  "held",
  "safety-net",
  "credential",
  "approval",
  "promotion",
  "drift",
] as const;
export type OverviewFlag = (typeof overviewFlags)[number];

/** How a deployment stands, by what matters most: it needs a person, a rollout goes on, calls go to people, it is live, it never was. */
export const overviewStates = ["attention", "rolling-out", "diverted", "live", "not-live"] as const;
export type OverviewState = (typeof overviewStates)[number];

export const overviewSorts = ["attention", "tenant", "deployment"] as const;
export type OverviewSort = (typeof overviewSorts)[number];

/** Which deployments; absent members let all pass. */
export interface OverviewFilter {
  /** Part of the name of the tenant or the deployment, of its slug or its number. */
  readonly search?: string;
  /** A tenant's slug. */
  readonly tenant?: string;
  readonly environment?: Environment;
  readonly playbook?: string;
  /** Version of the playbook that takes calls. */
  readonly version?: string;
  readonly state?: OverviewState;
}

/** A tenant as lists name it. */
export interface TenantName {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/** A deployment as the overview shows it. */
export interface OverviewRow {
  readonly tenant: TenantName & { readonly status: string };
  readonly id: string;
  readonly name: string;
  readonly playbook: string;
  readonly environment: Environment;
  readonly number: string | null;
  /** Of its callers: the zone that is configured, else that of the live release's opening hours; null where neither names one. */
  readonly timeZone: string | null;
  readonly state: OverviewState;
  readonly flags: readonly OverviewFlag[];
  readonly mode: "live" | "diverted";
  /** What takes calls; null: nothing does. */
  readonly live: {
    readonly slot: string;
    readonly bundleHash: string | null;
    readonly version: string | null;
    readonly since: Instant | null;
    readonly by: string | null;
  } | null;
  /** Share of new calls that a canary takes, ten-thousandths. */
  readonly candidateBp: number;
  /** Calls going on in both slots. */
  readonly calls: number;
  /** How each stack stood at the last look: stack → `healthy`, `degraded`, `failing` or `unknown`; null: nobody has looked. */
  readonly health: { readonly at: Instant; readonly stacks: Readonly<Record<string, string>> } | null;
  readonly rollout: {
    readonly id: string;
    readonly phase: string;
    readonly version: string | null;
    readonly startedAt: Instant;
    readonly dueAt: Instant | null;
    readonly reason: { readonly code: string; readonly detail: string; readonly nextAction: string } | null;
  } | null;
}

export interface OverviewPage {
  readonly items: readonly OverviewRow[];
  /** Opaque; null at the end. */
  readonly next: string | null;
  /** Deployments that the filter, the state aside, lets pass. */
  readonly counts: Readonly<Record<OverviewState, number>>;
}

/** What needs a person, whatever it is about. */
export const attentionKinds = [
  "incident",
  "held",
  "evidence",
  "safety-net",
  "credential-refused",
  "connection-failing",
  "approval",
  "promotion",
  "credential-ending",
  "credential-missing",
  "drift",
  "fleet-paused",
] as const;
export type AttentionKind = (typeof attentionKinds)[number];

export interface AttentionItem {
  readonly kind: AttentionKind;
  /** 0 (at once) to 4 (when there is time). */
  readonly urgency: number;
  /** Null for a fleet rollout, as is the deployment. */
  readonly tenant: TenantName | null;
  readonly deployment: {
    readonly id: string;
    readonly name: string;
    readonly environment: Environment;
    /** As in the overview. */
    readonly timeZone: string | null;
  } | null;
  readonly rolloutId: string | null;
  readonly incidentId: string | null;
  readonly connection: { readonly id: string; readonly name: string; readonly vendor: string } | null;
  /** A fleet rollout that is paused, for whoever administrates the platform; null for all other kinds. */
  readonly fleet: {
    readonly id: string;
    readonly playbook: string;
    readonly version: string;
    /** Whoever paused it, as the audit log has it; null: it paused by itself. */
    readonly pausedBy: string | null;
    /** Members of all waves that failed as the budget counts them, that succeeded, and all there are. */
    readonly failed: number;
    readonly through: number;
    readonly members: number;
  } | null;
  /** Since when it waits; null where that is not known. */
  readonly since: Instant | null;
  /** When it ends by itself, or goes wrong. */
  readonly until: Instant | null;
  /** A reason code or a code of ours. */
  readonly code: string;
  readonly detail: string;
  readonly nextAction: string;
}

export interface AttentionPage {
  readonly items: readonly AttentionItem[];
  readonly next: string | null;
  readonly counts: Readonly<Partial<Record<AttentionKind, number>>>;
}

/** How many deployments run a version. */
export interface RunningVersion {
  readonly version: string;
  readonly deployments: number;
}

/** What a change is about. */
export type ChangeKind =
  | "deployment"
  | "rollout"
  | "plan"
  | "session"
  | "incident"
  | "connection"
  | "manifest"
  | "access"
  | "audit";

/** Something that pages show is not what it was. A hint: what it is now is read. */
export interface ChangeNotice {
  readonly tenantId: string;
  readonly kind: ChangeKind;
  readonly deployment?: string;
  readonly rollout?: string;
  /** Of the pointer that moved. */
  readonly generation?: number;
}

/** Reads across the tenants of a person. */
export interface OverviewReads {
  overview(
    scope: OverviewScope,
    filter: OverviewFilter,
    page: { readonly sort: OverviewSort; readonly after: string | null; readonly limit: number },
  ): Promise<OverviewPage>;
  /** The most urgent first; `tenant`: one slug only. */
  attention(
    scope: OverviewScope,
    filter: { readonly tenant?: string },
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<AttentionPage>;
  /** Versions of a playbook that take calls, by version. */
  runningVersions(scope: OverviewScope, playbook: string): Promise<readonly RunningVersion[]>;
  /**
   * Calls `onChange` after each commit that changed something, whatever process made it, and with null after each (re)connect, when
   * everything may have changed.
   */
  watchChanges(onChange: (change: ChangeNotice | null) => void): Promise<{ close(): Promise<void> }>;
  /** Tenants that the scope lets see. */
  visibleTenants(scope: OverviewScope): Promise<readonly TenantName[]>;
}
