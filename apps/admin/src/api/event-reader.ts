/** One event of a stream; `id` is null when the server gave none. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  readonly id: string | null;
}

/** Server-Sent Events out of pieces of text, wherever the pieces are cut. */
export class EventReader {
  #rest = "";
  #type = "";
  #data: string[] = [];
  #id: string | null = null;
  /** Wait before coming back, as the server asked; null when it did not. */
  retryMs: number | null = null;

  /** The events that this piece completes. */
  read(piece: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.#rest += piece;
    const endsInCarriage = this.#rest.endsWith("\r");
    const lines = (endsInCarriage ? this.#rest.slice(0, -1) : this.#rest).split(/\r\n|\n|\r/);
    this.#rest = `${lines.pop() ?? ""}${endsInCarriage ? "\r" : ""}`;
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else if (this.#data.length > 0) events.push(this.#finish());
      else this.#type = "";
    }
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#type = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  #finish(): StreamEvent {
    const event = { type: this.#type || "message", data: this.#data.join("\n"), id: this.#id };
    this.#type = "";
    this.#data = [];
    return event;
  }
}
