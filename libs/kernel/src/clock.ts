/** An instant as ISO 8601 UTC text with milliseconds, e.g. `2026-11-20T13:42:51.000Z`. */
export type Instant = string;

/** Time as the caller sees it. Leases and due times never use it: they are decided by the database's clock. */
export interface Clock {
  /** Wall clock, epoch milliseconds. May jump. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary start: for deadlines and durations. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The instant of an epoch-millisecond time. */
export const instant = (epochMs: number): Instant => new Date(epochMs).toISOString();

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => (clearTimeout(timer), reject(signal?.reason));
      const timer = setTimeout(() => (signal?.removeEventListener("abort", onAbort), resolve()), delayMs);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};
