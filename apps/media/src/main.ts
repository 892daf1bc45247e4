import { mediaConfig } from "@tandem/config";
import { makeLogger } from "@tandem/telemetry";
import { runCommand } from "./node/operator-command.ts";
import { serve } from "./node/serve.ts";

const config = mediaConfig();
const [command, ...words] = process.argv.slice(2);
if (command === undefined || command === "serve") {
  await serve(config, makeLogger({ app: "media", level: config.logLevel, isPretty: config.logPretty }));
} else {
  process.exitCode = await runCommand(config, [command, ...words], (line) => console.log(line));
}
