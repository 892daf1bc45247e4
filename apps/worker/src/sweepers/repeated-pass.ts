/** What a pass is repeated by. */
export interface Repetition {
  /** Between the end of one pass and the beginning of the next. */
  readonly pauseMs: number;
  /** Told of a pass that failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
}

/** One pass after the other, with a pause before each, until it is stopped. Passes never overlap. */
export class RepeatedPass {
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();
  #isStopped = false;
  readonly #work: () => Promise<void>;
  readonly #repetition: Repetition;

  constructor(work: () => Promise<void>, repetition: Repetition) {
    this.#work = work;
    this.#repetition = repetition;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#pass = this.#work()
        .catch(this.#repetition.onError)
        .finally(() => this.start());
    }, this.#repetition.pauseMs);
  }

  /** No pass begins from now on. */
  halt(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Resolves when the pass under way has ended. */
  async ended(): Promise<void> {
    await this.#pass;
  }
}
