/** Calls back when nothing was heard for a while. One timer that is set again only when it has run out. */
export class IdleWatch {
  readonly #allowedMs: number;
  readonly #onIdle: () => void;
  #heardAtMs = performance.now();
  #timer: NodeJS.Timeout;

  constructor(allowedMs: number, onIdle: () => void) {
    this.#allowedMs = allowedMs;
    this.#onIdle = onIdle;
    this.#timer = this.#wait(allowedMs);
  }

  /** Something was heard. */
  touch(): void {
    this.#heardAtMs = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const leftMs = this.#heardAtMs + this.#allowedMs - performance.now();
      if (leftMs > 0) this.#timer = this.#wait(leftMs);
      else this.#onIdle();
    }, Math.ceil(delayMs)).unref();
  }
}
