import { createPostgresBackend, type JobsOptions, Queue, Worker, type WorkerOptions, withBackend } from "bullmq";
import type { QueueLocation } from "./location.ts";

const Postgres = withBackend(createPostgresBackend);

/** A job as a processor sees it: its payload is not trusted before it is parsed. */
export interface ReceivedJob {
  readonly name: string;
  readonly data: unknown;
}

/** The part of a BullMQ queue that both backends share and we use. */
export interface JobQueue {
  add(name: string, payload: unknown, options: JobsOptions): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  obliterate(options: { force: boolean }): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** The part of a BullMQ worker that both backends share and we use. */
export interface JobWorker {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "failed", listener: (job: unknown, error: Error) => void): unknown;
  close(): Promise<void>;
}

/** A queue on the chosen backend. With Redis, adding fails at once while Redis is away instead of waiting for it. */
export function makeQueue(name: string, location: QueueLocation): JobQueue {
  if (location.redisUrl === null) return new Postgres.Queue(name, { connection: postgres(location, 2) });
  return new Queue(name, {
    connection: { url: location.redisUrl, enableOfflineQueue: false, maxRetriesPerRequest: 1, connectTimeout: 2000 },
  });
}

/** A worker on the chosen backend. `requireQueueSchema` comes first. */
export function makeWorker(
  name: string,
  location: QueueLocation,
  process: (job: ReceivedJob) => Promise<void>,
  options: Omit<WorkerOptions, "connection">,
): JobWorker {
  if (location.redisUrl === null)
    return new Postgres.Worker(name, process, { ...options, connection: postgres(location, 3) });
  return new Worker(name, process, { ...options, connection: { url: location.redisUrl, maxRetriesPerRequest: null } });
}

const postgres = (location: QueueLocation, max: number) => ({
  connectionString: location.databaseUrl,
  max,
  skipMigrations: true,
});
