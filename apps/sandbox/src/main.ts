import { sandboxConfig } from "@tandem/config";
import { makeLogger } from "@tandem/telemetry";
import { runSandbox } from "./run-sandbox.ts";

const config = sandboxConfig();
const logger = makeLogger({ app: "sandbox", level: config.logLevel, isPretty: config.logPretty });

try {
  const running = await runSandbox(config);
  logger.info({ ...running.origins, control: running.controlOrigin }, "the emulated vendors are answering");
  const stop = (): void => void running.close().then(() => process.exit(0));
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  logger.fatal({ err: error }, "the sandbox cannot start");
  process.exitCode = 1;
}
