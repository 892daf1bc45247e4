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

const DAY_MS = 86_400_000;
/** A hundred million days from 1970, where dates end. */
const LAST_MS = DAY_MS * 100_000_000;
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** The last day that was written, up to its `T`: most instants are of the same. */
let written = { day: 0, text: "1970-01-01T" };

/** The instant of an epoch-millisecond time. Throws a RangeError for what is no time. */
export function instant(epochMs: number): Instant {
  if (!Number.isInteger(epochMs) || Math.abs(epochMs) > LAST_MS) return new Date(epochMs).toISOString();
  const day = Math.floor(epochMs / DAY_MS);
  if (day !== written.day) written = { day, text: new Date(day * DAY_MS).toISOString().slice(0, -13) };
  const ms = epochMs - day * DAY_MS;
  const hour = twoDigits[Math.trunc(ms / 3_600_000)];
  const minute = twoDigits[Math.trunc(ms / 60_000) % 60];
  const second = twoDigits[Math.trunc(ms / 1000) % 60];
  return `${written.text}${hour}:${minute}:${second}.${String(1000 + (ms % 1000)).slice(1)}Z`;
}

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
