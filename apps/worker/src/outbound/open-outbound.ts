import type { WorkerConfig } from "@tandem/config";
import { systemClock } from "@tandem/kernel";
import type { Vendors } from "@tandem/ports/vendors";
import { openOutboundWork } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";
import { OutboundCaller } from "./outbound-caller.ts";

/** How long carriers may take until a call they took is in their list, milliseconds. */
const SETTLE_MS = 30_000;

/** What places calls, with its own door to the database. */
export function openOutbound(
  config: WorkerConfig,
  { vendors, workerId, log }: { readonly vendors: Vendors; readonly workerId: string; readonly log: Logger },
): { readonly caller: OutboundCaller; close(): Promise<void> } {
  const work = openOutboundWork({ url: config.databaseUrl, applicationName: "tandem-worker", maxConnections: 2 });
  const caller = new OutboundCaller({
    work,
    vendors,
    workerId,
    log,
    publicUrl: config.publicUrl,
    ticketKey: config.ticketKey,
    clock: systemClock,
    callDeadlineMs: config.callDeadlineMs,
    settleMs: Math.min(SETTLE_MS, config.settleCapMs),
    pollMs: config.sweepIntervalMs,
    backoffMs: config.backoffMs,
  });
  return { caller, close: () => work.close() };
}
