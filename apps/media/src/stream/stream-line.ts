import type { WebSocket } from "ws";
import type { CarrierStreamWriter } from "@tandem/ports/carrier-stream";
import type { CallLine } from "../pipeline/call-line.ts";

/** Bytes that may wait for a slow receiver: over two minutes of audio. */
const MOST_WAITING_BYTES = 1024 * 1024;
const TEXT = { binary: false } as const;

/** The way of a call's audio to the carrier. Sending after the end does nothing. */
export class StreamLine implements CallLine {
  readonly #socket: WebSocket;
  readonly #writer: CarrierStreamWriter;
  readonly #onClose: () => void;
  readonly #onCongested: () => void;
  #isOpen = true;
  framesSent = 0;

  constructor(socket: WebSocket, writer: CarrierStreamWriter, on: { close: () => void; congested: () => void }) {
    this.#socket = socket;
    this.#writer = writer;
    this.#onClose = on.close;
    this.#onCongested = on.congested;
  }

  send(audio: Uint8Array): void {
    if (!this.#isOpen) return;
    this.framesSent += 1;
    this.#write(this.#writer.media(audio));
  }

  mark(name: string): void {
    if (this.#isOpen) this.#write(this.#writer.mark(name));
  }

  clear(): void {
    if (this.#isOpen) this.#write(this.#writer.clear());
  }

  close(): void {
    if (this.#isOpen) this.#onClose();
  }

  /** Nothing more is sent. */
  end(): void {
    this.#isOpen = false;
  }

  #write(frame: Buffer): void {
    if (this.#socket.bufferedAmount > MOST_WAITING_BYTES) return this.#onCongested();
    this.#socket.send(frame, TEXT);
  }
}
