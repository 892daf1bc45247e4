import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";

export type OrgRow = {
  readonly id: string;
  readonly name: string;
  /** Keys of the workspace; the first has the webhook badge and signs. */
  readonly apiKeys: readonly string[];
  readonly concurrencyLimit: number;
  readonly isPaymentDue: boolean;
};

/** One version of an agent or an LLM. */
export type VersionRow = {
  readonly version: number;
  readonly baseVersion: number | null;
  readonly isPublished: boolean;
  readonly title: string | null;
  readonly modifiedAt: number;
  /** Members as sent, in Retell's own words. */
  readonly content: { readonly [member: string]: Json };
};

/** An agent or an LLM with all its versions, oldest first. */
export type VersionedRow = {
  readonly id: string;
  readonly org: string;
  readonly createdAt: number;
  readonly versions: readonly VersionRow[];
};

export type CallRow = {
  readonly id: string;
  readonly org: string;
  readonly agentId: string;
  readonly agentVersion: number;
  readonly status: "registered" | "ongoing" | "ended" | "error";
  readonly from: string;
  readonly to: string;
  readonly direction: string;
  readonly metadata: JsonObject;
  readonly variables: JsonObject;
  readonly registeredAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly endReason: string;
  readonly tools: readonly string[];
  /** What was said so far, on calls whose agent asks the customer's own model. */
  readonly transcript?: readonly Utterance[];
};

/** One stretch of what was said on a call. */
export type Utterance = { readonly role: "agent" | "user"; readonly content: string };

export type NumberRow = {
  /** E.164. */
  readonly id: string;
  readonly org: string;
  readonly nickname: string;
  readonly inboundAgents: readonly {
    readonly agent_id: string;
    readonly agent_version?: number;
    readonly weight: number;
  }[];
  readonly inboundWebhookUrl: string;
  readonly terminationUri: string;
  readonly modifiedAt: number;
};

export const orgs = (world: SandboxWorld) => world.collection<OrgRow>("orgs");
export const agents = (world: SandboxWorld) => world.collection<VersionedRow>("agents");
export const llms = (world: SandboxWorld) => world.collection<VersionedRow>("llms");
export const calls = (world: SandboxWorld) => world.collection<CallRow>("calls");
export const phoneNumbers = (world: SandboxWorld) => world.collection<NumberRow>("phone-numbers");

/** The newest version. */
export const latestOf = (row: VersionedRow): VersionRow => row.versions.at(-1) as VersionRow;

/** The named version, or the newest; undefined when there is no such version. */
export const versionOf = (row: VersionedRow, version: string | number | null | undefined): VersionRow | undefined =>
  version === null || version === undefined || version === "latest"
    ? latestOf(row)
    : row.versions.find((each) => each.version === Number(version));

/** The row with one of its versions put in the place of the same number. */
export const withVersion = (row: VersionedRow, next: VersionRow): VersionedRow => ({
  ...row,
  versions: row.versions.map((each) => (each.version === next.version ? next : each)),
});
