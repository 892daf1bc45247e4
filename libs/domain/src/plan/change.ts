import type { Json, JsonObject } from "@tandem/kernel";
import type { Slot } from "../slot/index.ts";
import type { ValueSource } from "../tenant/index.ts";
import type { CostEstimate } from "./cost-estimate.ts";
import type { LatencyEstimate, ProviderTiming } from "./latency-estimate.ts";

/** What a plan does with one address. */
export type ChangeAction = "create" | "update" | "replace" | "delete" | "no-op";

/** When a change runs: in the inactive slot before the switch, as part of the first switch, or after bake. */
export type ChangeStage = "apply" | "attach" | "retire";

/** One difference inside a resource or inside the bundle. */
export interface FieldChange {
  /** Dotted path, array items by key: `tools[book].url`. */
  readonly path: string;
  readonly operation: "add" | "remove" | "set" | "move";
  /** Absent for `add`. Secrets appear as fingerprints only. */
  readonly before?: Json;
  /** Absent for `remove`. */
  readonly after?: Json;
  /** Layer the new value comes from. */
  readonly source?: ValueSource;
  /** The value is only known once another operation has run (an id or version of a new object); `after` then holds the reference. */
  readonly knownAfterApply?: boolean;
  /** Position of an array item from 0: in `after` for `add`, in `before` for `remove`. A `move` has the two positions as `before` and `after`. */
  readonly rank?: number;
}

/** One address with its action and everything a person needs to judge it. */
export interface Change {
  readonly address: string;
  readonly kind: string;
  readonly vendor: string;
  readonly connectionId: string;
  readonly owner: "slot" | "deployment" | "connection";
  /** The slot it belongs to; null when the object is not slot-owned. */
  readonly slot: Slot | null;
  readonly action: ChangeAction;
  readonly stage: ChangeStage;
  readonly reason: { readonly code: string; readonly text: string };
  readonly risk: "none" | "low" | "medium" | "high";
  /**
   * `until-retire`: rollback restores it while the previous slot is kept · `until-switch`: an abort takes it back, a rollback leaves it,
   * as calls may have put data into it by then.
   */
  readonly reversible: "yes" | "until-retire" | "until-switch" | "no";
  readonly externalKey: string;
  /** The existing vendor object; null for `create`. */
  readonly externalId: string | null;
  /** Observed fields (managed ones only); null for `create`. */
  readonly before: JsonObject | null;
  /** Wanted fields with unresolved references; null for `delete`. */
  readonly after: JsonObject | null;
  readonly fields: readonly FieldChange[];
  readonly dependsOn: readonly string[];
  /** The existing object as observed; absent when there is none. */
  readonly existing?: { readonly version: string | null; readonly published: boolean };
  /** What callers notice of it after the switch, in one phrase; absent when nothing. */
  readonly callerEffect?: string;
}

/** One result of preflight. */
export interface Finding {
  readonly severity: "error" | "warning" | "note";
  /** Stable code in kebab-case; the catalogue is in `docs/errors.md`. */
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  /** Address of the resource, `connection/<name>`, or empty for the deployment. */
  readonly address: string;
  readonly fix: string;
  /** What was measured of the providers; only on `providers-measured`. */
  readonly timings?: readonly ProviderTiming[];
}

/** Immutable list of changes for one bundle against one observed state. `hash` covers everything but `id`, `createdAt` and `createdBy`. */
export interface Plan {
  readonly id: string;
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly targetSlot: Slot;
  readonly bundleHash: string;
  /** Bundle of the active slot; null for the first rollout. */
  readonly previousBundleHash: string | null;
  /** What the plan was made against; any of it having moved makes the plan stale. */
  readonly base: { readonly generation: number; readonly stateSerial: number; readonly configVersion: number };
  /** Address (with slot for slot-owned: `green:voice-agent.agent/main`) → hash of the observed managed fields, `absent` when there was none. */
  readonly observed: Readonly<Record<string, string>>;
  /** What the plan read of our own state → its hash: `pointer.active`, `slot/green`, `binding/green:voice-agent.agent/main`, `attachment`. */
  readonly reads?: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
  /** What callers will notice: differences of the bundle outside vendor resources (schedule, wording, fallback, policies). */
  readonly callerChanges: readonly FieldChange[];
  readonly findings: readonly Finding[];
  /** How fast the release can be expected to answer; absent when nothing was measured. */
  readonly latency?: LatencyEstimate;
  /** What a call can be expected to cost; absent when nobody carries calls. */
  readonly cost?: CostEstimate;
  /** The same of the release that was live when the plan was made; absent when nothing was. */
  readonly currentCost?: CostEstimate;
  readonly hash: string;
  readonly createdAt: string;
  readonly createdBy: string;
}
