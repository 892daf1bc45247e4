import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { OpenCheckpoints } from "../outward/open-checkpoints.ts";
import { CHECKPOINTS, CONFIG, LOGGER } from "../tokens.ts";

/** So many looks within one interval: a checkpoint is late by a tenth of it at most. */
const LOOKS_PER_INTERVAL = 10;

/** Signs every tenant's audit log when it has grown, and keeps the signature outside the database. Several workers may do it at once. */
@Injectable()
export class AuditCheckpointSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private isStopped = false;
  private readonly report: (error: unknown) => void;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(CHECKPOINTS) private readonly checkpoints: OpenCheckpoints,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.report = rateLimited(60_000, (leftOut, error) =>
      logger.error({ err: error, leftOut }, "audit checkpoints could not be made; they are made with the next look"),
    );
  }

  onApplicationBootstrap(): void {
    if (this.checkpoints.maker === null)
      this.logger.warn("TANDEM_AUDIT_PRIVATE_KEY is not set: no audit checkpoints are made");
    else this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.pass;
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(
      () => {
        this.pass = this.sweep()
          .catch(this.report)
          .finally(() => this.schedule());
      },
      Math.ceil(this.config.auditCheckpointMs / LOOKS_PER_INTERVAL),
    );
  }

  private async sweep(): Promise<void> {
    for (const outcome of (await this.checkpoints.maker?.run()) ?? []) {
      if (outcome.kind === "broken") this.logger.error(outcome, "an audit log does not agree with its checkpoint");
      else this.logger.debug(outcome, "an audit checkpoint was made");
    }
  }
}
