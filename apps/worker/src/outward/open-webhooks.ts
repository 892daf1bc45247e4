import type { WorkerConfig } from "@tandem/config";
import { WebhookSender, type WebhookSenderOptions } from "@tandem/engine";
import { systemClock, systemRng } from "@tandem/kernel";
import { type Opener, signLinkToken, webhookHeaders, webhookIdentity } from "@tandem/secrets";
import { openWebhookWork } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";
import { pinnedPost } from "./pinned-post.ts";

/** What turns messages into deliveries and sends them. */
export interface OpenWebhooks {
  readonly work: WebhookSenderOptions["work"];
  readonly sender: WebhookSender;
}

/** What sends webhooks, with its own door to the database. */
export function openWebhooks(
  config: WorkerConfig,
  { opener, workerId, log }: { readonly opener: Opener; readonly workerId: string; readonly log: Logger },
): OpenWebhooks {
  const work = openWebhookWork({ url: config.databaseUrl, applicationName: "tandem-worker" });
  const sender = new WebhookSender({
    work,
    web: pinnedPost,
    rules: { ownHosts: [new URL(config.publicUrl).hostname], allowsLoopback: config.webhookLoopback },
    open: ({ tenantId, endpointId }, { version, sealed }) =>
      opener.open(webhookIdentity(tenantId, endpointId, version), sealed),
    sign: webhookHeaders,
    linkUrl: linkUrlOf(config),
    clock: systemClock,
    rng: systemRng,
    workerId,
    concurrency: config.webhookConcurrency,
    log,
  });
  return { work, sender };
}

/** Null unless both the key and the address people follow are known: a link that leads nowhere is worse than none. */
function linkUrlOf({ linkKey, apiUrl }: WorkerConfig): WebhookSenderOptions["linkUrl"] {
  if (linkKey === null || apiUrl === null) return null;
  return (token) => `${apiUrl}/links/${signLinkToken(linkKey, token)}`;
}
