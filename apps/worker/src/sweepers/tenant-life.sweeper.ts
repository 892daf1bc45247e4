import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { OpenTenantLife } from "../open-tenant-life.ts";
import { CONFIG, LOGGER, TENANT_LIFE } from "../tokens.ts";
import { RepeatedPass } from "./repeated-pass.ts";

/** Verifies and ends credentials, and moves tenants off the platform. Several workers may do it at once. */
@Injectable()
export class TenantLifeSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly passes: RepeatedPass;

  constructor(
    @Inject(CONFIG) config: WorkerConfig,
    @Inject(TENANT_LIFE) private readonly life: OpenTenantLife,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onError = rateLimited(60_000, (leftOut, error) =>
      logger.error(
        { err: error, leftOut },
        "credentials or off-boardings could not be looked at; they are tried again",
      ),
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

  /** What is found is moved on until it waits; what came meanwhile is found by the next pass. */
  private async sweep(): Promise<void> {
    await Promise.all([this.life.credentials.keepDue(), this.life.offBoarder.runDue()]);
  }
}
