/** How many frames a connection may bring. */
export interface FrameAllowance {
  /** On average. */
  readonly framesPerSecond: number;
  /** What a stalled network may deliver at once. */
  readonly mostSaved: number;
}

/** A carrier's stream: 50 frames per second are normal, and ten seconds of audio and more may come at once. */
const CARRIER: FrameAllowance = { framesPerSecond: 100, mostSaved: 1000 };

/** Lets a connection have the frames of a real call and no flood. Allocates nothing per frame. */
export class FrameBudget {
  readonly #allowance: FrameAllowance;
  #left: number;
  #seenMs: number;

  constructor(nowMs: number, allowance = CARRIER) {
    this.#allowance = allowance;
    this.#left = allowance.mostSaved;
    this.#seenMs = nowMs;
  }

  /** Takes one frame; false when there are too many. */
  take(nowMs: number): boolean {
    const { framesPerSecond, mostSaved } = this.#allowance;
    this.#left = Math.min(mostSaved, this.#left + ((nowMs - this.#seenMs) * framesPerSecond) / 1000) - 1;
    this.#seenMs = nowMs;
    return this.#left >= 0;
  }
}
