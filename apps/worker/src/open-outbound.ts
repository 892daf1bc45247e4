import type { WorkerConfig } from "@tandem/config";
import { OutboundCaller, type OutboundCallerOptions } from "@tandem/engine";
import { systemClock } from "@tandem/kernel";
import { sealTicket } from "@tandem/secrets";
import { openOutboundWork } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";

/** How long carriers may take until a call they took is in their list, milliseconds. */
const SETTLE_MS = 30_000;

/** What places calls, with its own door to the database. */
export function openOutbound(
  config: WorkerConfig,
  { vendors, workerId, log }: Pick<OutboundCallerOptions, "vendors" | "workerId"> & { readonly log: Logger },
): { readonly caller: OutboundCaller; close(): Promise<void> } {
  const work = openOutboundWork({ url: config.databaseUrl, applicationName: "tandem-worker", maxConnections: 2 });
  const caller = new OutboundCaller({
    work,
    vendors,
    workerId,
    log,
    publicUrl: config.publicUrl,
    sealTicket: (content, expiresAtMs) => sealTicket(config.ticketKey, "outbound-call", content, expiresAtMs),
    clock: systemClock,
    callDeadlineMs: config.callDeadlineMs,
    settleMs: Math.min(SETTLE_MS, config.settleCapMs),
    pollMs: config.sweepIntervalMs,
    backoffMs: config.backoffMs,
  });
  return { caller, close: () => work.close() };
}
