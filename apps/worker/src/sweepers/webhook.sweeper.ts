import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { OpenWebhooks } from "../outward/open-webhooks.ts";
import { CONFIG, LOGGER, WEBHOOKS } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** Keeps webhooks going out: takes up what is due whenever there is a free place. */
@Injectable()
export class WebhookSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(WEBHOOKS) private readonly webhooks: OpenWebhooks,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const onError = rateLimited(10_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "due webhooks could not be read; they are looked for again"),
    );
    this.passes = new RepeatedPass(() => this.sendAll(), { pauseMs: config.sweepIntervalMs, onError });
  }

  onApplicationBootstrap(): void {
    this.passes.start();
  }

  /** What is under way ends by its deadline; nothing new begins. */
  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.passes.ended();
    await this.webhooks.sender.idle();
    this.logger.debug("webhooks have ended");
  }

  /** Takes up more whenever one has ended, and what has become due meanwhile: whoever is slow keeps its own places and nobody waits for it. */
  private async sendAll(): Promise<void> {
    const { sender } = this.webhooks;
    do {
      await sender.takeUp();
      if (sender.isIdle) return;
      await sender.oneEnded(this.config.sweepIntervalMs);
    } while (!this.passes.isStopped);
  }
}
