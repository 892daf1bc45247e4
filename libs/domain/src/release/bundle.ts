import type { Json, JsonObject } from "@tandem/kernel";
import type { ByRole, E164, Role, ValueSource } from "../tenant/index.ts";
import type {
  AgentProfile,
  AnswerPolicy,
  Conversation,
  HumanPath,
  EmergencyLine,
  Kpi,
  LatencyTargets,
  OutboundCalls,
  Policies,
  ProviderChains,
  SmokeScenario,
  Tool,
} from "../manifest/index.ts";

/** Points at another resource of the same bundle; resolved from the slot's bindings when an operation runs. */
export interface ResourceReference {
  readonly $ref: string;
  readonly part: "externalId" | "version";
}

/** A declared resource with its parameters filled in. `fields` may hold `ResourceReference`s at any depth. */
export interface BundleResource {
  /** `<role>.<kind>/<name>`, e.g. `voice-agent.agent/main`. */
  readonly address: string;
  /** Kind from the adapter's descriptor, e.g. `voice-agent.agent`. */
  readonly kind: string;
  readonly role: Role;
  readonly owner: "slot" | "deployment" | "connection";
  readonly fields: JsonObject;
  /** Field path (dotted, indexes in brackets) → where its value comes from. Paths not listed come from the playbook. */
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** Addresses that must be applied before this one: the targets of its references, sorted. */
  readonly dependsOn: readonly string[];
}

/** The account a role uses: identity and scopes, never a secret or its version (ruling 25). */
export interface BundleConnection {
  readonly connectionId: string;
  readonly vendor: string;
  readonly requiredScopes: readonly string[];
}

/**
 * Content-addressed whole of what a slot runs. Everything a call needs is in here except external ids (the slot's bindings)
 * and credential values. Its hash is `contentHash(bundle)`; the same inputs give the same hash on every machine.
 */
export interface ReleaseBundle {
  readonly schema: 1;
  readonly playbook: { readonly name: string; readonly version: string; readonly manifestHash: string };
  readonly deployment: {
    readonly id: string;
    readonly name: string;
    readonly environment: string;
    readonly number: E164 | null;
  };
  readonly parameters: Readonly<Record<string, { readonly value: Json; readonly source: ValueSource }>>;
  readonly connections: Readonly<ByRole<BundleConnection>>;
  /** Sorted by address. */
  readonly resources: readonly BundleResource[];
  readonly answer: AnswerPolicy;
  readonly agent: AgentProfile;
  readonly conversation: Conversation;
  readonly tools: readonly Tool[];
  readonly providers: ProviderChains;
  readonly latency: LatencyTargets;
  readonly fallbackNumber: E164;
  readonly emergency: EmergencyLine;
  readonly humanPath: HumanPath;
  readonly policies: Policies;
  /** Absent where the playbook places no calls. */
  readonly outbound?: OutboundCalls;
  readonly smoke: readonly SmokeScenario[];
  readonly kpis: readonly Kpi[];
  /**
   * Path in the sections above (`answer.schedule.weekly`) → where its value comes from, a path covering everything below it. Paths not
   * listed come from the playbook. Resources carry their own.
   */
  readonly sources?: Readonly<Record<string, ValueSource>>;
}

/** True for a `ResourceReference`. */
export const isReference = (value: Json): boolean =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  typeof (value as JsonObject)["$ref"] === "string";
