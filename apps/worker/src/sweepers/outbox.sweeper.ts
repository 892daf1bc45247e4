import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Outbox, OutboxMessage } from "@tandem/store";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { OpenWebhooks } from "../outward/open-webhooks.ts";
import { CONFIG, LOGGER, OUTBOX, WEBHOOKS } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

const BATCH = 50;
/** How long a taken message is hidden from other workers. */
const HIDDEN_MS = 30_000;
const KEPT_MS = 7 * 24 * 3_600_000;
/** How long events stay that went to endpoints: so long they can be sent again. */
const EVENTS_KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Passes on what committed changes left for the outside: to the log, where operators and log-based alerts read it, and as deliveries to
 * the tenant's endpoints, which the webhook sweeper sends. Each message at least once.
 */
@Injectable()
export class OutboxSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) config: WorkerConfig,
    @Inject(OUTBOX) private readonly outbox: Outbox,
    @Inject(WEBHOOKS) private readonly webhooks: OpenWebhooks,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const onError = rateLimited(10_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "the outbox could not be read; it is tried again"),
    );
    this.passes = new RepeatedPass(() => this.passOnAll(), { pauseMs: config.sweepIntervalMs, onError });
  }

  onApplicationBootstrap(): void {
    this.passes.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.passes.ended();
  }

  private async passOnAll(): Promise<void> {
    const tenants = new Set<string>();
    for (;;) {
      const messages = await this.outbox.take(BATCH, HIDDEN_MS);
      for (const message of messages) {
        this.tell(message);
        await this.webhooks.work.fanOut(message);
        tenants.add(message.tenantId);
      }
      if (messages.length < BATCH || this.passes.isStopped) break;
    }
    for (const tenantId of tenants) {
      await this.outbox.removeSent(tenantId, KEPT_MS);
      await this.webhooks.work.removeOld(tenantId, EVENTS_KEPT_MS);
    }
  }

  private tell({ id, kind, tenantId, payload }: OutboxMessage): void {
    this.logger.info({ event: kind, messageId: id, tenantId, ...payload }, kind);
  }
}
