import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@tandem/kernel";
import type { SessionEventRow, SessionRow, SessionWriter } from "@tandem/ports/store/pointer-feed";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { encodeRecord, type SpoolRecord } from "./record.ts";
import type { SpoolReader } from "./spool-reader.ts";
import { isPast, type SpoolPlace } from "./spool-writer.ts";

export interface SpoolSenderOptions {
  readonly folder: string;
  readonly reader: SpoolReader;
  readonly writer: SessionWriter;
  readonly log: Logger;
  /** First and longest pause after a failure, milliseconds. */
  readonly backOffMs: { readonly first: number; readonly longest: number };
}

/** Records that come one by one travel together: a delivery costs several file operations and a transaction, however little it carries. */
const GATHER_MS = 100;
/** A batch of so many is a backlog: the next follows at once. */
const MANY_RECORDS = 100;

/** Carries records from the spool to the database, in order, as long as it takes. */
export class SpoolSender {
  /** Records the database refuses for good; kept in `quarantine.log`, counted and alarmed. */
  quarantined = 0;
  isDelivering = true;
  readonly #options: SpoolSenderOptions;
  readonly #alarm: (error: unknown) => void;
  #isStopped = false;
  #wake: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #pauseMs = 0;
  /** Where the tail was when nothing was left to deliver. */
  #emptyAt: SpoolPlace | null = null;
  /** Something was written since the last look: without it a wake-up between looking and waiting would be lost. */
  #hasNews = false;

  constructor(options: SpoolSenderOptions) {
    this.#options = options;
    this.#alarm = rateLimited(30_000, (leftOut, error) =>
      options.log.warn({ err: error, leftOut }, "session events wait in the spool"),
    );
  }

  /** Whether the database has everything that lies before this place. */
  hasDelivered(place: SpoolPlace): boolean {
    return isPast(this.#options.reader.cursor, place) || (this.#emptyAt !== null && isPast(this.#emptyAt, place));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** New records are on disk. */
  wake(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  /** Stops after the delivery in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#hasNews = false;
      const delivered = await this.#deliverNext();
      if (this.#isStopped || delivered >= MANY_RECORDS) continue;
      if (delivered > 0) await this.#wait(GATHER_MS, true);
      else if (!this.#hasNews || this.#pauseMs > 0) await this.#wait(this.#pauseMs || 1000, this.#pauseMs > 0);
    }
  }

  /** How many records were delivered. */
  async #deliverNext(): Promise<number> {
    try {
      const { tail } = this.#options.reader;
      const batch = await this.#options.reader.next();
      if (batch === null) {
        this.#emptyAt = tail;
        return 0;
      }
      await this.#deliver(batch.records);
      await this.#options.reader.commit(batch);
      this.#pauseMs = 0;
      this.isDelivering = true;
      return batch.records.length;
    } catch (error) {
      const { first, longest } = this.#options.backOffMs;
      this.#pauseMs = Math.min(longest, this.#pauseMs === 0 ? first : this.#pauseMs * 2);
      this.isDelivering = false;
      this.#alarm(error);
      return 0;
    }
  }

  async #deliver(records: readonly SpoolRecord[]): Promise<void> {
    try {
      await this.#options.writer.write(batchOf(records));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.#deliverApart(records, error);
    }
  }

  /** Halves until the refused record stands alone; the rest is delivered. */
  async #deliverApart(records: readonly SpoolRecord[], error: unknown): Promise<void> {
    if (records.length === 1) return this.#quarantine(records[0] as SpoolRecord, error);
    const middle = Math.ceil(records.length / 2);
    await this.#deliver(records.slice(0, middle));
    await this.#deliver(records.slice(middle));
  }

  async #quarantine(record: SpoolRecord, error: unknown): Promise<void> {
    await appendFile(join(this.#options.folder, "quarantine.log"), encodeRecord(record), { mode: 0o600 });
    this.quarantined += 1;
    const { sessionId, deploymentId } = record.row;
    this.#options.log.error(
      { err: error, kind: record.kind, sessionId, deploymentId },
      "the database refuses a record",
    );
  }

  #wait(delayMs: number, isFixed: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      this.#wake = () => {
        if (!isFixed || this.#isStopped) done();
      };
    });
  }
}

/** Rows of one batch; of several versions of a session the last one counts. */
function batchOf(records: readonly SpoolRecord[]): { sessions: SessionRow[]; events: SessionEventRow[] } {
  const sessions = new Map<string, SessionRow>();
  const events: SessionEventRow[] = [];
  for (const record of records) {
    if (record.kind === "session") sessions.set(record.row.sessionId, record.row);
    else events.push(record.row);
  }
  return { sessions: [...sessions.values()], events };
}

/** True when repeating cannot help: the data itself breaks a rule (SQLSTATE classes 22 and 23), not the connection. */
function isRefusal(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AppError && cause.code === "invalid_input") return true;
    const code = (cause as { code?: unknown }).code;
    if (typeof code === "string" && /^2[23][0-9A-Z]{3}$/.test(code)) return true;
  }
  return false;
}
