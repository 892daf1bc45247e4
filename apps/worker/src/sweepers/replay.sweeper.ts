import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Engine } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, ENGINE, LOGGER } from "../tokens.ts";

/** Does the replays that people ask for, one at a time per worker. Several workers may do it at once. */
@Injectable()
export class ReplaySweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
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
      logger.error({ err: error, leftOut }, "replays that were asked for could not be done; they are tried again"),
    );
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** The engine is told to stop beside this: a replay under way ends with its present session. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.engine.stop();
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

  private async sweep(): Promise<void> {
    while (!this.isStopped && (await this.engine.runReplay()) > 0);
  }
}
