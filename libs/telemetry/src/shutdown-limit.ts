import type { Logger } from "./logger.ts";

/**
 * Ends a process that was told to stop and does not come to an end: a half-open connection to the database, say, can keep a clean
 * shutdown waiting for ever. Ending hard is safe: everything in progress is journaled, and leases run out by themselves.
 */
export function limitShutdown(logger: Pick<Logger, "error" | "flush">, mostMs: number): void {
  const limit = (signal: NodeJS.Signals): void => {
    setTimeout(() => {
      logger.error({ signal, mostMs }, "the shutdown did not come to an end in time; the process ends as it is");
      logger.flush();
      process.exit(1);
    }, mostMs).unref();
  };
  process.once("SIGTERM", limit);
  process.once("SIGINT", limit);
}
