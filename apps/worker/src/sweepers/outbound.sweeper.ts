import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { OutboundCaller } from "@tandem/engine";
import { CONFIG, OUTBOUND } from "../tokens.ts";

/** Looks for calls whose time has come, and for what the doorbell lost. */
@Injectable()
export class OutboundSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(OUTBOUND) private readonly caller: OutboundCaller,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.caller.runDue().finally(() => this.schedule());
    }, this.config.sweepIntervalMs);
  }
}
