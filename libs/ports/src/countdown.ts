import type { Clock } from "@tandem/kernel";

/** One deadline that is often moved: the timer behind it is set again only when it rings early, so moving costs nothing. */
export class Countdown {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #dueMs: number | null = null;
  #sleep: AbortController | null = null;

  /** `onDue` runs once for each deadline that passes. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get isRunning(): boolean {
    return this.#dueMs !== null;
  }

  /** Due `delayMs` from now; an earlier deadline is forgotten. */
  set(delayMs: number): void {
    this.#dueMs = this.#clock.monotonicMs() + delayMs;
    if (this.#sleep === null) this.#sleepFor(delayMs);
  }

  /** No deadline any more. The timer may still ring, unheard. */
  clear(): void {
    this.#dueMs = null;
  }

  /** No deadline and no timer. */
  stop(): void {
    this.#dueMs = null;
    this.#sleep?.abort();
    this.#sleep = null;
  }

  #sleepFor(delayMs: number): void {
    const sleep = new AbortController();
    this.#sleep = sleep;
    this.#clock.sleep(delayMs, sleep.signal).then(
      () => this.#ring(sleep),
      () => {},
    );
  }

  #ring(sleep: AbortController): void {
    if (this.#sleep !== sleep) return;
    this.#sleep = null;
    if (this.#dueMs === null) return;
    const leftMs = this.#dueMs - this.#clock.monotonicMs();
    if (leftMs > 0.5) return this.#sleepFor(leftMs);
    this.#dueMs = null;
    this.#onDue();
  }
}
