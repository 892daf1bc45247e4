/** Told about one call, in order. Methods must not throw. */
export interface LineListener {
  /** 20 ms of what the caller hears, µ-law 8 kHz; the bytes are the listener's. */
  heard(frame: Uint8Array): void;
  /** The carrier's own voice said this (no audio is rendered for it). */
  said(text: string): void;
  /** The call now is connected to this: `stream` (our media service), `agent`, `person`. */
  connected(to: string): void;
  /** The call is over; nothing follows. */
  ended(status: string): void;
}

/** The caller's end of one call. Methods never throw; after the end they do nothing. */
export interface PhoneLine {
  /** The carrier's id of the call; empty while a phone waits at a number. */
  readonly callId: string;
  /** Takes what happens from now on, and at once what happened before anybody listened. One listener. */
  listen(listener: LineListener): void;
  /** Sends 20 ms of µ-law. Whoever sends keeps the pace. */
  send(frame: Uint8Array): void;
  /** One key: `0-9 * #`. */
  press(digit: string): void;
  hangUp(): void;
}

/** Keeps what comes before a listener is there, so that no first word is missed. */
export class Earpiece implements LineListener {
  #listener: LineListener | null = null;
  #early: ((listener: LineListener) => void)[] = [];

  listen(listener: LineListener): void {
    this.#listener = listener;
    for (const tell of this.#early.splice(0)) tell(listener);
  }

  heard(frame: Uint8Array): void {
    if (this.#listener !== null) this.#listener.heard(frame);
    else this.#early.push((listener) => listener.heard(frame));
  }

  said(text: string): void {
    this.#tell((listener) => listener.said(text));
  }

  connected(to: string): void {
    this.#tell((listener) => listener.connected(to));
  }

  ended(status: string): void {
    this.#tell((listener) => listener.ended(status));
  }

  #tell(tell: (listener: LineListener) => void): void {
    if (this.#listener !== null) tell(this.#listener);
    else this.#early.push(tell);
  }
}
