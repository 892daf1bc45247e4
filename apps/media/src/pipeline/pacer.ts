import type { Timer, Timers } from "./timers.ts";

/** How often everything that plays is looked at, milliseconds. */
const TICK_MS = 40;

/** One ticker for all calls of the process; it runs only while somebody plays. */
export class Pacer {
  readonly #timers: Timers;
  readonly #members = new Set<() => void>();
  #timer: Timer | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** From now on `tick` is called every 40 ms, until it is removed. */
  add(tick: () => void): void {
    this.#members.add(tick);
    if (this.#timer === null) this.#schedule();
  }

  remove(tick: () => void): void {
    this.#members.delete(tick);
    if (this.#members.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #schedule(): void {
    this.#timer = this.#timers.set(TICK_MS, () => {
      // First the next tick: one member that throws must not end the time of all.
      this.#schedule();
      for (const tick of this.#members) tick();
    });
  }
}
