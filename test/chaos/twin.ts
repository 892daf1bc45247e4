import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AppName, AppProcess } from "../e2e/harness/app-process.ts";
import type { Databases, Installation } from "../e2e/harness/installation.ts";
import type { BadWire } from "../e2e/harness/bad-wire.ts";

/** What a twin is made of. */
interface TwinWish {
  readonly app: AppName;
  readonly nth: 1 | 2;
  readonly wire: BadWire;
  readonly port: number;
  /** Addresses by way of the wire. */
  readonly databases: Databases;
  /** The installation has started it already. */
  readonly isThere: boolean;
}

/** One of two processes of an app, on a wire of its own to the database, started again whenever it dies. */
export class Twin {
  readonly app: AppName;
  readonly wire: BadWire;
  readonly origin: string;
  readonly #installation: Installation;
  readonly #variables: Readonly<Record<string, string>>;
  #process: AppProcess;
  /** Spells in which something was done to it, from and to; null: it goes on. Monotonic milliseconds. */
  readonly #troubles: { readonly fromMs: number; toMs: number | null }[] = [];

  constructor(installation: Installation, wish: TwinWish) {
    this.#installation = installation;
    this.app = wish.app;
    this.wire = wish.wire;
    this.origin = `http://127.0.0.1:${wish.port}`;
    this.#variables = variablesOf(installation, wish);
    this.#process = wish.isThere ? installation.running(this.app) : installation.launch(this.app, this.#variables);
  }

  /** A machine with much else to do starts processes slowly: as long as it lives, it is waited for. */
  async ready(): Promise<void> {
    for (let waits = 1; ; waits += 1) {
      try {
        await this.#process.ready();
        return;
      } catch (error) {
        if (this.#process.hasEnded || waits === MOST_WAITS) throw error;
      }
    }
  }

  get pid(): number {
    return this.#process.child.pid ?? 0;
  }

  /** True when nothing was done to it at any time between the two moments. */
  wasHealthy(fromMs: number, toMs: number): boolean {
    return !this.#troubles.some((spell) => spell.fromMs < toMs && (spell.toMs ?? Infinity) > fromMs);
  }

  /** SIGKILL, and a new process in its place; healthy again once that is ready. */
  async kill(): Promise<void> {
    await this.during(async () => {
      await this.#process.kill();
      for (let starts = 1; ; starts += 1) {
        this.#process = this.#installation.launch(this.app, this.#variables);
        try {
          return await this.ready();
        } catch (error) {
          await this.#process.kill();
          if (starts === MOST_STARTS) throw error;
        }
      }
    });
  }

  /** Stands still for a while and goes on as if nothing had been. */
  async pause(forMs: number): Promise<void> {
    await this.during(async () => {
      this.#process.child.kill("SIGSTOP");
      await sleep(forMs);
      this.#process.child.kill("SIGCONT");
    });
  }

  /** Marks the time of something that is done to it; a little longer, until it has found its connections again. */
  async during(trouble: () => Promise<void>): Promise<void> {
    const spell: { readonly fromMs: number; toMs: number | null } = { fromMs: performance.now(), toMs: null };
    this.#troubles.push(spell);
    await trouble();
    spell.toMs = performance.now() + RECOVERY_MS;
  }
}

const RECOVERY_MS = 6000;
/** Minutes that a process may take to be ready, and how often it is started when it ends instead (its database may be away). */
const MOST_WAITS = 5;
const MOST_STARTS = 10;

function variablesOf({ folder }: Installation, { app, nth, port, databases }: TwinWish): Record<string, string> {
  if (app === "api") return { PORT: String(port), DATABASE_URL: databases.appUrl };
  if (app === "worker") return { TANDEM_WORKER_PORT: String(port), DATABASE_URL: databases.workerUrl };
  const own = { TANDEM_MEDIA_NODE: `media-${nth}`, TANDEM_MEDIA_DATA_DIR: join(folder, `media-${nth}`) };
  return { TANDEM_MEDIA_PORT: String(port), DATABASE_URL: databases.mediaUrl, ...(nth === 1 ? {} : own) };
}
