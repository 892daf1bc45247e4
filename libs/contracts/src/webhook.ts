import { DeliveryState, EventFilters, WebhookKind, WebhookState, WebhookWish } from "@tandem/domain/notification";
import { z } from "zod";
import { LinkAddressee } from "./gate.ts";
import { InstantText } from "./json.ts";
import { PageQuery, pageOf } from "./page.ts";

const LinksFor = LinkAddressee.nullable().describe(
  "Whom the links of one use in its messages act as: a subject such as `key:<key id>`, or a label such as `slack:U024BE7LH`; null: its messages carry none.",
);

const EndpointUrl = z
  .string()
  .min(1)
  .max(2048)
  .describe("https on a public host; for `slack` the incoming-webhook URL, which is a secret.");

export const CreateWebhook = z
  .strictObject({
    kind: WebhookKind.default("standard"),
    url: EndpointUrl,
    ...WebhookWish.shape,
    linksFor: LinksFor.default(null),
  })
  .meta({ id: "CreateWebhook" });
export type CreateWebhook = z.infer<typeof CreateWebhook>;

/** What is left out stays as it is. */
export const ChangeWebhook = z
  .strictObject({
    url: EndpointUrl.optional().describe(
      "Of a `standard` endpoint; the URL of a chat is changed by rotating its secret.",
    ),
    description: z.string().max(200).optional(),
    events: EventFilters.optional(),
    linksFor: LinksFor.optional(),
    state: z.enum(["active", "paused"]).optional().describe("`active` ends a pause, and what had disabled it."),
  })
  .meta({ id: "ChangeWebhook" });
export type ChangeWebhook = z.infer<typeof ChangeWebhook>;

export const RotateWebhookSecret = z
  .strictObject({
    overlapHours: z.int().min(0).max(168).default(24).describe("How long the secret before signs beside the new one."),
    url: EndpointUrl.optional().describe("For `slack`: the new incoming-webhook URL."),
  })
  .meta({ id: "RotateWebhookSecret" });
export type RotateWebhookSecret = z.infer<typeof RotateWebhookSecret>;

export const Webhook = z
  .object({
    id: z.uuid(),
    kind: WebhookKind,
    url: z.string().nullable().describe("Null for `slack`, whose URL is its secret."),
    host: z.string(),
    description: z.string(),
    events: z.array(z.string()),
    linksFor: LinksFor,
    state: WebhookState,
    failingSince: InstantText.nullable().describe("First failed attempt since the last success; null while it works."),
    createdAt: InstantText,
    createdBy: z.string(),
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;
export const WebhookPage = pageOf("WebhookPage", Webhook);

/** The only answer that ever holds the secret itself. */
export const WebhookWithSecret = z
  .object({
    signingSecret: z
      .string()
      .nullable()
      .describe("`whsec_…`, shown once: null when the request is repeated with its Idempotency-Key, and for `slack`."),
    ...Webhook.shape,
  })
  .meta({ id: "WebhookWithSecret" });

export const WebhookTest = z.object({ messageId: z.string() }).meta({ id: "WebhookTest" });

export const DeliveryQuery = z.strictObject({ ...PageQuery.shape, state: DeliveryState.optional() });
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

export const Delivery = z
  .object({
    endpointId: z.uuid(),
    messageId: z.string().describe("`webhook-id` of every attempt."),
    type: z.string(),
    state: DeliveryState,
    attempts: z.int(),
    dueAt: InstantText.nullable().describe("When it is tried next; null when it is over."),
    outcomes: z
      .array(
        z.object({
          at: InstantText,
          status: z.int().nullable(),
          error: z.string().nullable(),
          tookMs: z.number(),
        }),
      )
      .describe("What each attempt came to, newest last, twelve at most."),
    createdAt: InstantText,
    finishedAt: InstantText.nullable(),
  })
  .meta({ id: "WebhookDelivery" });
export type Delivery = z.infer<typeof Delivery>;
export const DeliveryPage = pageOf("WebhookDeliveryPage", Delivery);
