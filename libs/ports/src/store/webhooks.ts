import type { DecisionLink } from "@tandem/domain/gate";
import type { DeliveryState, LinkOffer, WebhookKind, WebhookState } from "@tandem/domain/notification";
import type { Instant } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** An endpoint as it is shown: its secret never is. */
export interface WebhookRow {
  readonly id: string;
  readonly kind: WebhookKind;
  /** Null for `slack`, whose URL is its secret. */
  readonly url: string | null;
  readonly host: string;
  readonly description: string;
  readonly events: readonly string[];
  /** Whom links in its messages act as; null: they carry none. */
  readonly linksFor: string | null;
  readonly state: WebhookState;
  /** First failed attempt since the last success; null while it works. */
  readonly failingSince: Instant | null;
  readonly createdAt: Instant;
  readonly createdBy: string;
}

/** One attempt: its answer, or why there was none. */
export interface AttemptOutcome {
  readonly at: Instant;
  /** HTTP status; null when none came. */
  readonly status: number | null;
  /** Why it did not succeed; null when it did. */
  readonly error: string | null;
  readonly tookMs: number;
}

/** One message on its way to one endpoint. */
export interface DeliveryRow {
  readonly endpointId: string;
  /** `webhook-id` of every attempt. */
  readonly messageId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly dueAt: Instant | null;
  readonly outcomes: readonly AttemptOutcome[];
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

export interface SealedText {
  readonly sealed: string;
  readonly keyId: string;
}

/** The API's part. Every change has its audit row in the same transaction. */
export interface WebhookRequests {
  /** Id for an endpoint that is to be created, so that its secret can be sealed to it; the same again when the request is done anew. */
  newWebhookId(actor: Actor): string;
  /** Whose the actor's endpoints are, and what their secrets are sealed to: a tenant's id, also for the platform. */
  webhookOwner(actor: Actor): string;
  /** `isNew` is false when the same request had made it before: then the secret that was given is not in force. */
  createWebhook(
    actor: Actor,
    endpoint: {
      readonly id: string;
      readonly kind: WebhookKind;
      readonly url: string | null;
      readonly host: string;
      readonly description: string;
      readonly events: readonly string[];
      /** Absent: null. */
      readonly linksFor?: string | null;
    },
    secret: SealedText,
  ): Promise<WebhookRow & { readonly isNew: boolean }>;
  listWebhooks(actor: Actor, page: PageRequest): Promise<Page<WebhookRow>>;
  webhook(actor: Actor, id: string): Promise<WebhookRow | null>;
  /**
   * `url` and `host` of a standard endpoint only. Setting `active` ends a pause, and what disabled it. Another address or addressee takes
   * back the links that were sent before.
   */
  changeWebhook(
    actor: Actor,
    id: string,
    change: {
      readonly url?: string;
      readonly host?: string;
      readonly description?: string;
      readonly events?: readonly string[];
      readonly linksFor?: string | null;
      readonly state?: "active" | "paused";
    },
  ): Promise<WebhookRow>;
  /** Number of the version that the next secret gets: what it is sealed to. Throws `not_found`. */
  nextWebhookSecretVersion(actor: Actor, id: string): Promise<number>;
  /** Puts a secret in force; the one before signs beside it for `overlapMs`. Throws `precondition_failed` when the version is taken. */
  rotateWebhookSecret(
    actor: Actor,
    id: string,
    secret: SealedText & { readonly version: number; readonly host: string | null; readonly overlapMs: number },
  ): Promise<WebhookRow>;
  removeWebhook(actor: Actor, id: string): Promise<void>;
  /** Leaves a test message for one endpoint, whatever its filter; answers the id of the message. */
  testWebhook(actor: Actor, id: string): Promise<{ readonly messageId: string }>;
  /** Newest first. */
  webhookDeliveries(
    actor: Actor,
    endpointId: string,
    query: { readonly state: DeliveryState | null },
    page: PageRequest,
  ): Promise<Page<DeliveryRow>>;
  /** Sends a message again from its first attempt, with the same id and body. Throws `not_found`. */
  resendDelivery(actor: Actor, endpointId: string, messageId: string): Promise<DeliveryRow>;
}

/** A delivery that one worker makes until its claim ends. */
export interface ClaimedDelivery {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly workerId: string;
  readonly kind: WebhookKind;
  /** Null for `slack`. */
  readonly url: string | null;
  /** Whom links in the message act as; null: it carries none. */
  readonly linksFor: string | null;
  readonly type: string;
  /** What is sent to a standard endpoint, but for links: the event as JSON. */
  readonly body: string;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  /** Sealed secrets that sign, newest first. */
  readonly secrets: readonly { readonly version: number; readonly sealed: string }[];
}

/** What an attempt came to. */
export interface DeliveryOutcome extends Omit<AttemptOutcome, "at"> {
  /** Milliseconds until the next attempt; null when there is none. */
  readonly retryInMs: number | null;
  /** The endpoint says that it is gone for good. */
  readonly isGone: boolean;
}

/** The worker's part. */
export interface WebhookWork {
  /**
   * Turns an outbox message into events and one delivery for every endpoint that wants them, and marks it sent, in one transaction.
   * Done again it changes nothing. Answers how many deliveries were made.
   */
  fanOut(message: { readonly tenantId: string; readonly id: string }): Promise<number>;
  /** Takes deliveries that are due, an endpoint's oldest first and at most `perEndpoint` of one endpoint at a time; writes the intent. */
  claimDue(
    workerId: string,
    limits: { readonly limit: number; readonly perEndpoint: number; readonly claimMs: number },
  ): Promise<readonly ClaimedDelivery[]>;
  /**
   * The links of one use that a delivery carries: made as far as they may be when it is first asked for them, and the same ones ever after,
   * used or not. Their tokens are kept nowhere. Empty when there is nothing to decide any more.
   */
  linksOf(delivery: ClaimedDelivery, offer: LinkOffer): Promise<readonly DecisionLink[]>;
  /**
   * Writes the outcome; false when the claim has passed on. An endpoint at which everything failed for five days, or that is gone, is
   * disabled with an audit row and a message to the tenant's other endpoints.
   */
  finish(delivery: ClaimedDelivery, outcome: DeliveryOutcome): Promise<boolean>;
  /** Removes messages older than this that nothing waits for; answers how many. */
  removeOld(tenantId: string, olderThanMs: number): Promise<number>;
  close(): Promise<void>;
}
