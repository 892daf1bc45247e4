import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import { makeOpener } from "@tandem/secrets";
import { openDiskStore } from "@tandem/store";
import { openSpans, type Spans } from "@tandem/telemetry";
import { Admission } from "../admission/admission.ts";
import { LoadWatch } from "../admission/load-watch.ts";
import { Answering } from "../answer/answering.ts";
import { Documents } from "../answer/documents.ts";
import { ingressAddress } from "../answer/ingress-address.ts";
import { TrialTickets } from "../answer/trial-tickets.ts";
import { CallDesk } from "../call/call-desk.ts";
import { CallerMemory } from "../call/caller-memory.ts";
import { ProviderAccounts } from "../call/provider-accounts.ts";
import { Credentials } from "../credential/credentials.ts";
import { type FolderLock, lockFolder } from "../disk/folder-lock.ts";
import { HostedDesk } from "../hosted-llm/hosted-desk.ts";
import { LastKnownGood } from "../pointer/last-known-good.ts";
import { PointerWatch } from "../pointer/pointer-watch.ts";
import type { Served } from "../pointer/served.ts";
import { ServedDeployments } from "../pointer/served-deployments.ts";
import { ReplayDesk } from "../replay/replay-desk.ts";
import { Recordings } from "../recording/recordings.ts";
import { LiveSessions } from "../session/live-sessions.ts";
import { SessionFile } from "../session/session-file.ts";
import { openSpool, type Spool } from "../spool/spool.ts";
import { watchedStore } from "../storage/watched-store.ts";
import type { OpenStreamCall } from "../stream/stream-connection.ts";
import { CallRedirects } from "../tool-host/call-redirects.ts";
import { CallSpans } from "../telemetry/call-spans.ts";
import { startToolHost, type ToolHost } from "../tool-host/tool-host.ts";
import { ToolCalls } from "../tool-host/tool-calls.ts";
import { TrialTraces } from "../trial/trial-traces.ts";
import { nodeIdOf } from "./node-id.ts";
import { nodeNameOf } from "./node-name.ts";
import type { IngressContext } from "./ingress-context.ts";
import type { MediaNodeOptions } from "./media-node.ts";
import { Metrics } from "./metrics.ts";
import type { OwnEngine } from "./own-engine.ts";

/** Everything that a node consists of, opened in order: what is on disk first, then what the database says. */
export interface NodeParts {
  readonly node: string;
  readonly lock: FolderLock;
  readonly clock: Clock;
  readonly served: ServedDeployments;
  readonly lastKnownGood: LastKnownGood;
  readonly spool: Spool;
  readonly sessions: LiveSessions;
  readonly sessionFile: SessionFile;
  readonly watch: PointerWatch;
  readonly host: ToolHost;
  readonly metrics: Metrics;
  readonly memory: CallerMemory;
  readonly store: ObjectStore;
  readonly engine: OwnEngine;
  readonly load: LoadWatch;
  readonly spans: Spans;
  readonly recordings: Recordings;
}

/** With a copy on disk a node begins to answer after this long, whatever the database does. */
const DATABASE_PATIENCE_MS = 1000;

const MOST_CALLS = 500;
const MOST_TENANT_CALLS = 200;

const openCalls = (sessions: LiveSessions): number => sessions.live().length + sessions.live("trial").length;

export async function openNodeParts(options: MediaNodeOptions): Promise<NodeParts> {
  const { log, ticketKey, dataDir, feed, pollMs, clock = systemClock } = options;
  const node = nodeNameOf(options);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(dataDir);
  const served = new ServedDeployments();
  const lastKnownGood = new LastKnownGood(dataDir, ticketKey, log);
  for (const known of await lastKnownGood.load()) served.restore(known.deployment, known.bundles, known.activeSince);
  served.onChange = (changed) => lastKnownGood.save(changed);

  const spool = await openSpool({ dataDir, writer: options.writer, ticketKey, log });
  const region = options.region ?? "local";
  const sessions = new LiveSessions({ node, region, spool, clock });
  const sessionFile = new SessionFile({ dataDir, sessions, ticketKey, log });
  await sessionFile.load();
  const memory = new CallerMemory({ dataDir, ticketKey, clock, log });
  await memory.load();

  const onForget = (id: string) => void lastKnownGood.remove(id);
  const watch = new PointerWatch({
    feed,
    node: { id: await nodeIdOf(dataDir), name: node, region },
    delivered: () => spool.delivered(pollMs),
    served,
    dataDir,
    ticketKey,
    log,
    pollMs,
    onForget,
  });
  const started = watch.start();
  await (served.size > 0 ? Promise.race([started, clock.sleep(DATABASE_PATIENCE_MS)]) : started);
  const traces = options.traces ?? null;
  const spans = await openSpans({ url: null, ratio: 0, ...traces, service: "tandem-media", instance: node });
  sessions.onRecord = new CallSpans({ spans, clock, region }).note;
  const host = startToolHost({
    traces: traces === null ? null : { ...traces, instance: node },
    sealingPrivateKey: options.sealingPrivateKey.reveal(),
    sandboxOrigins: options.sandboxOrigins,
    deadlineMs: options.toolDeadlineMs,
    log,
  });
  const store = watchedStore(options.store ?? openDiskStore(join(dataDir, "objects")), log);
  return {
    node,
    lock,
    clock,
    served,
    lastKnownGood,
    spool,
    sessions,
    sessionFile,
    spans,
    watch,
    host,
    metrics: new Metrics(region),
    memory,
    store,
    engine: options.engine({ clock, store }),
    recordings: new Recordings({
      dataDir,
      store,
      clock,
      log,
      onRemoved: ({ key, bytes, ...call }) => sessions.recordPast(call, "recording-removed", { key, bytes }),
    }),
    load: new LoadWatch({ maxCalls: options.maxCalls ?? MOST_CALLS, openCalls: () => openCalls(sessions), log }),
  };
}

