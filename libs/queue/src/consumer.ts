import { makeWorker } from "./backend.ts";
import { type JobName, type JobPayload, jobs, QUEUE } from "./job.ts";
import type { QueueLocation } from "./location.ts";

/** What a worker does for each job. Errors are reported and the job is dropped: the sweep comes by again. */
export type Handlers = { readonly [Name in JobName]: (payload: JobPayload<Name>) => Promise<void> };

export interface Consumer {
  /** Waits for running jobs, at most 10 s. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly concurrency: number;
  /** How long a job may be silent before another worker takes it, milliseconds. */
  readonly lockMs: number;
  readonly onError: (error: unknown) => void;
}

/** Opens the consuming side. Call `requireQueueSchema` before. */
export function openConsumer(location: QueueLocation, handlers: Handlers, options: ConsumerOptions): Consumer {
  const worker = makeWorker(
    QUEUE,
    location,
    async (job) => {
      await handle(job.name, job.data, handlers);
    },
    {
      concurrency: options.concurrency,
      lockDuration: options.lockMs,
      stalledInterval: options.lockMs,
      maxStalledCount: 5,
    },
  );
  worker.on("error", options.onError);
  worker.on("failed", (_job, error) => options.onError(error));
  return {
    close: () => Promise.race([worker.close(), new Promise<void>((resolve) => setTimeout(resolve, 10_000).unref())]),
  };
}

async function handle(name: string, payload: unknown, handlers: Handlers): Promise<void> {
  if (!Object.hasOwn(jobs, name)) throw new Error(`unknown job ${name}`);
  if (name === "look") return handlers.look(jobs.look.parse(payload));
  return handlers.commands(jobs.commands.parse(payload));
}
