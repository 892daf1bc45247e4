import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { type Destination, readDestination, type WebhookKind } from "@tandem/domain/notification";
import { AppError, Secret } from "@tandem/kernel";
import type { SealedText } from "@tandem/ports/store/webhooks";
import { makeWebhookSecret, type Sealer, webhookIdentity } from "@tandem/secrets";
import { CONFIG, SEALER } from "../tokens.ts";

/** Which endpoint and version a secret is made for. */
interface SecretPlace {
  readonly tenantId: string;
  readonly id: string;
  readonly version: number;
}

/** Judges URLs of endpoints and makes what signs for them: sealed at once, so that only workers can open it. */
@Injectable()
export class WebhookSecrets {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  /** Throws `webhook_refused`, saying what is wrong. What the name resolves to is judged at each attempt. */
  destination(url: string): Destination {
    const { publicUrl, webhookLoopback } = this.config;
    const rules = { ownHosts: [new URL(publicUrl).hostname], allowsLoopback: webhookLoopback };
    const verdict = readDestination(url, rules);
    if (verdict.kind === "accepted") return verdict.destination;
    throw new AppError("webhook_refused", verdict.text, { details: { reason: verdict.reason } });
  }

  /** `shown` is what the tenant sees once: the signing secret; null for a chat, whose own URL is the secret. */
  async make(
    { tenantId, id, version }: SecretPlace,
    kind: WebhookKind,
    url: string,
  ): Promise<{ readonly stored: SealedText; readonly shown: string | null }> {
    const signingSecret = makeWebhookSecret();
    const secrets = kind === "slack" ? { url: new Secret(url) } : { signingSecret };
    const sealed = await this.sealer.seal(webhookIdentity(tenantId, id, version), secrets);
    return { stored: { sealed, keyId: this.sealer.kid }, shown: kind === "slack" ? null : signingSecret.reveal() };
  }
}
