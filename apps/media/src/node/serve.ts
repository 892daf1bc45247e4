import { agents, carriers } from "@tandem/catalog/inbound";
import type { MediaConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import { openPointerFeed, openS3Store, openSessionWriter } from "@tandem/store";
import { describeError, type Logger } from "@tandem/telemetry";
import { tandemEngine } from "../call/tandem-engine.ts";
import type { Vad } from "../pipeline/vad.ts";
import { EnergyVad } from "../vad/energy-vad.ts";
import { startOnnxVads } from "../vad/onnx-vad.ts";
import { startMediaNode } from "./media-node.ts";

/** Runs a node until it is told to stop: the first signal drains, the second ends at once. */
export async function serve(config: MediaConfig, log: Logger): Promise<void> {
  const store = {
    url: config.databaseUrl,
    directUrl: config.directDatabaseUrl ?? config.databaseUrl,
    applicationName: "tandem-media",
  };
  const feed = openPointerFeed({ ...store, maxConnections: 4, nodeGoneMs: config.nodeGoneMs });
  const writer = openSessionWriter(store);
  const node = await startMediaNode({
    host: config.host,
    port: config.port,
    publicUrl: config.publicUrl,
    node: config.node,
    region: config.region,
    traces: config.otlpUrl === null ? null : { url: config.otlpUrl, ratio: config.traceRatio },
    dataDir: config.dataDir,
    ticketKey: config.ticketKey,
    talkKey: config.talkKey,
    sealingPrivateKey: config.sealingPrivateKey,
    sandboxOrigins: config.sandboxOrigins,
    pollMs: config.pollMs,
    drainMs: config.drainMs,
    toolDeadlineMs: config.callDeadlineMs,
    vendors: { carriers, agents },
    engine: tandemEngine(await openVads(config, log)),
    streamUrl: config.streamUrl,
    maxCalls: config.maxCalls,
    tenantCalls: config.tenantCalls,
    ...bucketOf(config),
    feed,
    writer,
    log,
  });
  log.info(
    { origin: node.origin, publicUrl: config.publicUrl, deployments: node.state().deployments.length },
    "media is answering",
  );
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, "stopping");
    node
      .drain()
      .then(() => Promise.allSettled([feed.close(), writer.close()]))
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        log.error({ err: describeError(error) }, "stopping failed");
        process.exit(1);
      });
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
}

/** The detector that the operator names, or the built-in one. */
async function openVads({ vadModel }: MediaConfig, log: Logger): Promise<() => Vad> {
  if (vadModel === null) return () => new EnergyVad();
  const vads = await startOnnxVads(vadModel, log);
  return () => vads.open();
}

/** The bucket of recordings and pre-rendered audio; without one they stay in the data folder. */
function bucketOf(config: MediaConfig): { readonly store?: ObjectStore } {
  const { s3Url: url, s3Region: region, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  if (url === null) return {};
  if (accessKeyId === null || secretAccessKey === null)
    throw new AppError(
      "config_invalid",
      "TANDEM_S3_URL is set: TANDEM_S3_ACCESS_KEY_ID and TANDEM_S3_SECRET_ACCESS_KEY must be, too",
    );
  return { store: openS3Store({ url, region, accessKeyId, secretAccessKey }) };
}
