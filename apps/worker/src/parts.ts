import { randomUUID } from "node:crypto";
import { openVendors } from "@tandem/catalog/loaders";
import type { WorkerConfig } from "@tandem/config";
import { begunLine, createEngine, SafetyNetKeeper } from "@tandem/engine";
import { createIngressProbe } from "@tandem/ingress";
import { AppError, idMaker, systemClock, systemRng } from "@tandem/kernel";
import { makeOpener } from "@tandem/secrets";
import { openOutbox, openRetention, openRolloutStore } from "@tandem/store";
import { type Logger, openSpans } from "@tandem/telemetry";
import { openFleet } from "./open-fleet.ts";
import { openOutbound } from "./open-outbound.ts";
import { openCheckpoints } from "./outward/open-checkpoints.ts";
import { openTenantLife } from "./open-tenant-life.ts";
import { openWebhooks } from "./outward/open-webhooks.ts";
import { rolloutSpans } from "./telemetry/rollout-spans.ts";
import { WorkerMetrics } from "./telemetry/worker-metrics.ts";
import type { WorkerParts } from "./worker.module.ts";

/** Opens what the worker works with: store, vendors, ingress and the engine over them. */
export async function openParts(config: WorkerConfig, logger: Logger): Promise<WorkerParts> {
  const store = openRolloutStore({
    url: config.databaseUrl,
    directUrl: config.directDatabaseUrl ?? config.databaseUrl,
    applicationName: "tandem-worker",
  });
  const opener = await makeOpener(config.sealingPrivateKey);

  /** A connection with its opened credential: the one in force, or the one that waits to be verified. */
  const loadWith = async (sealed: typeof store.sealedCredential, tenantId: string, connectionId: string) => {
    const [connection, credential] = await Promise.all([
      store.connection(tenantId, connectionId),
      sealed(tenantId, connectionId),
    ]);
    if (connection === null) throw new AppError("not_found", `There is no connection ${connectionId}`);
    if (credential === null)
      throw new AppError("connection_unsealed", `The connection ${connection.name} has no credential yet`, {
        details: { connectionId },
      });
    const secrets = await opener.open({ tenantId, connectionId, version: credential.version }, credential.sealed);
    return {
      vendor: connection.vendor,
      endpoint: connection.endpoint,
      config: connection.config,
      credentialVersion: credential.version,
      secrets,
    };
  };

  const loadCredential = (tenantId: string, connectionId: string) =>
    loadWith(store.sealedCredential, tenantId, connectionId);
  const reach = {
    sandboxOrigins: config.sandboxOrigins,
    clock: systemClock,
    deadlineMs: config.callDeadlineMs,
  };
  const vendors = openVendors({ loadCredential, ...reach });
  const ingress = createIngressProbe({
    store,
    loadCredential,
    vendors,
    publicUrl: config.publicUrl,
    ticketKey: config.ticketKey,
    clock: systemClock,
  });
  const workerId = `worker-${process.pid}-${randomUUID().slice(0, 8)}`;
  const metrics = new WorkerMetrics();
  const { otlpUrl: url, traceRatio: ratio } = config;
  const spans = await openSpans({ url, ratio, service: "tandem-worker", instance: workerId });
  const tellSpan = rolloutSpans(spans);
  const engine = createEngine({
    onLook: (look) => {
      metrics.look(look);
      tellSpan(look);
    },
    store,
    commands: store,
    vendors,
    ingress,
    clock: systemClock,
    newId: idMaker(systemClock, systemRng),
    installKey: config.installKey.reveal(),
    workerId,
    settings: {
      leaseMs: config.leaseMs,
      renewMs: Math.floor(config.leaseMs / 3),
      callDeadlineMs: config.callDeadlineMs,
      callStartMs: Math.min(1000, Math.floor(config.leaseMs / 15)),
      settleCapMs: config.settleCapMs,
      sweepIntervalMs: config.sweepIntervalMs,
      bakeCheckMs: config.bakeCheckMs,
      pointerLagMs: config.pointerLagMs,
      nodeGoneMs: config.nodeGoneMs,
      driftLookMs: config.driftLookMs,
      credentialWarningMs: config.credentialWarningDays * 86_400_000,
      providerSamples: config.probeSamples,
      vendorSamples: config.probeSamples,
      backoffMs: config.backoffMs,
      concurrency: config.concurrency,
      smokeCalls: config.smokeCalls,
      smokeSlackMs: config.smokeSlackMs,
    },
    log: logger,
  });
  const outbox = openOutbox({ url: config.databaseUrl, applicationName: "tandem-worker", maxConnections: 2 });
  const webhooks = openWebhooks(config, { opener, workerId, log: logger });
  const checkpoints = openCheckpoints(config);
  const ring = begunLine((tenantId, deploymentId) => engine.advance(tenantId, deploymentId), {
    atOnce: config.concurrency,
    onError: (deploymentId, error) =>
      logger.warn({ deploymentId, err: error }, "a begun rollout could not be moved on; the next sweep tries again"),
  });
  const fleet = openFleet(config, { workerId, log: logger, ring });
  const outbound = openOutbound(config, { vendors, workerId, log: logger });
  const safetyNets = new SafetyNetKeeper({
    work: store.safetyNets,
    vendors,
    clock: systemClock,
    log: logger,
    callDeadlineMs: config.callDeadlineMs,
    concurrency: config.concurrency,
  });
  const tenantLife = openTenantLife(config, {
    vendors,
    pending: openVendors({
      loadCredential: (tenantId, connectionId) => loadWith(store.pendingCredential, tenantId, connectionId),
      ...reach,
    }),
    workerId,
    log: logger,
  });
  const retention = openRetention({
    url: config.databaseUrl,
    applicationName: "tandem-worker",
    proofKey: config.installKey.reveal(),
  });
  return {
    metrics,
    readings: {
      ping: () => store.ping(),
      livePhases: () => store.livePhases(),
      fleetStandings: () => fleet.standings(),
      counts: () => engine.counts(),
    },
    retention,
    config,
    engine,
    logger,
    outbox,
    webhooks,
    checkpoints,
    outbound: outbound.caller,
    fleet: fleet.runner,
    safetyNets,
    health: store.health,
    tenantLife,
    closers: [
      () => tenantLife.close(),
      () => vendors.close(),
      () => outbound.close(),
      () => fleet.close(),
      () => outbox.close(),
      () => webhooks.work.close(),
      () => checkpoints.close(),
      () => retention.close(),
      () => store.close(),
      () => spans.close(),
    ],
  };
}