/** What the routes work with, and the desk at which calls of our own engine are put together. */
export async function ingressContext(
  options: MediaNodeOptions,
  parts: NodeParts,
): Promise<{ readonly context: IngressContext; readonly openCall: OpenStreamCall; readonly hosted: HostedDesk }> {
  const { log, ticketKey, publicUrl, vendors, sandboxOrigins } = options;
  const { node, clock, served, spool, sessions, host, watch, metrics, memory, engine } = parts;
  const credentials = new Credentials(await makeOpener(options.sealingPrivateKey), log);
  const address = ingressAddress(publicUrl, streamOrigin(options), ticketKey);
  const redirects = new CallRedirects(host, address);
  const tools = new ToolCalls({ host, sessions, redirects, ticketKey, clock, log });
  const traces = new TrialTraces();
  const { makePipeline, openModels, converse, providers } = engine;
  const accounts = new ProviderAccounts({ providers, credentials, sandboxOrigins, clock, log });
  const desk = { converse, accounts, tools, redirects, sessions, memory, metrics, traces, clock, log };
  const hosted = new HostedDesk({ ...desk, openModels, ticketKey });
  const prepare = accounts.prepare.bind(accounts);
  const ready = (changed: Served) => prepareReleases(changed, accounts, engine);
  served.onChange = (changed) => {
    parts.lastKnownGood.save(changed);
    ready(changed);
  };
  served.all().forEach(ready);
  const documents = new Documents({
    address,
    ticketKey,
    credentials,
    vendors,
    sandboxOrigins,
    sessions,
    log,
    node,
    clock,
    prepare,
  });
  const tenantCalls = options.tenantCalls ?? MOST_TENANT_CALLS;
  const admission = new Admission({ watch: parts.load, sessions, tenantCalls });
  const context: IngressContext = {
    node,
    publicUrl,
    ticketKey,
    clock,
    log,
    served,
    vendors,
    credentials,
    sessions,
    spool,
    documents,
    answering: new Answering({ documents, sessions, admission, memory, metrics, ticketKey, clock }),
    trials: new TrialTickets(ticketKey),
    tools,
    traces,
    replays: new ReplayDesk({ converse, openModels, accounts, clock }),
    refresh: (deploymentId) => watch.refresh(deploymentId),
  };
  return { context, openCall: new CallDesk({ ...desk, makePipeline, recordings: parts.recordings }).open, hosted };
}

/** Origin of this node's own streams, `ws://…` or `wss://…`. */
export const streamOrigin = ({ streamUrl, publicUrl }: Pick<MediaNodeOptions, "streamUrl" | "publicUrl">): string =>
  (streamUrl ?? publicUrl).replace(/^http/, "ws");

/** Opens the accounts of releases that speak through our engine, and renders their fixed lines: an outage finds them ready. */
function prepareReleases(served: Served, accounts: ProviderAccounts, engine: OwnEngine): void {
  for (const bundle of Object.values(served.bundles)) {
    if (bundle.agent.kind === "retell-llm") continue;
    accounts.prepare(served, bundle);
    if (bundle.agent.kind === "tandem") engine.prepare(bundle, (provider) => accounts.open(served, bundle, provider));
  }
}

/** Stops the parts; what the database has not taken within `deliverWithinMs` stays on disk. */
export async function closeNodeParts(parts: NodeParts, deliverWithinMs: number): Promise<void> {
  await parts.watch.stop();
  parts.engine.close();
  await parts.host.close();
  await parts.recordings.flush();
  await parts.spool.close(deliverWithinMs);
  await parts.spans.close();
  await Promise.all([parts.lastKnownGood.flush(), parts.sessionFile.flush(), parts.memory.flush()]);
  await parts.lock.release();
}
