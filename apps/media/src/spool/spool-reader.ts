import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { readIfPresent, writeAtomically } from "../disk/atomic-file.ts";
import { decodeRecord, type SpoolRecord } from "./record.ts";
import { listSegments, removeSegment, segmentName } from "./segments.ts";
import type { SpoolPlace, SpoolWriter } from "./spool-writer.ts";

/** Where delivery stands. */
interface Cursor {
  readonly segment: number;
  readonly offset: number;
}

export interface SpoolBatch {
  readonly records: readonly SpoolRecord[];
  readonly end: Cursor;
}

const CHUNK_BYTES = 256 * 1024;

/** The delivering side of the spool: hands out batches in order of writing and remembers what was delivered. */
export class SpoolReader {
  /** Lines that could not be read back: torn by a crash or damaged on disk. */
  damaged = 0;
  #cursor: Cursor = { segment: 0, offset: 0 };
  readonly #folder: string;
  readonly #writer: SpoolWriter;

  private constructor(folder: string, writer: SpoolWriter) {
    this.#folder = folder;
    this.#writer = writer;
  }

  static async open(folder: string, writer: SpoolWriter): Promise<SpoolReader> {
    const reader = new SpoolReader(folder, writer);
    const saved = await readIfPresent(join(folder, "cursor.json"));
    if (saved !== null) reader.#cursor = parseCursor(saved);
    return reader;
  }

  /** Up to where records have been delivered. */
  get cursor(): SpoolPlace {
    return { segment: this.#cursor.segment, bytes: this.#cursor.offset };
  }

  /** Up to where records are on disk. */
  get tail(): SpoolPlace {
    return this.#writer.tail;
  }

  /** The next undelivered records, at most about 256 KiB of them; null when there are none. The same batch again until it is committed. */
  async next(): Promise<SpoolBatch | null> {
    for (const segment of await this.#segments()) {
      const offset = segment === this.#cursor.segment ? this.#cursor.offset : 0;
      const isTail = segment === this.#writer.tail.segment;
      const { records, bytes, isTorn } = await this.#read(segment, offset, isTail);
      if (records.length > 0) return { records, end: { segment, offset: offset + bytes } };
      if (isTail) continue;
      if (isTorn) this.damaged += 1;
      await this.#drop(segment);
    }
    return null;
  }

  async commit(batch: SpoolBatch): Promise<void> {
    await writeAtomically(join(this.#folder, "cursor.json"), JSON.stringify(batch.end));
    this.#cursor = batch.end;
  }

  /** True when nothing on disk waits for delivery. */
  async isEmpty(): Promise<boolean> {
    return (await this.next()) === null;
  }

  async #segments(): Promise<number[]> {
    return (await listSegments(this.#folder)).filter((segment) => segment >= this.#cursor.segment);
  }

  async #drop(segment: number): Promise<void> {
    const { size } = await stat(join(this.#folder, segmentName(segment)));
    await removeSegment(this.#folder, segment);
    this.#writer.forget(size);
  }

  async #read(segment: number, offset: number, isTail: boolean) {
    const file = await open(join(this.#folder, segmentName(segment)), "r");
    try {
      const durable = isTail ? this.#writer.tail.bytes : Number.POSITIVE_INFINITY;
      const buffer = Buffer.alloc(Math.max(0, Math.min(CHUNK_BYTES, durable - offset)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return this.#decode(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }

  #decode(chunk: Buffer): { records: SpoolRecord[]; bytes: number; isTorn: boolean } {
    const bytes = chunk.lastIndexOf(0x0a) + 1;
    const records: SpoolRecord[] = [];
    for (const line of chunk.subarray(0, bytes).toString("utf8").split("\n").slice(0, -1)) {
      const record = decodeRecord(line);
      if (record === null) this.damaged += 1;
      else records.push(record);
    }
    return { records, bytes, isTorn: bytes < chunk.length };
  }
}

/** A cursor that cannot be read begins at the oldest record: delivering twice changes nothing. */
function parseCursor(text: string): Cursor {
  try {
    const { segment, offset } = JSON.parse(text) as Cursor;
    if (Number.isSafeInteger(segment) && Number.isSafeInteger(offset)) return { segment, offset };
  } catch {
    // falls through to the start
  }
  return { segment: 0, offset: 0 };
}
