import { z } from "zod";
import { notificationTypes, type NotificationType } from "./event-catalog.ts";

/** `standard`: Standard Webhooks, signed. `slack`: an incoming webhook of Slack or of what speaks like it; its URL is a secret. */
export const WebhookKind = z.enum(["standard", "slack"]);
export type WebhookKind = z.infer<typeof WebhookKind>;

/** `paused`: messages are kept and go when it is resumed. `disabled`: it failed for days; nothing new is kept for it. */
export const WebhookState = z.enum(["active", "paused", "disabled"]);
export type WebhookState = z.infer<typeof WebhookState>;

/** `pending` → `delivered`, or `failed` when the last attempt failed too. */
export const DeliveryState = z.enum(["pending", "delivered", "failed"]);
export type DeliveryState = z.infer<typeof DeliveryState>;

type Noun<Type extends string> = Type extends `${infer Before}.${string}` ? Before : never;
/** An event type, `<noun>.*` for all of a noun, or `*` for all. */
export type EventFilter = NotificationType | `${Noun<NotificationType>}.*` | "*";

const nouns = [...new Set(notificationTypes.map((type) => type.slice(0, type.indexOf("."))))];
const filters = ["*", ...nouns.map((noun) => `${noun}.*`), ...notificationTypes] as readonly EventFilter[];
const EventFilter = z.enum(filters, { error: "is no event type, no `<noun>.*` and not `*`" });

/** What an endpoint is told of. */
export const EventFilters = z
  .array(EventFilter)
  .min(1)
  .max(50)
  .describe("Event types, `<noun>.*` for all of a noun, or `*` for all.");

/** What an endpoint is asked to be. */
export const WebhookWish = z.strictObject({
  description: z.string().max(200).default(""),
  events: EventFilters.default(["*"]),
});
export type WebhookWish = z.infer<typeof WebhookWish>;

/** Whether an endpoint with these filters gets events of a type. A test goes wherever it is asked for. */
export const isWanted = (filters: readonly string[], type: NotificationType): boolean =>
  filters.some((filter) => filter === "*" || filter === type || filter === `${type.split(".")[0]}.*`);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Pauses before the second and each further attempt, milliseconds: about five days in all. */
export const RETRY_PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
];

/** An endpoint at which nothing succeeded for so long is not sent to any more. */
export const DISABLED_AFTER_MS = 5 * 24 * HOUR_MS;
/** Largest body that is sent, bytes. */
export const LARGEST_BODY_BYTES = 20_000;

/**
 * How long to wait after the `attempts`-th attempt failed; null after the last. `chance` (0–1) spreads the pause over ±20 %, so that
 * endpoints that failed together are not asked together. An endpoint's own wish to wait longer is heeded, up to a day.
 */
export function pauseAfter(attempts: number, chance: number, askedMs: number | null): number | null {
  const pauseMs = RETRY_PAUSES_MS[attempts - 1];
  if (pauseMs === undefined) return null;
  return Math.max(Math.round(pauseMs * (0.8 + 0.4 * chance)), Math.min(askedMs ?? 0, 24 * HOUR_MS));
}
