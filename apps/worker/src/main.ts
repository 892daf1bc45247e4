import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { workerConfig } from "@tandem/config";
import { limitShutdown, makeLogger } from "@tandem/telemetry";
import { installFaultPoint } from "./fault-point.ts";
import { openParts } from "./parts.ts";
import { WorkerModule } from "./worker.module.ts";

const config = workerConfig();
const logger = makeLogger({ app: "worker", level: config.logLevel, isPretty: config.logPretty });
installFaultPoint(config.faultPoint);
const app = await NestFactory.createApplicationContext(WorkerModule.with(await openParts(config, logger)), {
  logger: ["error", "fatal"],
  abortOnError: false,
});
app.enableShutdownHooks(["SIGTERM", "SIGINT"], { useProcessExit: true });
/** A stage in progress ends with its vendor call; what takes longer is left to the next worker. */
limitShutdown(logger, config.callDeadlineMs + 15_000);
logger.info(`worker ready, health on http://${config.host}:${config.port}`);
