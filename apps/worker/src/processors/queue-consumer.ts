import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { type Consumer, openConsumer, type QueueLocation, requireQueueSchema } from "@tandem/queue";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { CONFIG, LOGGER } from "../tokens.ts";
import { CommandsProcessor } from "./commands.processor.ts";
import { LookProcessor } from "./look.processor.ts";
import { OutboundProcessor } from "./outbound.processor.ts";

/** Listens to the doorbell. Without it the sweep does the same work a little later. */
@Injectable()
export class QueueConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: Consumer | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly look: LookProcessor,
    private readonly commands: CommandsProcessor,
    private readonly outbound: OutboundProcessor,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const location: QueueLocation = {
      redisUrl: this.config.redisUrl,
      databaseUrl: this.config.directDatabaseUrl ?? this.config.databaseUrl,
    };
    await requireQueueSchema(location);
    this.consumer = openConsumer(
      location,
      {
        look: (payload) => this.look.process(payload),
        commands: () => this.commands.process(),
        outbound: () => this.outbound.process(),
      },
      {
        concurrency: this.config.concurrency,
        lockMs: Math.max(this.config.leaseMs, 2000),
        onError: rateLimited(10_000, (leftOut, error) =>
          this.logger.warn({ err: error, leftOut }, "the queue has trouble; the sweep goes on"),
        ),
      },
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer?.close();
  }
}
