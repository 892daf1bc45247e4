/** µ-law at 8 kHz: eight bytes are a millisecond. */
const BYTES_PER_MS = 8;
const FIRST_BYTES = 1 << 14;
/** 16 s. */
const MOST_BYTES = 1 << 17;

/**
 * The caller's latest audio: the utterance in progress, at most its last 16 s, so that another recogniser can hear it again. Grows only
 * while an utterance needs it. Positions in milliseconds of the call's audio.
 */
export class UtteranceAudio {
  #bytes = new Uint8Array(FIRST_BYTES);
  #written = 0;
  #held = 0;

  get positionMs(): number {
    return this.#written / BYTES_PER_MS;
  }

  /** From here on nothing is given up, as far as there is room; an earlier position than before changes nothing. */
  holdFrom(positionMs: number): void {
    this.#held = Math.max(this.#held, Math.min(this.#written, positionMs * BYTES_PER_MS));
  }

  push(frame: Uint8Array): void {
    while (this.#written + frame.length - this.#held > this.#bytes.length && this.#bytes.length < MOST_BYTES)
      this.#grow();
    const size = this.#bytes.length;
    const at = this.#written % size;
    const head = Math.min(frame.length, size - at);
    if (head === frame.length) this.#bytes.set(frame, at);
    else {
      this.#bytes.set(frame.subarray(0, head), at);
      this.#bytes.set(frame.subarray(head), 0);
    }
    this.#written += frame.length;
  }

  /** Gives what is held, oldest first, in at most two pieces. Returns the position it begins at. */
  replay(send: (audio: Uint8Array) => void): number {
    const size = this.#bytes.length;
    const from = Math.max(this.#held, this.#written - size);
    if (from === this.#written) return this.positionMs;
    const start = from % size;
    const end = this.#written % size;
    if (start < end) send(this.#bytes.subarray(start, end));
    else {
      send(this.#bytes.subarray(start));
      if (end > 0) send(this.#bytes.subarray(0, end));
    }
    return from / BYTES_PER_MS;
  }

  #grow(): void {
    const former = this.#bytes;
    const from = Math.max(this.#held, this.#written - former.length, 0);
    const grown = new Uint8Array(former.length * 2);
    for (let at = from; at < this.#written; at += 1) grown[at % grown.length] = former[at % former.length] as number;
    this.#bytes = grown;
  }
}
