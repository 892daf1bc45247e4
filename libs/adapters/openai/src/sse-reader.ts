const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const MOST_LINE_BYTES = 1024 * 1024;
const DATA = Buffer.from("data");

/** Reads server-sent events from bytes in whatever pieces they come. Only `data` is told; names, ids and comments are not. */
export class SseReader {
  readonly #onData: (data: string) => void;
  /** Begin of a line whose end has not come. */
  #rest: Buffer | null = null;
  #data: string | null = null;
  /** The last byte was a CR: an LF right after it belongs to the same line end. */
  #isAfterCr = false;

  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  /** Tells every event that ends in this piece. Throws a RangeError for a line beyond 1 MiB. */
  read(piece: Buffer): void {
    let begin = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (byte !== LF && byte !== CR) {
        this.#isAfterCr = false;
        continue;
      }
      if (byte === LF && this.#isAfterCr) {
        this.#isAfterCr = false;
        begin = at + 1;
        continue;
      }
      this.#isAfterCr = byte === CR;
      this.#endLine(piece.subarray(begin, at));
      begin = at + 1;
    }
    if (begin < piece.length) this.#keep(piece.subarray(begin));
  }

  /** The body has ended: an event that lacks only its blank line is told. */
  end(): void {
    if (this.#rest !== null) this.#endLine(Buffer.alloc(0));
    this.#dispatch();
  }

  #keep(bytes: Buffer): void {
    this.#rest = this.#rest === null ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    if (this.#rest.length > MOST_LINE_BYTES) throw new RangeError("a line of the stream is too long");
  }

  #endLine(tail: Buffer): void {
    const line = this.#rest === null ? tail : Buffer.concat([this.#rest, tail]);
    this.#rest = null;
    if (line.length === 0) return this.#dispatch();
    const value = dataOf(line);
    if (value !== null) this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
  }

  #dispatch(): void {
    const data = this.#data;
    if (data === null) return;
    this.#data = null;
    this.#onData(data);
  }
}

/** The value of a `data` line; null for every other line. A byte order mark before the first line is passed over. */
function dataOf(line: Buffer): string | null {
  const begin = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0;
  const end = begin + DATA.length;
  if (line.compare(DATA, 0, DATA.length, begin, Math.min(end, line.length)) !== 0) return null;
  if (line.length === end) return "";
  if (line[end] !== COLON) return null;
  return line.toString("utf8", line[end + 1] === SPACE ? end + 2 : end + 1);
}
