import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { WorkerStore } from "@tandem/store";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, HEALTH, LOGGER } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** What one look reads: long enough for some calls, short enough to be about now. */
const WINDOW_MS = 15 * 60_000;
/** After an incident was resolved what it was about may still be in the window. */
const QUIET_MS = 20 * 60_000;
const AT_ONCE = 20;

/** Looks at the health of live deployments, and opens incidents for what is failing. Several workers may do it at once; off at an interval of 0. */
@Injectable()
export class HealthSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;
  private readonly onError: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(HEALTH) private readonly looks: WorkerStore["health"],
    @Inject(LOGGER) logger: Logger,
  ) {
    this.onError = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "the health of deployments could not be looked at; it is tried again"),
    );
    this.passes = new RepeatedPass(() => this.sweep(), { pauseMs: config.sweepIntervalMs, onError: this.onError });
  }

  onApplicationBootstrap(): void {
    if (this.config.healthLookMs > 0) this.passes.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.passes.halt();
    await this.passes.ended();
  }

  /** Until nothing is due any more. A look that fails is told, and the next one is due in its time. */
  private async sweep(): Promise<void> {
    for (let claimed = 1; claimed > 0 && !this.passes.isStopped;) {
      const due = await this.looks.claimHealthLooks(this.config.healthLookMs, AT_ONCE);
      claimed = due.length;
      for (const { tenantId, deploymentId } of due)
        await this.looks
          .lookAtHealth(tenantId, deploymentId, { windowMs: WINDOW_MS, quietMs: QUIET_MS })
          .catch(this.onError);
    }
  }
}
