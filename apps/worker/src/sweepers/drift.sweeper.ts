import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Engine } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, ENGINE, LOGGER } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** Looks for drift where time has made a look due. Several workers may do it at once; off at an interval of 0. */
@Injectable()
export class DriftSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onError = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "due looks for drift could not be found; they are tried again"),
    );
    this.passes = new RepeatedPass(() => this.sweep(), { pauseMs: config.sweepIntervalMs, onError });
  }

  onApplicationBootstrap(): void {
    if (this.config.driftLookMs > 0) this.passes.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.passes.ended();
  }

  /** Until nothing is due any more, so that many deployments are done within their interval. */
  private async sweep(): Promise<void> {
    while (!this.passes.isStopped && (await this.engine.lookForDrift()) > 0);
  }
}
