import type { Notification } from "./event-catalog.ts";

/** What a message lets its readers decide by links of one use. */
export interface LinkOffer {
  readonly rolloutId: string;
  readonly actions: readonly ("approve" | "reject" | "rollback")[];
  /** Id of the plan that the message is about; null where it names none. */
  readonly planId: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the links of a message would be about; null for messages that nobody can answer by one. */
export function linkOffer({ type, data }: Notification): LinkOffer | null {
  if (type === "rollout.phase-changed")
    return data.to === "baking" ? { rolloutId: data.rolloutId, actions: ["rollback"], planId: null } : null;
  if (type !== "rollout.needs-attention") return null;
  const { rolloutId, reason } = data;
  if (reason.code !== "awaiting-approval") return { rolloutId, actions: ["rollback"], planId: null };
  return { rolloutId, actions: ["approve", "reject"], planId: UUID.test(reason.detail) ? reason.detail : null };
}

/** The message with links in it; the members that it was kept with stay. */
export const withLinks = (message: Notification, links: readonly { label: string; url: string }[]): Notification =>
  ({ ...message, data: { ...message.data, links } }) as Notification;
