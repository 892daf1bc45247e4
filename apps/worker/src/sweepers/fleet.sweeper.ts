import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { FleetRunner } from "@tandem/engine";
import { CONFIG, FLEET } from "../tokens.ts";

/** Fleet rollouts are looked at at least so often, milliseconds: each says itself when it is due. */
const LONGEST_PAUSE_MS = 1000;

/** Looks for fleet rollouts that can move on. Several workers may do it at once. */
@Injectable()
export class FleetSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(FLEET) private readonly runner: FleetRunner,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.runner.stop();
    await this.running;
  }

  private schedule(): void {
    if (this.isStopped) return;
    const pauseMs = Math.min(this.config.sweepIntervalMs, LONGEST_PAUSE_MS);
    this.timer = setTimeout(() => {
      this.running = this.runner.runDue().finally(() => this.schedule());
    }, pauseMs);
  }
}
