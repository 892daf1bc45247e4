import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { OpenTenantLife } from "../open-tenant-life.ts";
import { CONFIG, LOGGER, TENANT_LIFE } from "../tokens.ts";

/** Verifies and ends credentials, and moves tenants off the platform. Several workers may do it at once. */
@Injectable()
export class TenantLifeSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(TENANT_LIFE) private readonly life: OpenTenantLife,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.report = rateLimited(60_000, (leftOut, error) =>
      logger.error(
        { err: error, leftOut },
        "credentials or off-boardings could not be looked at; they are tried again",
      ),
    );
  }

  onApplicationBootstrap(): void {
    this.schedule();
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

  /** What is found is moved on until it waits; what came meanwhile is found by the next pass. */
  private async sweep(): Promise<void> {
    await Promise.all([this.life.credentials.keepDue(), this.life.offBoarder.runDue()]);
  }
}
