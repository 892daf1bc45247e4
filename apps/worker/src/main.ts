import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { workerConfig } from "@tandem/config";
import { makeLogger } from "@tandem/telemetry";
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
logger.info(`worker ready, health on http://${config.host}:${config.port}`);
