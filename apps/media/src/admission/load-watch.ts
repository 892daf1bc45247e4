import type { Logger } from "@tandem/telemetry";
import type { LoadReading } from "./load-reading.ts";
import { MemoryTrend } from "./memory-trend.ts";

/** How loaded a node is. 1 is as much as it should bear. */
export interface NodeLoad {
  readonly memoryRatio: number;
  /** Delay of the audio thread, 99th percentile, smoothed, milliseconds. */
  readonly lagMs: number;
  /** Share of time in which the audio thread was busy, smoothed. */
  readonly busyRatio: number;
  readonly openCalls: number;
  /** The highest of all, each against its own limit: from 1 on new calls go to their fallback. */
  readonly effective: number;
  /** What is highest. */
  readonly limitedBy: "memory" | "lag" | "cpu" | "calls";
  /** `pre-scale`: memory will cross 70 % within five minutes · `scale`: it has · `alert`: it is above 80 %. */
  readonly signal: "none" | "pre-scale" | "scale" | "alert";
}

/** Shares of memory (ruling 14). */
export const MEMORY = { scale: 0.7, alert: 0.8 } as const;
const FORESEE_MS = 5 * 60_000;
const FULL_LAG_MS = 200;
const FULL_BUSY = 0.95;
/** Weight of the newest second: about ten count. */
const NEWEST = 0.1;

/** Judges a node's readings, one each second. */
export class LoadWatch {
  readonly #maxCalls: number;
  readonly #openCalls: () => number;
  readonly #log: Logger;
  readonly #trend = new MemoryTrend();
  #memoryRatio = 0;
  #lagMs = 0;
  #busyRatio = 0;
  #signal: NodeLoad["signal"] = "none";

  constructor(options: { readonly maxCalls: number; readonly openCalls: () => number; readonly log: Logger }) {
    this.#maxCalls = options.maxCalls;
    this.#openCalls = options.openCalls;
    this.#log = options.log;
  }

  /** Calls count as they are, not as they were a second ago. */
  get load(): NodeLoad {
    const openCalls = this.#openCalls();
    const [memoryRatio, lagMs, busyRatio] = [this.#memoryRatio, this.#lagMs, this.#busyRatio];
    const shares = [
      { limitedBy: "memory", share: memoryRatio / MEMORY.alert },
      { limitedBy: "lag", share: lagMs / FULL_LAG_MS },
      { limitedBy: "cpu", share: busyRatio / FULL_BUSY },
      { limitedBy: "calls", share: openCalls / this.#maxCalls },
    ] as const;
    const highest = shares.reduce((one, other) => (other.share > one.share ? other : one));
    const { limitedBy, share: effective } = highest;
    return { memoryRatio, lagMs, busyRatio, openCalls, effective, limitedBy, signal: this.#signal };
  }

  /** Memory leaves room for more calls. */
  get hasRoom(): boolean {
    return this.#memoryRatio < MEMORY.scale;
  }

  take({ atMs, memoryRatio, lagMs, busyRatio }: LoadReading): void {
    this.#memoryRatio = memoryRatio;
    this.#lagMs += (lagMs - this.#lagMs) * NEWEST;
    this.#busyRatio += (busyRatio - this.#busyRatio) * NEWEST;
    this.#trend.add(atMs, memoryRatio);
    const signal = this.#judge();
    if (signal !== this.#signal) this.#tell(signal);
    this.#signal = signal;
  }

  #judge(): NodeLoad["signal"] {
    if (this.#memoryRatio >= MEMORY.alert) return "alert";
    if (this.#memoryRatio >= MEMORY.scale) return "scale";
    return (this.#trend.foresee(FORESEE_MS) ?? 0) >= MEMORY.scale ? "pre-scale" : "none";
  }

  #tell(signal: NodeLoad["signal"]): void {
    const facts = { signal, memoryRatio: Number(this.#memoryRatio.toFixed(3)), openCalls: this.#openCalls() };
    if (signal === "alert") this.#log.error(facts, "memory is above 80 %: new calls go to their fallback");
    else if (signal === "scale") this.#log.warn(facts, "memory is above 70 %: this node takes no new calls");
    else
      this.#log.info(facts, signal === "none" ? "memory has room again" : "memory will be above 70 % in five minutes");
  }
}
