import type { CarrierStreamWriter } from "@tandem/ports/carrier-stream";
import { base64Length, encodeBase64 } from "./base64.ts";

const MEDIA_END = Buffer.from('"}}', "latin1");

/** Frames of one stream towards Twilio, put together from a prepared beginning. */
export class MediaStreamWriter implements CarrierStreamWriter {
  readonly #mediaStart: Buffer;
  readonly #markStart: string;
  readonly #clear: string;

  constructor(streamId: string) {
    const stream = `"streamSid":${JSON.stringify(streamId)}`;
    this.#mediaStart = Buffer.from(`{"event":"media",${stream},"media":{"payload":"`);
    this.#markStart = `{"event":"mark",${stream},"mark":{"name":`;
    this.#clear = `{"event":"clear",${stream}}`;
  }

  media(audio: Uint8Array): Buffer {
    const start = this.#mediaStart;
    const frame = Buffer.allocUnsafe(start.length + base64Length(audio.length) + MEDIA_END.length);
    frame.set(start);
    frame.set(MEDIA_END, encodeBase64(audio, frame, start.length));
    return frame;
  }

  mark(name: string): Buffer {
    return Buffer.from(`${this.#markStart}${JSON.stringify(name)}}}`);
  }

  clear(): Buffer {
    return Buffer.from(this.#clear);
  }
}
