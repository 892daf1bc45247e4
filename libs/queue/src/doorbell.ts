import type { Doorbell } from "@tandem/ports/doorbell";
import { makeQueue } from "./backend.ts";
import { type JobName, type JobPayload, jobs, QUEUE } from "./job.ts";
import type { QueueLocation } from "./location.ts";

/** A doorbell that can be taken down. */
export interface OpenDoorbell extends Doorbell {
  /** Tells a worker that commands are waiting. Never throws. */
  ringForCommands(): Promise<void>;
  /** Tells a worker that calls are to be placed. Never throws. */
  ringForOutboundCalls(): Promise<void>;
  close(): Promise<void>;
}

/** How long a ring may take before it is given up: the caller's answer must not wait for the queue. */
const RING_DEADLINE_MS = 1000;

/**
 * Opens the producing side. One waiting and at most one active job per deployment (deduplicated), ids only, one attempt.
 * A failed ring is told to `onError` and otherwise forgotten: the sweep finds the work.
 */
export function openDoorbell(
  location: QueueLocation,
  onError: (error: unknown) => void,
  newJobId: () => string,
): OpenDoorbell {
  const queue = makeQueue(QUEUE, location);
  queue.on("error", onError);
  const ring = async <Name extends JobName>(name: Name, payload: JobPayload<Name>, subject: string): Promise<void> => {
    const added = queue.add(name, jobs[name].parse(payload), {
      jobId: newJobId(),
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: { count: 1000 },
      deduplication: { id: subject, keepLastIfActive: true },
    });
    await within(added, RING_DEADLINE_MS).catch(onError);
  };
  return {
    ring: (tenantId, deploymentId) => ring("look", { tenantId, deploymentId }, `look-${deploymentId}`),
    ringForCommands: () => ring("commands", {}, "commands"),
    ringForOutboundCalls: () => ring("outbound", {}, "outbound"),
    close: () => within(queue.close(), 5000).catch(onError),
  };
}

async function within<Result>(work: Promise<Result>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queue did not answer within ${deadlineMs} ms`)), deadlineMs);
  });
  work.catch(() => undefined); // a rejection after the deadline has been reported as the deadline
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
