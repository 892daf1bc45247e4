import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { SafetyNetKeeper } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, LOGGER, SAFETY_NETS } from "../tokens.ts";

/** Brings the agents of numbers that their vendor holds in step with the pointer. Several workers may do it at once. */
@Injectable()
export class SafetyNetSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(SAFETY_NETS) private readonly keeper: SafetyNetKeeper,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.report = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "safety nets could not be looked at; they are tried again"),
    );
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.pass;
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.pass = this.sweep()
        .catch(this.report)
        .finally(() => this.schedule());
    }, this.config.sweepIntervalMs);
  }

  /** Until nothing is due any more, so that many moves at once are followed within one pass. */
  private async sweep(): Promise<void> {
    while (!this.isStopped && (await this.keeper.keepDue()) > 0);
  }
}
