import type { Clock } from "@tandem/kernel";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Lets everything that is ready run: promises first, then whatever they made ready. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs every promise that is ready, at once; only outside of promises. What Node does itself between two of its callbacks. */
const settleNow = (process as unknown as { readonly _tickCallback: () => void })._tickCallback;

/**
 * Time that only passes when everybody sleeps. `run` fires one timer after the other in the order of their time (equal times in the
 * order they were set) and lets its consequences finish first, so that a schedule is decided by the delays alone.
 */
export class VirtualClock implements Clock {
  readonly #timers: Timer[] = [];
  readonly #isDense: boolean;
  #nowMs: number;
  #order = 0;

  /** `isDense`: nothing but promises and this clock is waited for, so that no turn of the event loop is spent on each timer. */
  constructor(startMs = Date.UTC(2026, 0, 5, 9), isDense = false) {
    this.#nowMs = startMs;
    this.#isDense = isDense;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal === undefined) return this.after(delayMs, resolve);
      if (signal.aborted) return reject(signal.reason as Error);
      const stop = () => reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
      this.after(delayMs, () => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
    });
  }

  /** Does something once this time has passed; must not throw. */
  after(delayMs: number, fire: () => void): void {
    this.#push({ atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire });
  }

  /** Runs until the promise is settled, or until this time, whichever comes first. True: it is settled. */
  async run(until: Promise<unknown>, horizonMs: number): Promise<boolean> {
    const state = { isDone: false };
    void markWhenSettled(until, state);
    await settled();
    if (this.#isDense) return this.#runDense(state, horizonMs);
    while (!state.isDone) {
      if (!this.#fireNext(horizonMs)) return false;
      await settled();
    }
    return true;
  }

  #runDense(state: { readonly isDone: boolean }, horizonMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          while (!state.isDone && this.#fireNext(horizonMs)) settleNow();
          resolve(state.isDone);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** False: there is no timer left within the horizon. */
  #fireNext(horizonMs: number): boolean {
    const next = this.#pop();
    if (next === undefined || next.atMs > horizonMs) return false;
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.fire();
    return true;
  }

  #push(timer: Timer): void {
    const timers = this.#timers;
    let index = timers.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, timers[parent] as Timer)) break;
      timers[index] = timers[parent] as Timer;
      index = parent;
    }
    timers[index] = timer;
  }

  #pop(): Timer | undefined {
    const timers = this.#timers;
    const first = timers[0];
    const last = timers.pop();
    if (first === undefined || last === undefined || timers.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= timers.length) break;
      const right = left + 1;
      const child = right < timers.length && isBefore(timers[right] as Timer, timers[left] as Timer) ? right : left;
      if (!isBefore(timers[child] as Timer, last)) break;
      timers[index] = timers[child] as Timer;
      index = child;
    }
    timers[index] = last;
    return first;
  }
}

async function markWhenSettled(work: Promise<unknown>, state: { isDone: boolean }): Promise<void> {
  await Promise.allSettled([work]);
  state.isDone = true;
}

const isBefore = (left: Timer, right: Timer): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
