import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Retention } from "@tandem/store";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { WorkerMetrics } from "../telemetry/worker-metrics.ts";
import { CONFIG, LOGGER, METRICS, RETENTION } from "../tokens.ts";

/** Takes out words and callers of calls when the days of their release's policy are over. Several workers may do it at once. */
@Injectable()
export class RetentionSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(RETENTION) private readonly retention: Retention,
    @Inject(METRICS) private readonly metrics: WorkerMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.report = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "what is past its days could not be taken out; it is tried again"),
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
    }, this.config.retentionSweepMs);
  }

  private async sweep(): Promise<void> {
    const counts = await this.retention.sweep();
    this.metrics.removed(counts);
    for (const removed of counts) this.logger.info(removed, "words and callers past their days were taken out");
  }
}
