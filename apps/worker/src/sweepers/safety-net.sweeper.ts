import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { SafetyNetKeeper } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, LOGGER, SAFETY_NETS } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** Brings the agents of numbers that their vendor holds in step with the pointer. Several workers may do it at once. */
@Injectable()
export class SafetyNetSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) config: WorkerConfig,
    @Inject(SAFETY_NETS) private readonly keeper: SafetyNetKeeper,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onError = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "safety nets could not be looked at; they are tried again"),
    );
    this.passes = new RepeatedPass(() => this.sweep(), { pauseMs: config.sweepIntervalMs, onError });
  }

  onApplicationBootstrap(): void {
    this.passes.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.passes.ended();
  }

  /** Until nothing is due any more, so that many moves at once are followed within one pass. */
  private async sweep(): Promise<void> {
    while (!this.passes.isStopped && (await this.keeper.keepDue()) > 0);
  }
}
