import { totalmem } from "node:os";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** What the process says of itself at one moment. */
export interface LoadReading {
  /** Monotonic. */
  readonly atMs: number;
  /** The greater of heap against its limit and resident memory against what the process may have, 0–1. */
  readonly memoryRatio: number;
  /** 99th percentile of the event loop's delay since the last reading, milliseconds. */
  readonly lagMs: number;
  /** Share of time since the last reading in which the event loop was busy, 0–1. */
  readonly busyRatio: number;
}

const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/** Reads the process's load; each reading covers the time since the one before. */
export interface LoadReader {
  read(): LoadReading;
  close(): void;
}

export function loadReader(): LoadReader {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let utilization = performance.eventLoopUtilization();
  return {
    read() {
      const lagMs = Math.max(0, delay.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS);
      delay.reset();
      const present = performance.eventLoopUtilization();
      const busyRatio = performance.eventLoopUtilization(present, utilization).utilization;
      utilization = present;
      return { atMs: performance.now(), memoryRatio: memoryRatio(), lagMs, busyRatio };
    },
    close: () => void delay.disable(),
  };
}

function memoryRatio(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  const constrained = process.constrainedMemory();
  const most = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(used / limit, process.memoryUsage.rss() / most);
}
