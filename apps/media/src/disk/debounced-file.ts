import type { Logger } from "@tandem/telemetry";
import { writeAtomically } from "./atomic-file.ts";

/** Share of the thread's time that one file may take. */
const MOST_SHARE = 0.02;

/** A JSON file that follows something in memory: written as a whole, at most once per `delayMs` and rarer when that is much work, never awaited by a call. */
export class DebouncedFile {
  readonly #path: string;
  readonly #delayMs: number;
  readonly #produce: () => unknown;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #producedInMs = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: { path: string; delayMs: number; produce: () => unknown; log: Logger }) {
    this.#path = options.path;
    this.#delayMs = options.delayMs;
    this.#produce = options.produce;
    this.#log = options.log;
  }

  /** What it follows has changed. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.#write(), Math.max(this.#delayMs, this.#producedInMs / MOST_SHARE));
  }

  /** Resolves when the last change is on disk. */
  async flush(): Promise<void> {
    if (this.#timer !== null) this.#write();
    await this.#writing;
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing
      .then(() => writeAtomically(this.#path, this.#text()))
      .catch((error: unknown) =>
        this.#log.warn({ err: error, file: this.#path }, "a file of this node cannot be written"),
      );
  }

  #text(): string {
    const startedAt = performance.now();
    const text = JSON.stringify(this.#produce());
    this.#producedInMs = performance.now() - startedAt;
    return text;
  }
}
