import { AppError } from "@tandem/kernel";
import { mediaConfig } from "@tandem/config";
import { makeLogger } from "@tandem/telemetry";
import { runCommand } from "./node/operator-command.ts";
import { serve } from "./node/serve.ts";

try {
  const config = mediaConfig();
  const [command, ...words] = process.argv.slice(2);
  if (command === undefined || command === "serve") {
    await serve(config, makeLogger({ app: "media", level: config.logLevel, isPretty: config.logPretty }));
  } else {
    process.exitCode = await runCommand(config, [command, ...words], (line) => console.log(line));
  }
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}

/** What an operator can act on; the stack only where nobody foresaw the failure. */
function messageOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === "EADDRINUSE")
    return `Port ${port} on ${address} is taken. Fix: set TANDEM_MEDIA_PORT to another port, or stop what listens there.`;
  if (code === "ENOSPC" || code === "EACCES" || code === "EROFS")
    return `The data folder cannot be written (${code}). Fix: free space or set TANDEM_MEDIA_DATA_DIR to a folder this user may write.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
