import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { CarrierStreamWriter } from "@tandem/ports/carrier-stream";
import type { CallLine } from "../pipeline/call-line.ts";
import { textFrame } from "./text-frame.ts";

/** Bytes that may wait for a slow receiver: over two minutes of audio. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** The way of a call's audio to the carrier. Sending after the end does nothing. */
export class StreamLine implements CallLine {
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  readonly #writer: CarrierStreamWriter;
  readonly #onClose: () => void;
  readonly #onCongested: () => void;
  #isOpen = true;
  framesSent = 0;

  constructor(
    writer: CarrierStreamWriter,
    on: { socket: WebSocket; wire: Duplex; close: () => void; congested: () => void },
  ) {
    this.#socket = on.socket;
    this.#wire = on.wire;
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
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#wire.writableLength > MOST_WAITING_BYTES) return this.#onCongested();
    this.#wire.write(textFrame(frame));
  }
}
