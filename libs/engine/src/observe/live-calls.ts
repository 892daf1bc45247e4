import { AppError } from "@tandem/kernel";
import type { Slot } from "@tandem/domain/slot";
import type { StageRun } from "../stage.ts";

/**
 * Calls in progress on a slot. Our own count may be too high when a status callback was lost, so that the carrier is asked as well:
 * what it does not list is over. When it does not answer, our count stands.
 */
export async function liveCallsOn(run: StageRun, slot: Slot): Promise<number> {
  const { liveCalls } = run.view.slots[slot];
  const { number } = run.view.deployment;
  const connectionId = run.bundle.connections.telephony?.connectionId;
  if (liveCalls === 0 || number === null || connectionId === undefined) return liveCalls;
  try {
    await run.lease.ensure(run.context.settings.callDeadlineMs);
    const { telephony } = await run.connections.open(connectionId);
    return telephony === undefined ? liveCalls : Math.min(liveCalls, (await telephony.liveCalls(number)).length);
  } catch (error) {
    if (error instanceof AppError && error.code === "lease_lost") throw error;
    return liveCalls;
  }
}
