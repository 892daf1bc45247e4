import type { Happening, HistoryEvent } from "./event.ts";

/** What happened around the engine, in order: written by the tables, the vendors, the nodes and the people, read by the checker. */
export class History {
  readonly events: HistoryEvent[] = [];
  /** Told of each entry after it; null: nobody. */
  listener: ((event: HistoryEvent) => void) | null = null;
  readonly #nowMs: () => number;
  #waiting: (() => void)[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What is told becomes the entry itself. */
  note(happening: Happening): void {
    const event = Object.assign(happening, { atMs: this.#nowMs() });
    this.events.push(event);
    this.listener?.(event);
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves with the next entry. */
  next(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }
}
