/** µ-law at 8 kHz. */
const BYTES_PER_MS = 8;
const FIRST_BYTES = 1 << 13;

/** The audio of one answer (or of one prepared message), as far as it is there. Positions in milliseconds from its first sample. */
export class Track {
  /** Names its marks. */
  readonly name: string;
  /** What has not been sent, and a little of what was. */
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Position of the first byte that is kept. */
  #keptFrom = 0;
  #end = 0;
  #sent = 0;
  /** Carrier-acknowledged. */
  #heard = 0;
  /** All of it is there. */
  isWhole = false;
  /** Up to where marks were sent. */
  markedMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  get lengthMs(): number {
    return this.#end / BYTES_PER_MS;
  }

  get sentMs(): number {
    return this.#sent / BYTES_PER_MS;
  }

  get heardMs(): number {
    return this.#heard / BYTES_PER_MS;
  }

  get hasUnsent(): boolean {
    return this.#sent < this.#end;
  }

  get isAllHeard(): boolean {
    return this.#heard >= this.#end;
  }

  append(chunk: Uint8Array): void {
    if (this.#end - this.#keptFrom + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end - this.#keptFrom);
    this.#end += chunk.length;
  }

  /** Throws away what has not been sent and lies after the position; null: all that has not been sent. Returns where it ends now. */
  cutAt(positionMs: number | null): number {
    const wanted = positionMs === null ? this.#sent : Math.floor(positionMs * BYTES_PER_MS);
    this.#end = Math.min(this.#end, Math.max(this.#sent, wanted));
    return this.lengthMs;
  }

  /** The next audio to send, at most so many bytes: a view that the next append may move. */
  take(mostBytes: number): Uint8Array {
    const from = this.#sent;
    this.#sent = Math.min(this.#end, from + mostBytes);
    return this.#bytes.subarray(from - this.#keptFrom, this.#sent - this.#keptFrom);
  }

  /** What was sent is given up first; only what is left needs more memory. */
  #makeRoom(bytes: number): void {
    const unsent = this.#end - this.#sent;
    const kept = this.#bytes.subarray(this.#sent - this.#keptFrom, this.#end - this.#keptFrom);
    const isEnough = 2 * (unsent + bytes) <= this.#bytes.length;
    const room = isEnough ? this.#bytes : new Uint8Array(Math.max(this.#bytes.length * 2, unsent + bytes));
    room.set(kept);
    this.#bytes = room;
    this.#keptFrom = this.#sent;
  }

  heardUntil(positionMs: number): void {
    this.#heard = Math.max(this.#heard, Math.min(this.#sent, positionMs * BYTES_PER_MS));
  }
}
