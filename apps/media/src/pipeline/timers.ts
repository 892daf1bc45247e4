/** One timer that was set. */
export interface Timer {
  /** Afterwards it does not fire. Cancelling one that fired does nothing. */
  cancel(): void;
}

/** Where the pipeline's timers come from: the machine's, or a test's own time. */
export interface Timers {
  set(afterMs: number, fire: () => void): Timer;
}

/** Later than this the process was held up, and what is waited for may lie in a socket already. */
const HELD_UP_MS = 50;

/** One that was held up takes in what has arrived before it fires: a provider is not called late because we were. */
export const systemTimers: Timers = {
  set(afterMs, fire) {
    const dueMs = performance.now() + afterMs;
    let immediate: NodeJS.Immediate | null = null;
    const timeout = setTimeout(() => {
      if (performance.now() - dueMs < HELD_UP_MS) fire();
      else immediate = setImmediate(fire);
    }, afterMs);
    return {
      cancel: () => {
        clearTimeout(timeout);
        if (immediate !== null) clearImmediate(immediate);
      },
    };
  },
};

/** One timer at a time: setting it anew cancels the former. */
export class Deadline {
  readonly #timers: Timers;
  readonly #fire: () => void;
  #timer: Timer | null = null;

  constructor(timers: Timers, fire: () => void) {
    this.#timers = timers;
    this.#fire = fire;
  }

  get isSet(): boolean {
    return this.#timer !== null;
  }

  set(afterMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#timers.set(afterMs, () => {
      this.#timer = null;
      this.#fire();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
