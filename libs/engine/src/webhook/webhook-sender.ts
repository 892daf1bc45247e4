import { linkBinding, linkLabel } from "@tandem/domain/gate";
import {
  type DestinationRules,
  LARGEST_BODY_BYTES,
  linkOffer,
  mayConnect,
  type Notification,
  pauseAfter,
  readDestination,
  slackMessage,
  withLinks,
} from "@tandem/domain/notification";
import { type Clock, fault, type Rng, type Secret } from "@tandem/kernel";
import type { ClaimedDelivery, DeliveryOutcome, WebhookWork } from "@tandem/ports/store/webhooks";
import type { EngineLog } from "../context.ts";
import type { WebAnswer, WebPost } from "./web-post.ts";

export interface WebhookSenderOptions {
  readonly work: WebhookWork;
  readonly web: WebPost;
  readonly rules: DestinationRules;
  /** The members of a sealed secret: `signingSecret` of a standard endpoint, `url` of a chat. */
  readonly open: (
    delivery: Pick<ClaimedDelivery, "tenantId" | "endpointId">,
    secret: ClaimedDelivery["secrets"][number],
  ) => Promise<Readonly<Record<string, Secret>>>;
  /** The headers that sign a body. */
  readonly sign: (
    message: { readonly id: string; readonly timestampS: number; readonly body: string },
    secrets: readonly Secret[],
  ) => Readonly<Record<string, string>>;
  /** The address of a link, its token in it; null where this process has no key for links, or does not know where people reach the API. */
  readonly linkUrl: ((token: { tenantId: string; linkId: string; binding: string }) => string) | null;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly workerId: string;
  /** Messages under way at the same time. */
  readonly concurrency: number;
  readonly log: EngineLog;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 10_000;
const ANSWER_CAP_BYTES = 256 * 1024;
/** Under way to one endpoint at the same time: whoever is slow takes this many places and no more. */
const PER_ENDPOINT = 2;

/** What is wrong with a delivery before anything is sent. */
class Unsendable extends Error {}

/**
 * Sends what is due. The intent is written before an endpoint is asked and the outcome after; a worker that dies in between leaves a
 * claim that runs out, and the message goes again with the same id: receivers go by it.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #sending = new Set<Promise<void>>();

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Takes up what is due, as far as there are free places, without waiting for what is under way; answers how many. */
  async takeUp(): Promise<number> {
    const { work, workerId, concurrency } = this.#options;
    const limit = concurrency - this.#sending.size;
    if (limit <= 0) return 0;
    const limits = { limit, perEndpoint: PER_ENDPOINT, claimMs: 3 * this.#deadlineMs };
    const claimed = await work.claimDue(workerId, limits);
    for (const delivery of claimed) {
      const sending = this.#deliver(delivery).finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
    return claimed.length;
  }

  get isIdle(): boolean {
    return this.#sending.size === 0;
  }

  /** Resolves when one of those under way has ended, after `mostMs` at the latest. */
  async oneEnded(mostMs: number): Promise<void> {
    const stop = new AbortController();
    const waiting = this.#options.clock.sleep(mostMs, stop.signal).catch(() => undefined);
    await Promise.race([...this.#sending, waiting]);
    stop.abort();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#sending);
  }

  get #deadlineMs(): number {
    return this.#options.deadlineMs ?? DEADLINE_MS;
  }

  async #deliver(delivery: ClaimedDelivery): Promise<void> {
    const { work, clock, log } = this.#options;
    const { endpointId, messageId, attempt } = delivery;
    try {
      await fault("webhook.intent.after");
      const beganMs = clock.monotonicMs();
      const answer = await this.#send(delivery).catch((error: unknown) => reasonText(error));
      const outcome = this.#outcomeOf(delivery, answer, Math.round(clock.monotonicMs() - beganMs));
      await fault("webhook.outcome.before");
      await work.finish(delivery, outcome);
      if (outcome.error !== null) log.info({ endpointId, messageId, attempt, why: outcome.error }, "a webhook failed");
    } catch (error) {
      log.warn({ err: error, endpointId, messageId }, "the outcome of a webhook could not be written; it goes again");
    }
  }

  async #send(delivery: ClaimedDelivery): Promise<WebAnswer> {
    const { web, rules } = this.#options;
    const { url, headers, body } = await this.#prepared(delivery);
    const verdict = readDestination(url, rules);
    if (verdict.kind === "refused") throw new Unsendable(verdict.text);
    const { destination } = verdict;
    const addresses = await web.resolve(destination.host);
    const [address] = addresses;
    if (address === undefined || !mayConnect(addresses, destination, rules))
      throw new Unsendable("The name does not lead to public addresses only.");
    return web.post({
      destination,
      address,
      headers: { "content-type": "application/json", "user-agent": "tandem-webhooks/1", ...headers },
      body,
      deadlineMs: this.#deadlineMs,
      answerCapBytes: ANSWER_CAP_BYTES,
    });
  }

  async #prepared(
    delivery: ClaimedDelivery,
  ): Promise<{ url: string; headers: Readonly<Record<string, string>>; body: string }> {
    const { sign, clock } = this.#options;
    const opened = await Promise.all(delivery.secrets.map((secret) => this.#options.open(delivery, secret)));
    const notification = await this.#withLinks(delivery);
    if (delivery.kind === "slack") {
      const url = opened[0]?.["url"];
      if (url === undefined) throw new Unsendable("The endpoint has no URL: rotate its secret.");
      const message = slackMessage(notification ?? (JSON.parse(delivery.body) as Notification));
      return { url: url.reveal(), headers: {}, body: smallEnough(JSON.stringify(message)) };
    }
    const secrets = opened.flatMap(({ signingSecret }) => (signingSecret === undefined ? [] : [signingSecret]));
    if (secrets.length === 0 || delivery.url === null)
      throw new Unsendable("The endpoint has no signing secret: rotate it.");
    const timestampS = Math.floor(clock.now() / 1000);
    const { messageId: id, url } = delivery;
    const body = notification === null ? delivery.body : smallEnough(JSON.stringify(notification));
    return { url, headers: sign({ id, timestampS, body }, secrets), body };
  }

  /** The message with links of one use, which exist signed in memory only, here; null when it goes as it was kept. */
  async #withLinks(delivery: ClaimedDelivery): Promise<Notification | null> {
    const { work, linkUrl, log } = this.#options;
    if (delivery.linksFor === null) return null;
    const { tenantId, endpointId, messageId } = delivery;
    const notification = JSON.parse(delivery.body) as Notification;
    const offer = linkOffer(notification);
    if (offer === null) return null;
    if (linkUrl === null) {
      log.warn({ endpointId, messageId }, "an endpoint asks for links, and this process can sign none");
      return null;
    }
    const links = await work.linksOf(delivery, offer).catch((error: unknown) => {
      log.warn({ err: error, endpointId, messageId }, "the links of a webhook could not be made; it goes again");
      throw new Unsendable("Its links could not be made.");
    });
    const shown = links.map((link) => {
      const url = linkUrl({ tenantId, linkId: link.id, binding: linkBinding(tenantId, link) });
      return { label: linkLabel(link), url };
    });
    return withLinks(notification, shown);
  }

  #outcomeOf({ attempt }: ClaimedDelivery, answer: WebAnswer | string, tookMs: number): DeliveryOutcome {
    const status = typeof answer === "string" ? null : answer.status;
    if (status !== null && status >= 200 && status < 300)
      return { status, error: null, tookMs, retryInMs: null, isGone: false };
    const error = typeof answer === "string" ? answer : statusText(answer.status);
    const askedMs = typeof answer === "string" ? null : waitAsked(answer.retryAfter, this.#options.clock.now());
    const retryInMs = status === 410 ? null : pauseAfter(attempt, (this.#options.rng.bytes(1)[0] ?? 0) / 255, askedMs);
    return { status, error, tookMs, retryInMs, isGone: status === 410 };
  }
}

function smallEnough(body: string): string {
  if (Buffer.byteLength(body) >= LARGEST_BODY_BYTES) throw new Unsendable("The message became too large.");
  return body;
}

const statusText = (status: number): string =>
  status >= 300 && status < 400
    ? `The endpoint answered ${status}: redirects are not followed.`
    : `The endpoint answered ${status}.`;

/** Milliseconds that a `Retry-After` asks for; null when it asks for nothing that can be read. */
function waitAsked(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

/** Safe to show to the tenant: never more than a code of the network. */
function reasonText(error: unknown): string {
  if (error instanceof Unsendable) return error.message;
  const { code, name } = error as { code?: unknown; name?: string };
  return `No answer: ${typeof code === "string" ? code : (name ?? "failed")}.`;
}
