import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Engine } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, ENGINE, LOGGER } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** Does the replays that people ask for, one at a time per worker. Several workers may do it at once. */
@Injectable()
export class ReplaySweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) config: WorkerConfig,
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onError = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "replays that were asked for could not be done; they are tried again"),
    );
    this.passes = new RepeatedPass(() => this.sweep(), { pauseMs: config.sweepIntervalMs, onError });
  }

  onApplicationBootstrap(): void {
    this.passes.start();
  }

  /** The engine is told to stop beside this: a replay under way ends with its present session. */
  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.engine.stop();
    await this.passes.ended();
  }

  private async sweep(): Promise<void> {
    while (!this.passes.isStopped && (await this.engine.runReplay()) > 0);
  }
}
