import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Engine } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, ENGINE, LOGGER } from "../tokens.ts";

/** Looks for drift where time has made a look due. Several workers may do it at once; off at an interval of 0. */
@Injectable()
export class DriftSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.report = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "due looks for drift could not be found; they are tried again"),
    );
  }

  onApplicationBootstrap(): void {
    if (this.config.driftLookMs > 0) this.schedule();
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

  /** Until nothing is due any more, so that many deployments are done within their interval. */
  private async sweep(): Promise<void> {
    while (!this.isStopped && (await this.engine.lookForDrift()) > 0);
  }
}
