import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** How notices reach this process: `poll-only` when LISTEN was accepted but nothing arrives (a pooler in between). */
export type ListenState = "connecting" | "hearing" | "poll-only" | "closed";

export interface Listener {
  readonly state: ListenState;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly url: string;
  readonly channels: readonly string[];
  readonly applicationName: string;
  onNotice(channel: string, payload: string): void;
  /** After each (re)connect: whatever happened before may have been missed. */
  onResync(): void;
}

const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;
const HEARTBEAT_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Hears notices until closed. Reconnects by itself with back-off, listens anew and says so through `onResync`. Resolves after the
 * first connection; rejects never: while the database is away it keeps trying.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const loop = new ListenLoop(options);
  await loop.start();
  return loop;
}

class ListenLoop implements Listener {
  state: ListenState = "connecting";
  readonly #options: ListenOptions;
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ListenOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    const firstAttempt = Promise.withResolvers<void>();
    this.#running = this.#run(firstAttempt.resolve);
    return firstAttempt.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.state = "closed";
    await this.#client?.end().catch(() => {});
    await this.#running;
  }

  async #run(onAttempted: () => void): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted;) {
      try {
        const connection = await this.#connect();
        failures = 0;
        onAttempted();
        await connection.lost;
      } catch {
        failures += 1;
        onAttempted();
      }
      if (this.#stop.signal.aborted) return;
      this.state = "connecting";
      await this.#client?.end().catch(() => {});
      const backOffMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failures);
      await sleep(backOffMs * (0.5 + Math.random() / 2), undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  /** Connects and listens; `lost` resolves when the connection breaks. */
  async #connect(): Promise<{ lost: Promise<void> }> {
    const { url, applicationName, channels } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: `${applicationName} listen`,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    this.#client = client;
    const lost = new Promise<void>((resolve) => client.on("error", () => resolve()).on("end", () => resolve()));
    await client.connect();
    const selfTest = `tandem_self_${randomUUID().replaceAll("-", "")}`;
    const heard = new Promise<void>((resolve) =>
      client.on("notification", ({ channel, payload }) =>
        channel === selfTest ? resolve() : this.#options.onNotice(channel, payload ?? ""),
      ),
    );
    for (const channel of [...channels, selfTest]) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    await client.query("SELECT pg_notify($1, '')", [selfTest]);
    this.state = (await Promise.race([heard.then(() => true), sleep(1_000, false)])) ? "hearing" : "poll-only";
    this.#options.onResync();
    return { lost: watched(client, lost) };
  }
}

/** A connection that dies without a word is found out by asking it now and then. */
function watched(client: pg.Client, lost: Promise<void>): Promise<void> {
  const heartbeat = setInterval(() => {
    client.query("SELECT 1").catch(() => client.end().catch(() => {}));
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return lost.finally(() => clearInterval(heartbeat));
}
