import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { Engine } from "@tandem/engine";
import { ENGINE } from "../tokens.ts";

/** Keeps the engine looking for due work by itself: what the doorbell lost and what a timer made due. */
@Injectable()
export class DueSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private running: Promise<void> = Promise.resolve();

  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  onApplicationBootstrap(): void {
    this.running = this.engine.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.engine.stop();
    await this.running;
  }
}
