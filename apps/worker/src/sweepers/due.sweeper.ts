import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Engine } from "@tandem/engine";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, ENGINE, LOGGER } from "../tokens.ts";

/** Looks for due work by itself, each interval ± a fifth so that workers spread out. Finds what the doorbell lost and what a timer made due. */
@Injectable()
export class DueSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweep: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.report = rateLimited(10_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "a sweep failed; the next one tries again"),
    );
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.engine.stop();
    await this.sweep;
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.sweep = this.once().finally(() => this.schedule(this.config.sweepIntervalMs * (0.8 + Math.random() * 0.4)));
    }, delayMs);
  }

  private async once(): Promise<void> {
    const outcomes = await Promise.allSettled([this.engine.sweepOnce(), this.engine.runCommands()]);
    for (const outcome of outcomes) if (outcome.status === "rejected") this.report(outcome.reason);
  }
}
