import { Deadline, type Timers } from "../pipeline/timers.ts";

/** A small real use of the provider, off every call's path; true when it did what a call needs of it. Never rejects. */
export type Probe = () => Promise<boolean>;

const FAILURES_TO_OPEN = 3;
const FIRST_PROBE_MS = 1000;
const LONGEST_PROBE_MS = 60_000;

/**
 * Keeps calls away from a provider that has failed three times in a row, until a probe has succeeded. Probes come after 1 s, then twice as
 * long each time, up to a minute.
 */
export class Breaker {
  readonly #retry: Deadline;
  #failures = 0;
  #isOpen = false;
  #isStopped = false;
  #delayMs = FIRST_PROBE_MS;
  #probe: Probe | null = null;

  constructor(timers: Timers) {
    this.#retry = new Deadline(timers, () => void this.#tryAgain());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  succeeded(): void {
    this.#failures = 0;
    if (this.#isOpen) this.#close();
  }

  /** Counts a failure; true when it opened the breaker. `probe` is what will find out whether the provider is back. */
  failed(probe: Probe): boolean {
    this.#failures += 1;
    if (this.#isOpen || this.#failures < FAILURES_TO_OPEN) return false;
    this.#isOpen = true;
    this.#probe = probe;
    this.#delayMs = FIRST_PROBE_MS;
    this.#schedule();
    return true;
  }

  /** No probe follows any more. */
  stop(): void {
    this.#isStopped = true;
    this.#retry.cancel();
  }

  #close(): void {
    this.#isOpen = false;
    this.#probe = null;
    this.#retry.cancel();
  }

  #schedule(): void {
    if (!this.#isStopped) this.#retry.set(this.#delayMs);
  }

  async #tryAgain(): Promise<void> {
    const probe = this.#probe;
    if (probe === null) return;
    const isBack = await probe();
    if (this.#probe !== probe) return;
    if (isBack) return this.succeeded();
    this.#delayMs = Math.min(LONGEST_PROBE_MS, this.#delayMs * 2);
    this.#schedule();
  }
}

/** The breakers of a node, one for each kind, provider and connection, shared by all its calls. */
export class Breakers {
  readonly #timers: Timers;
  readonly #breakers = new Map<string, Breaker>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  of(kind: string, provider: string, connectionId: string): Breaker {
    const key = `${kind} ${provider} ${connectionId}`;
    let breaker = this.#breakers.get(key);
    if (breaker === undefined) {
      breaker = new Breaker(this.#timers);
      this.#breakers.set(key, breaker);
    }
    return breaker;
  }

  stop(): void {
    for (const breaker of this.#breakers.values()) breaker.stop();
  }
}
