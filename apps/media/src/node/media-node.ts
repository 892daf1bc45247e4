import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock, Secret } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { PointerFeed, SessionWriter } from "@tandem/ports/store/pointer-feed";
import type { Logger } from "@tandem/telemetry";
import type { InboundVendors } from "../credential/caller-identity.ts";
import { serveSockets } from "../http/sockets.ts";
import { type LoadReader, loadReader } from "../admission/load-reading.ts";
import { makeRouter } from "../http/router.ts";
import { makeHttpServer } from "../http/server.ts";
import { ingressRoutes } from "../routes/index.ts";
import { operationsRoutes } from "../routes/operations.ts";
import { talkLink } from "../routes/talk-link.ts";
import { talkRoutes } from "../routes/talk.ts";
import { STREAM_CLOSE } from "../stream/stream-close.ts";
import { closeNodeParts, ingressContext, type NodeParts, openNodeParts } from "./node-parts.ts";
import { socketRoutes } from "./socket-routes.ts";
import { describeNode, type NodeState } from "./node-state.ts";
import type { OpenEngine } from "./own-engine.ts";
import { reconcileCalls } from "./reconcile.ts";

export interface MediaNodeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where vendors reach this service; what they sign. Never taken from a request. */
  readonly publicUrl: string;
  /** Where carriers reach this very node for audio: an http(s) origin; null uses `publicUrl`. */
  readonly streamUrl?: string | null;
  /** What speaks on calls of our own engine. */
  readonly engine: OpenEngine;
  /** Recordings and pre-rendered audio; the data folder when absent. */
  readonly store?: ObjectStore;
  /** Calls in progress at which the node counts as fully loaded; 500 when absent. */
  readonly maxCalls?: number;
  /** Most calls in progress per tenant; 200 when absent. */
  readonly tenantCalls?: number;
  /** Name of the node; null uses host and port. */
  readonly node: string | null;
  /** Where the node stands, as its operator names it; `local` when absent. */
  readonly region?: string;
  /** Collector of traces and the share of calls that are traced; null or absent traces none. */
  readonly traces?: { readonly url: string; readonly ratio: number } | null;
  readonly dataDir: string;
  readonly ticketKey: Secret;
  /** With which the API asks for addresses to talk to a slot; null or absent: it may not. */
  readonly talkKey?: Secret | null;
  readonly sealingPrivateKey: Secret;
  /** Vendor → origin of its emulator. */
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly pollMs: number;
  readonly drainMs: number;
  /** Total deadline of one vendor call of a tool, milliseconds. */
  readonly toolDeadlineMs: number;
  readonly vendors: InboundVendors;
  readonly feed: PointerFeed;
  readonly writer: SessionWriter;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How often calls are compared with the carrier's list, milliseconds; 60 s when absent. */
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
const RECONCILE_MS = 60_000;
const READ_LOAD_MS = 1000;
const SWEEP_RECORDINGS_MS = 10 * 60_000;
const DELIVER_WITHIN_MS = 5000;

/** Starts a node; it is ready as soon as the copy on disk or the database has spoken. */
export async function startMediaNode(options: MediaNodeOptions): Promise<MediaNode> {
  const { log, ticketKey } = options;
  const parts = await openNodeParts(options);
  const { metrics, sessions } = parts;
  let isDraining = false;
  const state = () => describeNode(parts, isDraining);
  const { context, openCall, hosted } = await ingressContext(options, parts);
  const router = makeRouter([
    ...ingressRoutes(context),
    ...operationsRoutes({ state, metrics, ticketKey }),
    ...talkRoutes,
    talkLink(context, { talkKey: options.talkKey ?? null, origin: options.streamUrl ?? options.publicUrl }),
  ]);
  const onReply = (pattern: string, status: number, durationMs: number) => metrics.reply(pattern, status, durationMs);
  const server = makeHttpServer({ router, log, onReply });
  const sockets = serveSockets(server, log, (refusals) =>
    socketRoutes({ options, parts, context, openCall, hosted, refusals }),
  );
  try {
    await listen(server, options);
  } catch (error) {
    await closeNodeParts(parts, 0);
    throw error;
  }
  const reader = loadReader();
  const timers = startTimers(options, parts, reader);
  const stop = async (deliverWithinMs: number) => {
    timers.forEach(clearInterval);
    reader.close();
    sockets.close(STREAM_CLOSE.stopping);
    await closeServer(server, deliverWithinMs);
    await closeNodeParts(parts, deliverWithinMs);
  };
  return {
    origin: `http://${options.host}:${(server.address() as AddressInfo).port}`,
    state,
    drain: async () => {
      isDraining = true;
      log.info({ liveCalls: sessions.attended().length, drainMs: options.drainMs }, "draining: no new calls are taken");
      await callsToEnd(parts, options.drainMs);
      await stop(DELIVER_WITHIN_MS);
    },
    close: () => stop(0),
  };
}

const listen = (server: Server, { port, host }: MediaNodeOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });

function startTimers(options: MediaNodeOptions, parts: NodeParts, reader: LoadReader): NodeJS.Timeout[] {
  const { served, sessions, host, clock, memory, load, recordings } = parts;
  void recordings.sweep();
  const { vendors, log, reconcileMs = RECONCILE_MS } = options;
  const now = () => clock.now();
  const reconcile = () => void reconcileCalls({ served, sessions, host, vendors, log, youngestMs: reconcileMs, now });
  const sweep = () => {
    sessions.sweep();
    memory.sweep();
  };
  const read = () => load.take(reader.read());
  return [
    setInterval(sweep, SWEEP_MS).unref(),
    setInterval(reconcile, reconcileMs).unref(),
    setInterval(read, READ_LOAD_MS).unref(),
    setInterval(() => void recordings.sweep(), SWEEP_RECORDINGS_MS).unref(),
  ];
}

/** Requests in progress get a moment; idle connections none. */
const closeServer = (server: Server, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), Math.min(2000, withinMs)).unref();
  });

async function callsToEnd({ sessions, host, clock }: NodeParts, withinMs: number): Promise<void> {
  const until = clock.monotonicMs() + withinMs;
  while (clock.monotonicMs() < until && (sessions.attended().length > 0 || host.pending > 0)) {
    await clock.sleep(Math.min(250, withinMs));
    sessions.sweep();
  }
}
