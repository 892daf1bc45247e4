/** What a telephone line carries at once. */
export const FRAME_MS = 20;

/** Frames made up for at most, after the process stood still. */
const MOST_LATE_FRAMES = 50;

/** Called once for each 20 ms; must not throw. */
export type OnFrame = () => void;

/**
 * The beat of every line in this process: one timer, no drift. A beat that comes late is made up for at once, so that in the long run
 * each line gets exactly fifty frames a second; only after a second's standstill are beats lost. Runs only while somebody listens.
 */
export class FrameClock {
  readonly #listeners = new Set<OnFrame>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #dueMs = 0;

  /** Calls from the next beat on; returns what ends it. */
  listen(onFrame: OnFrame): () => void {
    this.#listeners.add(onFrame);
    if (this.#timer === null) {
      this.#dueMs = performance.now() + FRAME_MS;
      this.#arm();
    }
    return () => void this.#listeners.delete(onFrame);
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#beat(), Math.max(0, this.#dueMs - performance.now()));
  }

  #beat(): void {
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs, nowMs - MOST_LATE_FRAMES * FRAME_MS);
    for (; this.#dueMs <= nowMs; this.#dueMs += FRAME_MS) for (const onFrame of this.#listeners) onFrame();
    if (this.#listeners.size === 0) this.#timer = null;
    else this.#arm();
  }
}

/** The beat that lines of this process share. */
export const frameClock: FrameClock = new FrameClock();
