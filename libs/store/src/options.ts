import { idMaker, type NewId, systemClock, systemRng } from "@tandem/kernel";

/** How a door of the store is opened. Times are milliseconds. */
export interface StoreOptions {
  /** URL of the login role of the app: `tandem_api`, `tandem_worker` or `tandem_media_node`. May point at a pooler in transaction mode. */
  readonly url: string;
  /** URL past any pooler, for LISTEN; the same as `url` when absent. */
  readonly directUrl?: string;
  /** Most connections of this door; 10 when absent. */
  readonly maxConnections?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Stamped on every rollout that is started, and said with every claim; `2`, the present engine's, when absent. */
  readonly engineVersion?: string;
  /** How long the first answer of a POST is kept for its Idempotency-Key; 48 h when absent. */
  readonly idempotencyTtlMs?: number;
  /** After this long an unfinished POST is taken for crashed and may be done again; 60 s when absent. */
  readonly idempotencyStaleMs?: number;
  /** How long a replaced credential drains at least, so that every node has the new one; 60 s when absent. */
  readonly credentialOverlapMs?: number;
  /** A media node that has told nothing for this long counts as gone, and its row goes; an hour when absent. */
  readonly nodeGoneMs?: number;
  /** Makes ids of what is created; UUIDv7 of the machine's clock when absent. */
  readonly newId?: NewId;
}

export type ResolvedOptions = Required<StoreOptions>;

const HOUR_MS = 3_600_000;

export function resolveOptions(options: StoreOptions): ResolvedOptions {
  return {
    directUrl: options.url,
    maxConnections: 10,
    applicationName: "tandem",
    engineVersion: "2",
    idempotencyTtlMs: 48 * HOUR_MS,
    idempotencyStaleMs: 60_000,
    credentialOverlapMs: 60_000,
    nodeGoneMs: HOUR_MS,
    newId: idMaker(systemClock, systemRng),
    ...options,
  };
}
