import type { Schemas } from "../../../api/generated/schema.ts";

/** An event type, all of a noun, or everything: what the API takes. */
export type EventFilter = NonNullable<Schemas["CreateWebhook"]["events"]>[number];
type EventType = Exclude<EventFilter, "*" | `${string}.*` | "webhook.test">;
type Noun = EventFilter extends infer Each ? (Each extends `${infer Name}.*` ? Name : never) : never;

const eventWords: Readonly<Record<EventType, string>> = {
  "rollout.started": "A rollout was started",
  "rollout.phase-changed": "A rollout entered another phase",
  "rollout.needs-attention": "A rollout waits for a person",
  "rollout.decided": "A person decided about a rollout",
  "rollout.ended": "A rollout ended",
  "rollout.queue-failed": "A rollout that waited its turn could not begin",
  "rollout.evidence-weighed": "What calls tell about a new release has changed",
  "pointer.moved": "New calls go to another slot, or to a share of it",
  "pointer.rolled-back": "Calls went back to the release before",
  "pointer.diverted": "All calls go to a person",
  "pointer.resumed": "Calls go to the agent again",
  "drift.found": "Vendor objects changed without Tandem's doing",
  "drift.cleared": "Nothing differs any more, or all of it is decided about",
  "freeze.changed": "A freeze window was set, changed, ended or overridden",
  "outbound-call.ended": "A call-back is over",
  "incident.opened": "An incident was opened",
  "incident.resolved": "An incident is over",
  "tenant.changed": "The tenant was suspended, reactivated or taken off the platform",
  "fleet-rollout.changed": "A fleet rollout began, paused, went on, ended, or left members out",
  "audit.checkpoint-missing": "No audit checkpoint was made for too long",
  "audit.chain-broken": "The audit log does not agree with a checkpoint",
  "webhook.disabled": "A webhook is not sent to any more",
};

const nounWords: Readonly<Record<Noun, string>> = {
  rollout: "Rollouts",
  pointer: "Where calls go",
  incident: "Incidents",
  drift: "Drift",
  freeze: "Freeze windows",
  "outbound-call": "Call-backs",
  tenant: "The tenant",
  "fleet-rollout": "Fleet rollouts",
  audit: "The audit log",
  webhook: "Webhooks",
};

export interface EventGroup {
  /** Filter for all of it, also for types that come later. */
  readonly filter: EventFilter;
  readonly title: string;
  readonly events: readonly { readonly type: EventType; readonly words: string }[];
}

const nounOf = (filter: string): string => filter.slice(0, filter.indexOf("."));

const EVENT_GROUPS: readonly EventGroup[] = Object.entries(nounWords).map(([noun, title]) => ({
  filter: `${noun}.*` as EventFilter,
  title,
  events: (Object.keys(eventWords) as EventType[])
    .filter((type) => nounOf(type) === noun)
    .map((type) => ({ type, words: eventWords[type] })),
}));

const PLATFORM: ReadonlySet<string> = new Set(["fleet-rollout.*", "webhook.*"]);

/** What a tenant, or the platform, can be told, by noun. */
export const groupsOf = (isOfPlatform: boolean): readonly EventGroup[] =>
  EVENT_GROUPS.filter(({ filter }) => (isOfPlatform ? PLATFORM.has(filter) : filter !== "fleet-rollout.*"));

/** The filters after one was ticked or unticked: what a wider one covers is not named beside it. */
export function withFilter(
  chosen: readonly EventFilter[],
  filter: EventFilter,
  isWanted: boolean,
): readonly EventFilter[] {
  if (!isWanted) return chosen.filter((each) => each !== filter);
  if (filter === "*") return ["*"];
  const isCovered = (each: EventFilter): boolean => filter.endsWith(".*") && nounOf(each) === nounOf(filter);
  return [...chosen.filter((each) => each !== filter && !isCovered(each)), filter];
}

/** "everything", "Rollouts, A call-back is over". */
export const filterText = (filters: readonly string[]): string => filters.map((filter) => wordsOf(filter)).join(", ");

function wordsOf(filter: string): string {
  if (filter === "*") return "everything";
  if (filter.endsWith(".*")) return nounWords[nounOf(filter) as Noun] ?? filter;
  return eventWords[filter as EventType] ?? filter;
}
