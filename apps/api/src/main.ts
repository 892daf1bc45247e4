import { randomUUID } from "node:crypto";
import { apiConfig } from "@tandem/config";
import { openDoorbell } from "@tandem/queue";
import { makeSealer } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { limitShutdown, makeLogger, rateLimited } from "@tandem/telemetry";
import { createApp } from "./app.ts";

const config = apiConfig();
const logger = makeLogger({ app: "api", level: config.logLevel, isPretty: config.logPretty });
const store = openControlStore({ url: config.databaseUrl, directUrl: config.directDatabaseUrl ?? config.databaseUrl });
const doorbell = openDoorbell(
  { redisUrl: config.redisUrl, databaseUrl: config.directDatabaseUrl ?? config.databaseUrl },
  rateLimited(10_000, (leftOut, error) =>
    logger.warn({ err: error, leftOut }, "the queue is away; workers find the work by themselves"),
  ),
  randomUUID,
);
const { app } = await createApp({ config, store, sealer: await makeSealer(config.sealingPublicKey), doorbell }, logger);
/** Requests are over in half of this; streams end with the server. */
limitShutdown(logger, 20_000);
await app.listen(config.port, config.host);
logger.info(`API on http://${config.host}:${config.port}`);
