import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import type { Engine, FleetRunner, OutboundCaller, SafetyNetKeeper } from "@tandem/engine";
import type { Outbox, Retention, WorkerStore } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";
import { HealthServer } from "./health.server.ts";
import type { OpenCheckpoints } from "./outward/open-checkpoints.ts";
import type { OpenTenantLife } from "./open-tenant-life.ts";
import type { OpenWebhooks } from "./outward/open-webhooks.ts";
import { CommandsProcessor } from "./processors/commands.processor.ts";
import { LookProcessor } from "./processors/look.processor.ts";
import { OutboundProcessor } from "./processors/outbound.processor.ts";
import { QueueConsumer } from "./processors/queue-consumer.ts";
import { AuditCheckpointSweeper } from "./sweepers/audit-checkpoint.sweeper.ts";
import { DriftSweeper } from "./sweepers/drift.sweeper.ts";
import { DueSweeper } from "./sweepers/due.sweeper.ts";
import { FleetSweeper } from "./sweepers/fleet.sweeper.ts";
import { HealthSweeper } from "./sweepers/health.sweeper.ts";
import { OutboundSweeper } from "./sweepers/outbound.sweeper.ts";
import { OutboxSweeper } from "./sweepers/outbox.sweeper.ts";
import { ReplaySweeper } from "./sweepers/replay.sweeper.ts";
import { RetentionSweeper } from "./sweepers/retention.sweeper.ts";
import { SafetyNetSweeper } from "./sweepers/safety-net.sweeper.ts";
import { TenantLifeSweeper } from "./sweepers/tenant-life.sweeper.ts";
import { WebhookSweeper } from "./sweepers/webhook.sweeper.ts";
import type { WorkerMetrics, WorkerReadings } from "./telemetry/worker-metrics.ts";
import {
  CHECKPOINTS,
  CLOSERS,
  CONFIG,
  ENGINE,
  HEALTH,
  LOGGER,
  METRICS,
  OUTBOUND,
  OUTBOX,
  READINGS,
  RETENTION,
  SAFETY_NETS,
  WEBHOOKS,
  FLEET,
  TENANT_LIFE,
} from "./tokens.ts";

/** What the process opens before Nest starts; `closers` run last, in order. */
export interface WorkerParts {
  readonly config: WorkerConfig;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly outbox: Outbox;
  readonly webhooks: OpenWebhooks;
  readonly checkpoints: OpenCheckpoints;
  readonly outbound: OutboundCaller;
  readonly fleet: FleetRunner;
  readonly safetyNets: SafetyNetKeeper;
  readonly health: WorkerStore["health"];
  readonly tenantLife: OpenTenantLife;
  readonly metrics: WorkerMetrics;
  readonly readings: WorkerReadings;
  readonly retention: Retention;
  readonly closers: readonly (() => Promise<void>)[];
}

@Injectable()
class PartsCloser implements OnApplicationShutdown {
  constructor(@Inject(CLOSERS) private readonly closers: WorkerParts["closers"]) {}

  async onApplicationShutdown(): Promise<void> {
    for (const close of this.closers) await close();
  }
}

@Module({})
export class WorkerModule {
  static with(parts: WorkerParts): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        { provide: CONFIG, useValue: parts.config },
        { provide: ENGINE, useValue: parts.engine },
        { provide: LOGGER, useValue: parts.logger },
        { provide: OUTBOX, useValue: parts.outbox },
        { provide: WEBHOOKS, useValue: parts.webhooks },
        { provide: CHECKPOINTS, useValue: parts.checkpoints },
        { provide: OUTBOUND, useValue: parts.outbound },
        { provide: HEALTH, useValue: parts.health },
        { provide: SAFETY_NETS, useValue: parts.safetyNets },
        { provide: TENANT_LIFE, useValue: parts.tenantLife },
        { provide: FLEET, useValue: parts.fleet },
        { provide: METRICS, useValue: parts.metrics },
        { provide: READINGS, useValue: parts.readings },
        { provide: RETENTION, useValue: parts.retention },
        { provide: CLOSERS, useValue: parts.closers },
        LookProcessor,
        CommandsProcessor,
        OutboundProcessor,
        QueueConsumer,
        DueSweeper,
        DriftSweeper,
        HealthSweeper,
        ReplaySweeper,
        OutboundSweeper,
        SafetyNetSweeper,
        TenantLifeSweeper,
        FleetSweeper,
        OutboxSweeper,
        WebhookSweeper,
        AuditCheckpointSweeper,
        RetentionSweeper,
        HealthServer,
        PartsCloser,
      ],
    };
  }
}
