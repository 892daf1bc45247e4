import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "@tandem/kernel";
import type { SessionWriter } from "@tandem/ports/store/pointer-feed";
import type { Logger } from "@tandem/telemetry";
import { SealedText } from "../disk/sealed-text.ts";
import type { SpoolRecord } from "./record.ts";
import { sealedCallers } from "./sealed-callers.ts";
import { SpoolReader } from "./spool-reader.ts";
import { SpoolSender } from "./spool-sender.ts";
import { DEFAULT_SPOOL_LIMITS, openSpoolWriter, type SpoolLimits } from "./spool-writer.ts";

/** The way of session rows and events from the answer path to the database: local disk first, then batches, through outages and restarts. */
export interface Spool {
  /** Never waits, never throws. Records that are not essential may be dropped when the spool is full. */
  append(record: SpoolRecord, isEssential: boolean): void;
  /** Everything appended so far is on disk. */
  flush(): Promise<void>;
  /** Resolves when everything appended so far is on disk, or after a moment when the disk is slow: before a report is acknowledged. */
  settled(): Promise<void>;
  /** Resolves when the database has everything appended so far: true, or false when that takes longer. */
  delivered(withinMs: number): Promise<boolean>;
  readonly state: SpoolState;
  /** Waits up to `withinMs` for the database to take everything, then closes; what is left is delivered after the next start. */
  close(withinMs: number): Promise<void>;
}

export interface SpoolState {
  readonly bytes: number;
  /** Records that were not essential and did not fit. */
  readonly dropped: number;
  /** Essential records lost because the disk refused them for too long. */
  readonly lost: number;
  readonly quarantined: number;
  readonly damaged: number;
  readonly isDelivering: boolean;
}

export async function openSpool(options: {
  readonly dataDir: string;
  readonly writer: SessionWriter;
  readonly ticketKey: Secret;
  readonly log: Logger;
  readonly limits?: SpoolLimits;
  readonly backOffMs?: { readonly first: number; readonly longest: number };
}): Promise<Spool> {
  const folder = join(options.dataDir, "spool");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const segments = await openSpoolWriter(folder, options.log, options.limits ?? DEFAULT_SPOOL_LIMITS);
  const reader = await SpoolReader.open(folder, segments);
  const backOffMs = options.backOffMs ?? { first: 250, longest: 15_000 };
  const callers = sealedCallers(new SealedText(options.ticketKey, "spool"));
  const sender = new SpoolSender({
    folder,
    reader,
    writer: callers.opening(options.writer),
    log: options.log,
    backOffMs,
  });
  segments.onFlush(() => sender.wake());
  sender.start();
  return {
    append: (record, isEssential) => segments.append(callers.sealed(record), isEssential),
    flush: () => segments.flush(),
    settled: () => inAMoment(segments.flush()),
    delivered: async (withinMs) => {
      const untilMs = performance.now() + withinMs;
      const isOnDisk = await segments.flush().then(
        () => true,
        () => false, // the writer tells why
      );
      if (!isOnDisk) return false;
      const { tail } = segments;
      while (!sender.hasDelivered(tail)) {
        if (performance.now() >= untilMs) return false;
        sender.wake();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return true;
    },
    get state() {
      return {
        bytes: segments.bytes,
        dropped: segments.dropped,
        lost: segments.lost,
        quarantined: sender.quarantined,
        damaged: reader.damaged,
        isDelivering: sender.isDelivering,
      };
    },
    async close(withinMs) {
      await segments.flush().catch(() => undefined);
      const until = performance.now() + withinMs;
      while (performance.now() < until && sender.isDelivering && !(await reader.isEmpty())) {
        sender.wake();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      await sender.stop();
      await segments.close().catch(() => undefined);
    },
  };
}

const LONGEST_WAIT_MS = 500;
const LOOK_MS = 20;

/** The work, or the time, whichever ends first. A disk that refuses is the writer's to tell. */
async function inAMoment(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_WAIT_MS)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
