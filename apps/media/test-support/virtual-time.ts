import type { Clock } from "@tandem/kernel";
import type { Timer, Timers } from "../src/pipeline/timers.ts";

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Lets everything that is ready run: promises, and what they made ready. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that passes only when a test lets it: timers fire in the order of their time, whatever the machine is doing. */
export class VirtualTime implements Clock, Timers {
  readonly #due = new Set<Due>();
  #nowMs = 1_000_000;
  #order = 0;

  now(): number {
    return Date.UTC(2026, 0, 5, 9) + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.set(delayMs, resolve));
  }

  set(afterMs: number, fire: () => void): Timer {
    const due: Due = { atMs: this.#nowMs + afterMs, order: (this.#order += 1), fire };
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due) };
  }

  /** Timers that were set and neither fired nor were cancelled. */
  get pending(): number {
    return this.#due.size;
  }

  /** Lets so much time pass. */
  async pass(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settled();
    for (let next = this.#next(untilMs); next !== null; next = this.#next(untilMs)) {
      this.#due.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  /** Lets time pass until the condition holds; throws when it still does not after so long. */
  async until(what: string, holds: () => boolean, atMostMs = 30_000): Promise<void> {
    const untilMs = this.#nowMs + atMostMs;
    while (!holds()) {
      if (this.#nowMs >= untilMs) throw new Error(`not within ${atMostMs} ms: ${what}`);
      await this.pass(10);
    }
  }

  #next(untilMs: number): Due | null {
    let first: Due | null = null;
    for (const due of this.#due)
      if (first === null || due.atMs < first.atMs || (due.atMs === first.atMs && due.order < first.order)) first = due;
    return first !== null && first.atMs <= untilMs ? first : null;
  }
}
