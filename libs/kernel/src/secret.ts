const REDACTED = "[redacted]";

/** A value that must not be seen: every way of printing it says `[redacted]`. `reveal()` is for adapters, sealing and verifiers only (lint). */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
