/** Frames per second that a call may have on average; 50 are normal. */
const FRAMES_PER_SECOND = 100;
/** What a stalled network may deliver at once: ten seconds of audio and more. */
const MOST_SAVED = 1000;

/** Lets a stream have the frames of a real call and no flood. Allocates nothing per frame. */
export class FrameBudget {
  #left = MOST_SAVED;
  #seenMs: number;

  constructor(nowMs: number) {
    this.#seenMs = nowMs;
  }

  /** Takes one frame; false when there are too many. */
  take(nowMs: number): boolean {
    this.#left = Math.min(MOST_SAVED, this.#left + ((nowMs - this.#seenMs) * FRAMES_PER_SECOND) / 1000) - 1;
    this.#seenMs = nowMs;
    return this.#left >= 0;
  }
}
