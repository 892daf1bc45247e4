import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { type Clock, type Secret, systemClock } from "@tandem/kernel";
import type { PointerFeed, SessionWriter } from "@tandem/ports/store/pointer-feed";
import { makeOpener } from "@tandem/secrets";
import type { Logger } from "@tandem/telemetry";
import { Answering } from "../answer/answering.ts";
import { Documents } from "../answer/documents.ts";
import { ingressAddress } from "../answer/ingress-address.ts";
import { TrialTickets } from "../answer/trial-tickets.ts";
import type { InboundVendors } from "../credential/caller-identity.ts";
import { Credentials } from "../credential/credentials.ts";
import { makeRouter } from "../http/router.ts";
import { makeHttpServer } from "../http/server.ts";
import { LastKnownGood } from "../pointer/last-known-good.ts";
import { PointerWatch } from "../pointer/pointer-watch.ts";
import { ServedDeployments } from "../pointer/served-deployments.ts";
import { ingressRoutes } from "../routes/index.ts";
import { operationsRoutes } from "../routes/operations.ts";
import { LiveSessions } from "../session/live-sessions.ts";
import { SessionFile } from "../session/session-file.ts";
import { openSpool } from "../spool/spool.ts";
import { startToolHost } from "../tool-host/tool-host.ts";
import { ToolCalls } from "../tool-host/tool-calls.ts";
import { Metrics } from "./metrics.ts";
import type { NodeState } from "./node-state.ts";
import { reconcileCalls } from "./reconcile.ts";

export interface MediaNodeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly publicUrl: string;
  /** Name of the node; null uses host and port. */
  readonly node: string | null;
  readonly dataDir: string;
  readonly ticketKey: Secret;
  readonly sealingPrivateKey: Secret;
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly pollMs: number;
  readonly drainMs: number;
  readonly toolDeadlineMs: number;
  readonly vendors: InboundVendors;
  readonly feed: PointerFeed;
  readonly writer: SessionWriter;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How often calls are compared with the carrier's list, milliseconds. */
  readonly reconcileMs?: number;
}

/** A running node. */
export interface MediaNode {
  readonly origin: string;
  state(): NodeState;
  /** Takes no new calls, waits for those in progress (at most `drainMs`), delivers what it can and stops. */
  drain(): Promise<void>;
  /** Stops at once; what is not delivered stays on disk. */
  close(): Promise<void>;
}

const SWEEP_MS = 10_000;
const DELIVER_WITHIN_MS = 5000;

/** Starts a node: from the copy on disk first, then from the database; ready as soon as either has spoken. */
export async function startMediaNode(options: MediaNodeOptions): Promise<MediaNode> {
  const { log, ticketKey, dataDir, clock = systemClock } = options;
  const node = options.node ?? `${options.host}:${options.port}`;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const served = new ServedDeployments();
  const lastKnownGood = new LastKnownGood(dataDir, ticketKey, log);
  const restored = await lastKnownGood.load();
  for (const each of restored) served.restore(each.deployment, each.bundles, each.activeSince);
  served.onChange = (each) => lastKnownGood.save(each);

  const spool = await openSpool({ dataDir, writer: options.writer, log });
  const sessions = new LiveSessions({ node, spool, clock });
  const sessionFile = new SessionFile(dataDir, sessions, log);
  await sessionFile.load();
  const watch = new PointerWatch({
    ...{ feed: options.feed, served, dataDir, ticketKey, log, pollMs: options.pollMs },
    onForget: (id) => void lastKnownGood.remove(id),
  });
  await watch.start();

  const credentials = new Credentials(await makeOpener(options.sealingPrivateKey));
  const host = startToolHost({
    sealingPrivateKey: options.sealingPrivateKey.reveal(),
    sandboxOrigins: options.sandboxOrigins,
    deadlineMs: options.toolDeadlineMs,
    log,
  });
  const address = ingressAddress(options.publicUrl, ticketKey);
  const { vendors, sandboxOrigins, publicUrl } = options;
  const documents = new Documents({ address, ticketKey, credentials, vendors, sandboxOrigins, sessions, log });
  const metrics = new Metrics();
  let isDraining = false;

  const state = (): NodeState => ({
    node,
    isReady: !isDraining && (watch.state.hasLoaded || served.size > 0),
    isDraining,
    pointer: { staleForMs: watch.state.staleForMs, failedPolls: watch.state.failedPolls, notices: watch.notices },
    deployments: served.all().map(({ deployment, pointer, pin, alarm }) => ({
      deploymentId: deployment.deploymentId,
      generation: pointer.generation,
      active: pointer.active,
      mode: pointer.mode,
      isPinned: pin !== null,
      alarm,
      liveCalls: {
        blue: sessions.countOn(deployment.deploymentId, "blue"),
        green: sessions.countOn(deployment.deploymentId, "green"),
      },
    })),
    spool: spool.state,
    toolJobs: host.pending,
  });
  const context = {
    ...{ node, publicUrl, ticketKey, clock, log, served, vendors, credentials, sessions, spool, documents },
    answering: new Answering({ documents, sessions, ticketKey, clock }),
    trials: new TrialTickets(ticketKey),
    tools: new ToolCalls({ host, sessions, address, ticketKey, clock, log }),
    refresh: (deploymentId: string) => watch.refresh(deploymentId),
  };
  const router = makeRouter([...ingressRoutes(context), ...operationsRoutes({ state, metrics, ticketKey })]);
  const server = makeHttpServer({
    router,
    log,
    onReply: (pattern, status, durationMs) => metrics.reply(pattern, status, durationMs),
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });

  const reconcile = (youngestMs: number) =>
    reconcileCalls({ served, sessions, host, vendors, log, youngestMs, now: () => clock.now() });
  const reconcileMs = options.reconcileMs ?? 60_000;
  const sweeping = setInterval(() => sessions.sweep(), SWEEP_MS).unref();
  const reconciling = setInterval(() => void reconcile(reconcileMs), reconcileMs).unref();

  async function stop(deliverWithinMs: number): Promise<void> {
    clearInterval(sweeping);
    clearInterval(reconciling);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), Math.min(2000, deliverWithinMs)).unref();
    });
    await watch.stop();
    await host.close();
    await spool.close(deliverWithinMs);
    await Promise.all([lastKnownGood.flush(), sessionFile.flush()]);
  }

  return {
    origin: `http://${options.host}:${(server.address() as AddressInfo).port}`,
    state,
    drain: async () => {
      isDraining = true;
      const until = clock.monotonicMs() + options.drainMs;
      log.info(
        { liveCalls: sessions.live().length, drainMs: options.drainMs },
        "draining: no new calls, those in progress finish",
      );
      while (clock.monotonicMs() < until && (sessions.live().length > 0 || host.pending > 0)) {
        await clock.sleep(Math.min(250, options.drainMs));
        sessions.sweep();
      }
      await stop(DELIVER_WITHIN_MS);
    },
    close: () => stop(0),
  };
}
