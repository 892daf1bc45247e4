import { isJsonObject, type Json } from "@tandem/kernel";
import { base64Length, encodeBase64 } from "./base64.ts";

const SILENCE = 0xff;
const BYTES_PER_MS = 8;

/** The call that a stream belongs to, in the carrier's ids. */
export interface CarriedCall {
  readonly accountSid: string;
  readonly callSid: string;
  readonly streamSid: string;
  /** Named values of the customer's document. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The carrier's end of one Media Stream, without socket and clock: what the customer's server sends is queued and played when
 * `play` is called, marks come back when what was queued before them has been played or cleared.
 */
export class CarrierSide {
  readonly #call: CarriedCall;
  readonly #send: (frame: string) => void;
  readonly #queue: Uint8Array[] = [];
  readonly #marks: { readonly name: string; readonly afterBytes: number }[] = [];
  /** Bytes of the queue's first piece that were played. */
  #offset = 0;
  #queuedBytes = 0;
  #playedBytes = 0;
  #sequence = 0;
  #chunk = 0;
  #sentBytes = 0;

  /** `send` gets each frame for the customer's server. */
  constructor(call: CarriedCall, send: (frame: string) => void) {
    this.#call = call;
    this.#send = send;
  }

  /** Audio that waits to be played, milliseconds. */
  get waitingMs(): number {
    return (this.#queuedBytes - this.#playedBytes) / BYTES_PER_MS;
  }

  /** Begins the stream: `connected` and `start`. */
  open(): void {
    const { accountSid, callSid, streamSid, parameters } = this.#call;
    this.#send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.#tell("start", {
      accountSid,
      streamSid,
      callSid,
      tracks: ["inbound"],
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
      customParameters: { ...parameters },
    });
  }

  /** Sends what the caller said: µ-law, usually 20 ms. */
  hearCaller(audio: Uint8Array): void {
    this.#chunk += 1;
    const payload = Buffer.allocUnsafe(base64Length(audio.length));
    encodeBase64(audio, payload, 0);
    this.#tell("media", {
      track: "inbound",
      chunk: String(this.#chunk),
      timestamp: String(Math.round(this.#sentBytes / BYTES_PER_MS)),
      payload: payload.toString("latin1"),
    });
    this.#sentBytes += audio.length;
  }

  /** Time passes without a frame: the caller's audio was lost on its way. */
  loseCallerAudio(durationMs: number): void {
    this.#chunk += 1;
    this.#sentBytes += durationMs * BYTES_PER_MS;
  }

  /** The caller pressed a key: `0-9 * # A-D`. */
  press(digit: string): void {
    this.#tell("dtmf", { track: "inbound_track", digit });
  }

  /** The call is over. */
  stop(): void {
    const { accountSid, callSid } = this.#call;
    this.#tell("stop", { accountSid, callSid });
  }

  /** Takes a frame from the customer's server. Returns why it is ignored, as a carrier's debugger would show it; null when it was taken. */
  receive(text: string): string | null {
    let frame: Json;
    try {
      frame = JSON.parse(text) as Json;
    } catch {
      return "not JSON";
    }
    if (!isJsonObject(frame)) return "not a JSON object";
    if (frame["streamSid"] !== this.#call.streamSid) return "another stream";
    const { event, media, mark } = frame;
    if (event === "clear") return this.#clear();
    if (event === "mark" && isJsonObject(mark) && typeof mark["name"] === "string") return this.#mark(mark["name"]);
    if (event !== "media" || !isJsonObject(media) || typeof media["payload"] !== "string") return "not a known event";
    return this.#enqueue(Buffer.from(media["payload"], "base64"));
  }

  /** What the caller hears in the next `durationMs`: µ-law, silence where nothing is queued. Marks that this reaches come back. */
  play(durationMs: number): Uint8Array {
    const heard = new Uint8Array(durationMs * BYTES_PER_MS).fill(SILENCE);
    let filled = 0;
    for (let piece = this.#queue[0]; piece !== undefined && filled < heard.length; piece = this.#queue[0]) {
      const part = piece.subarray(this.#offset, this.#offset + heard.length - filled);
      heard.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset < piece.length) break;
      this.#queue.shift();
      this.#offset = 0;
    }
    this.#playedBytes += filled;
    this.#returnMarks();
    return heard;
  }

  #enqueue(audio: Uint8Array): null {
    if (audio.length > 0) this.#queue.push(audio);
    this.#queuedBytes += audio.length;
    return null;
  }

  #mark(name: string): null {
    this.#marks.push({ name, afterBytes: this.#queuedBytes });
    this.#returnMarks();
    return null;
  }

  #clear(): null {
    this.#queue.length = 0;
    this.#offset = 0;
    this.#playedBytes = this.#queuedBytes;
    this.#returnMarks();
    return null;
  }

  #returnMarks(): void {
    for (let mark = this.#marks[0]; mark !== undefined; mark = this.#marks[0]) {
      if (mark.afterBytes > this.#playedBytes) return;
      this.#marks.shift();
      this.#tell("mark", { name: mark.name });
    }
  }

  #tell(event: string, content: Readonly<Record<string, Json>>): void {
    this.#sequence += 1;
    const { streamSid } = this.#call;
    this.#send(JSON.stringify({ event, sequenceNumber: String(this.#sequence), [event]: content, streamSid }));
  }
}
