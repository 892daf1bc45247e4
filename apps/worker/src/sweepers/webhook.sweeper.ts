import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { OpenWebhooks } from "../outward/open-webhooks.ts";
import { CONFIG, LOGGER, WEBHOOKS } from "../tokens.ts";

/** Keeps webhooks going out: takes up what is due whenever there is a free place. */
@Injectable()
export class WebhookSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(WEBHOOKS) private readonly webhooks: OpenWebhooks,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.report = rateLimited(10_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "due webhooks could not be read; they are looked for again"),
    );
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** What is under way ends by its deadline; nothing new begins. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.pass;
    await this.webhooks.sender.idle();
    this.logger.debug("webhooks have ended");
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.pass = this.sendAll()
        .catch(this.report)
        .finally(() => this.schedule());
    }, this.config.sweepIntervalMs);
  }

  /** Takes up more whenever one has ended, and what has become due meanwhile: whoever is slow keeps its own places and nobody waits for it. */
  private async sendAll(): Promise<void> {
    const { sender } = this.webhooks;
    do {
      await sender.takeUp();
      if (sender.isIdle) return;
      await sender.oneEnded(this.config.sweepIntervalMs);
    } while (!this.isStopped);
  }
}
