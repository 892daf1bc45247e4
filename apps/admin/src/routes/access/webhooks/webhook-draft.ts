import type { Schemas } from "../../../api/generated/schema.ts";
import type { ApiProblem } from "../../../api/problem.ts";
import type { EventFilter } from "./webhook-events.ts";

export type Webhook = Schemas["Webhook"];

/** A webhook as it is filled in. */
export interface WebhookDraft {
  readonly kind: Webhook["kind"];
  readonly url: string;
  readonly description: string;
  readonly events: readonly EventFilter[];
  /** Empty: messages carry no links. */
  readonly linksFor: string;
}

export const EMPTY_DRAFT: WebhookDraft = { kind: "standard", url: "", description: "", events: ["*"], linksFor: "" };

export const draftOf = ({ kind, url, description, events, linksFor }: Webhook): WebhookDraft => ({
  kind,
  url: url ?? "",
  description,
  events: events as readonly EventFilter[],
  linksFor: linksFor ?? "",
});

/** What is still to be said; null: nothing. The address of a chat that exists is kept sealed and not said again. */
export function missingIn({ kind, url, events }: WebhookDraft, isNew: boolean): string | null {
  if (url.trim() === "" && (isNew || kind === "standard")) return "Say where messages go";
  return events.length === 0 ? "Choose what it is told of" : null;
}

export const creationOf = (draft: WebhookDraft): Schemas["CreateWebhook"] => ({
  kind: draft.kind,
  url: draft.url.trim(),
  description: draft.description.trim(),
  events: draft.events,
  linksFor: linksOf(draft),
});

/** Only what differs: what somebody else changes meanwhile stays. */
export function changeOf(draft: WebhookDraft, before: Webhook): Schemas["ChangeWebhook"] {
  const url = draft.url.trim();
  const description = draft.description.trim();
  const isRetold = JSON.stringify(draft.events) !== JSON.stringify(before.events);
  return {
    ...(before.kind === "standard" && url !== before.url && { url }),
    ...(description !== before.description && { description }),
    ...(isRetold && { events: draft.events }),
    ...(linksOf(draft) !== before.linksFor && { linksFor: linksOf(draft) }),
  };
}

const linksOf = ({ linksFor }: WebhookDraft): string | null => (linksFor.trim() === "" ? null : linksFor.trim());

/** Which field a refusal is about. */
export function messageAt(problem: ApiProblem | null, field: "url" | "linksFor"): string | null {
  if (problem === null) return null;
  const { reason } = problem.details;
  const about = reason === "no-links" ? "linksFor" : reason === "too-many" ? null : "url";
  const isAbout = problem.code === "webhook_refused" && about === field;
  return problem.at(`/${field}`) ?? (isAbout ? problem.detail : null);
}
