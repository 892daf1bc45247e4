import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@tandem/telemetry";
import { rateLimited } from "@tandem/telemetry";
import { encodeRecord, type SpoolRecord } from "./record.ts";
import { listSegments, segmentName } from "./segments.ts";

export interface SpoolLimits {
  /** How long records may wait in memory for one common fsync, milliseconds. */
  readonly flushMs: number;
  readonly segmentBytes: number;
  /** Bytes on disk and in memory from which records that are not essential are dropped and counted. */
  readonly softLimitBytes: number;
  /** Most bytes kept in memory while the disk refuses writes; beyond it even essential records are lost, counted and alarmed. */
  readonly memoryLimitBytes: number;
}

export const DEFAULT_SPOOL_LIMITS: SpoolLimits = {
  flushMs: 20,
  segmentBytes: 8 * 2 ** 20,
  softLimitBytes: 512 * 2 ** 20,
  memoryLimitBytes: 64 * 2 ** 20,
};

/** A place in the spool: a segment by its number, and bytes from its beginning. */
export interface SpoolPlace {
  readonly segment: number;
  readonly bytes: number;
}

export const isPast = (place: SpoolPlace, other: SpoolPlace): boolean =>
  place.segment > other.segment || (place.segment === other.segment && place.bytes >= other.bytes);

/** The append side of the spool. `append` never waits and never throws: the answer path calls it. */
export interface SpoolWriter {
  append(record: SpoolRecord, isEssential: boolean): void;
  /** Resolves when everything appended so far is on disk; rejects when the disk refuses. */
  flush(): Promise<void>;
  /** Number of the segment that is being written and how many of its bytes are on disk. */
  readonly tail: SpoolPlace;
  /** Called after each flush. */
  onFlush(listener: () => void): void;
  /** Tells that a delivered segment was removed. */
  forget(bytes: number): void;
  readonly dropped: number;
  readonly lost: number;
  readonly bytes: number;
  close(): Promise<void>;
}

/** Opens the spool in a folder; writing begins with a segment of its own, so that a torn tail of the last run stays apart. */
export async function openSpoolWriter(
  folder: string,
  log: Logger,
  limits: SpoolLimits = DEFAULT_SPOOL_LIMITS,
): Promise<SpoolWriter> {
  const present = await listSegments(folder);
  const sizes = await Promise.all(present.map(async (number) => (await stat(join(folder, segmentName(number)))).size));
  const writer = new SegmentWriter(folder, log, limits, (present.at(-1) ?? 0) + 1);
  writer.diskBytes = sizes.reduce((sum, size) => sum + size, 0);
  return writer;
}

class SegmentWriter implements SpoolWriter {
  dropped = 0;
  lost = 0;
  diskBytes = 0;
  /** Records taken in and records on disk, counted since the start: what `flush` waits for. */
  #taken = 0;
  #written = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #file: FileHandle | null = null;
  #segment: number;
  #segmentBytes = 0;
  #flushing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #listeners: (() => void)[] = [];
  readonly #folder: string;
  readonly #limits: SpoolLimits;
  readonly #alarm: (error: unknown) => void;

  constructor(folder: string, log: Logger, limits: SpoolLimits, segment: number) {
    this.#folder = folder;
    this.#limits = limits;
    this.#segment = segment;
    this.#alarm = rateLimited(10_000, (leftOut, error) =>
      log.error({ err: error, leftOut, lost: this.lost, dropped: this.dropped }, "the event spool cannot be written"),
    );
  }

  get tail() {
    return { segment: this.#segment, bytes: this.#segmentBytes };
  }

  get bytes(): number {
    return this.diskBytes + this.#waitingBytes;
  }

  onFlush(listener: () => void): void {
    this.#listeners.push(listener);
  }

  forget(bytes: number): void {
    this.diskBytes -= bytes;
  }

  append(record: SpoolRecord, isEssential: boolean): void {
    if (!isEssential && this.bytes >= this.#limits.softLimitBytes) {
      this.dropped += 1;
      return;
    }
    const line = encodeRecord(record);
    if (this.#waitingBytes + line.length > this.#limits.memoryLimitBytes) {
      this.lost += 1;
      this.#alarm(new Error("the spool's memory is full"));
      return;
    }
    this.#taken += 1;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), this.#limits.flushMs);
  }

  async flush(): Promise<void> {
    const wanted = this.#taken; // not what others append meanwhile: on a busy node that never ends
    while (this.#written < wanted) {
      this.#flushing ??= this.#writeOut().finally(() => (this.#flushing = null));
      await this.#flushing;
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#file?.close();
      if (this.#timer !== null) clearTimeout(this.#timer);
    }
  }

  async #writeOut(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting;
    this.#waiting = [];
    const chunk = Buffer.concat(lines);
    try {
      await this.#write(chunk);
      this.#waitingBytes -= chunk.length;
      this.#written += lines.length;
    } catch (error) {
      this.#waiting = [...lines, ...this.#waiting];
      this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), 1000);
      this.#alarm(error);
      throw error;
    }
    for (const listener of this.#listeners) listener();
  }

  /** A chunk whose write failed half way is cut off again, so that the retry does not leave a torn line in between. */
  async #write(chunk: Buffer): Promise<void> {
    if (this.#file !== null && this.#segmentBytes >= this.#limits.segmentBytes) await this.#rotate();
    this.#file ??= await open(join(this.#folder, segmentName(this.#segment)), "w", 0o600);
    try {
      await this.#file.write(chunk, 0, chunk.length, this.#segmentBytes);
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(this.#segmentBytes).catch(() => undefined);
      throw error;
    }
    this.#segmentBytes += chunk.length;
    this.diskBytes += chunk.length;
  }

  async #rotate(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#segment += 1;
    this.#segmentBytes = 0;
  }
}
