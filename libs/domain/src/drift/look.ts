import type { Instant } from "@tandem/kernel";
import type { FieldChange } from "../plan/index.ts";
import type { Slot } from "../slot/index.ts";

/**
 * How one bound object stands against what we last wrote. `clean` as written · `drifted` changed at the vendor without our doing ·
 * `missing` gone there · `unknown` it could not be read, or a rollout wrote to it meanwhile.
 */
export type DriftState = "clean" | "drifted" | "missing" | "unknown";

/** One object as a look for drift found it. */
export interface ResourceDrift {
  readonly address: string;
  /** Null for what exists once for the deployment or the account. */
  readonly slot: Slot | null;
  readonly kind: string;
  readonly owner: "slot" | "deployment" | "connection";
  readonly connectionId: string;
  readonly externalId: string | null;
  readonly state: DriftState;
  /** Paths of what drifted, sorted as in `fields`. */
  readonly changed: readonly string[];
  /** From applied to observed; secret texts show as fingerprints. */
  readonly fields: readonly FieldChange[];
  /** Why it is unknown; null otherwise. */
  readonly detail: string | null;
}

/** One look at all objects that a deployment is bound to. */
export interface DriftLook {
  readonly lookedAt: Instant;
  /** False when something could not be read: what is not listed as drifted may have drifted all the same. */
  readonly complete: boolean;
  readonly resources: readonly ResourceDrift[];
}

/** Whether an object is not as written, as far as could be seen. */
export const isAstray = ({ state }: Pick<ResourceDrift, "state">): boolean =>
  state === "drifted" || state === "missing";

/** How an object is named to people and in keys: `blue:voice-agent.llm/main`, or its address alone. */
export const placeOf = ({ address, slot }: Pick<ResourceDrift, "address" | "slot">): string =>
  slot === null ? address : `${slot}:${address}`;
