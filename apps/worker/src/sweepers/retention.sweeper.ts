import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Retention } from "@tandem/store";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { WorkerMetrics } from "../telemetry/worker-metrics.ts";
import { CONFIG, LOGGER, METRICS, RETENTION } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** Takes out words and callers of calls when the days of their release's policy are over. Several workers may do it at once. */
@Injectable()
export class RetentionSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) config: WorkerConfig,
    @Inject(RETENTION) private readonly retention: Retention,
    @Inject(METRICS) private readonly metrics: WorkerMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const onError = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "what is past its days could not be taken out; it is tried again"),
    );
    this.passes = new RepeatedPass(() => this.sweep(), { pauseMs: config.retentionSweepMs, onError });
  }

  onApplicationBootstrap(): void {
    this.passes.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.passes.ended();
  }

  private async sweep(): Promise<void> {
    const counts = await this.retention.sweep();
    this.metrics.removed(counts);
    for (const removed of counts) this.logger.info(removed, "words and callers past their days were taken out");
  }
}
