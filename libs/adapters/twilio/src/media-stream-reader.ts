import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { CarrierStreamListener, CarrierStreamReader, CarrierStreamStart } from "@tandem/ports/carrier-stream";
import { decodeBase64 } from "./base64.ts";
import { looksLikeMedia, MediaFrame, scanMedia } from "./media-frame.ts";

/** Largest frame that is looked at. Twilio's own are below 1 KiB. */
export const MOST_FRAME_BYTES = 64 * 1024;

const DIGITS = /^[0-9]{1,15}$/;
const KEYPAD = /^[0-9*#A-D]$/;

/** Thrown inside the reader only: what the frame violates. Becomes `malformed`. */
class Violation extends Error {}

/** Where a frame's audio is decoded. One for all streams: it is used before the next frame of any of them is read. */
const AUDIO = new Uint8Array((MOST_FRAME_BYTES / 4) * 3);

/** Reads the frames of one stream. After the first violation it reads nothing more. */
export class MediaStreamReader implements CarrierStreamReader {
  readonly #listener: CarrierStreamListener;
  readonly #frame = new MediaFrame();
  /** The usual piece of the audio, so that frames of one size need no new view. */
  #view = AUDIO.subarray(0, 160);
  #state: "opened" | "connected" | "started" | "stopped" | "violated" = "opened";
  #streamId = "";
  #streamBytes: Buffer = Buffer.alloc(0);
  #sequence = 0;
  #chunk = 0;

  constructor(listener: CarrierStreamListener) {
    this.#listener = listener;
  }

  read(frame: Buffer, isBinary: boolean): void {
    if (this.#state === "violated") return;
    if (isBinary) return this.#refuse("binary frame");
    if (frame.length > MOST_FRAME_BYTES) return this.#refuse("frame larger than 64 KiB");
    if (this.#state === "started" && looksLikeMedia(frame) && this.#readFast(frame)) return;
    try {
      this.#readEvent(frame);
    } catch (violation) {
      if (!(violation instanceof Violation)) throw violation;
      this.#refuse(violation.message);
    }
  }

  /** True when the frame was a media frame in Twilio's own spelling and is dealt with. */
  #readFast(frame: Buffer): boolean {
    const found = this.#frame;
    if (!scanMedia(frame, found) || !found.isInbound || found.payloadStart < 0 || found.timestampMs < 0) return false;
    if (found.sequence <= this.#sequence || found.chunk <= this.#chunk || !this.#isOurs(frame)) return false;
    const length = decodeBase64(frame, found.payloadStart, found.payloadEnd, AUDIO);
    if (length < 0) return false;
    this.#sequence = found.sequence;
    this.#chunk = found.chunk;
    this.#tellMedia(length, found.timestampMs);
    return true;
  }

  #isOurs(frame: Buffer): boolean {
    const { streamStart, streamEnd } = this.#frame;
    const expected = this.#streamBytes;
    if (streamStart < 0 || streamEnd - streamStart !== expected.length) return false;
    for (let index = 0; index < expected.length; index += 1)
      if (frame[streamStart + index] !== expected[index]) return false;
    return true;
  }

  #tellMedia(length: number, timestampMs: number): void {
    if (this.#view.length !== length) this.#view = AUDIO.subarray(0, length);
    this.#listener.media(this.#view, timestampMs, this.#chunk);
  }

  #refuse(reason: string): void {
    this.#state = "violated";
    this.#listener.malformed(reason);
  }

  #readEvent(frame: Buffer): void {
    const event = parse(frame);
    const name = text(event["event"], "event");
    if (this.#state === "stopped") throw new Violation("frame after stop");
    if (name === "connected") return this.#connected();
    if (this.#state === "opened") throw new Violation("connected must come first");
    if (name === "start") return this.#start(event);
    if (this.#state !== "started") throw new Violation("start must come before other events");
    this.#checkStream(event);
    this.#checkSequence(event);
    this.#tell(name, event);
  }

  #connected(): void {
    if (this.#state !== "opened") throw new Violation("connected came twice");
    this.#state = "connected";
  }

  #start(event: JsonObject): void {
    if (this.#state !== "connected") throw new Violation("start came twice");
    const start = startOf(event);
    this.#checkSequence(event);
    this.#streamId = start.streamId;
    this.#streamBytes = Buffer.from(start.streamId);
    this.#state = "started";
    this.#listener.start(start);
  }

  #tell(name: string, event: JsonObject): void {
    switch (name) {
      case "media":
        return this.#media(member(event, "media"));
      case "dtmf": {
        const digit = text(member(event, "dtmf")["digit"], "dtmf.digit");
        if (!KEYPAD.test(digit)) throw new Violation("dtmf.digit is no key");
        return this.#listener.dtmf(digit);
      }
      case "mark":
        return this.#listener.mark(text(member(event, "mark")["name"], "mark.name"));
      case "stop":
        this.#state = "stopped";
        return this.#listener.stop();
      default:
      // An event that Twilio may add one day: nothing of ours.
    }
  }

  #media(media: JsonObject): void {
    if (media["track"] !== "inbound") throw new Violation("media of another track");
    const chunk = count(media["chunk"], "media.chunk");
    const timestampMs = count(media["timestamp"], "media.timestamp");
    if (chunk <= this.#chunk) throw new Violation("media.chunk went back");
    const payload = Buffer.from(text(media["payload"], "media.payload"));
    const length = decodeBase64(payload, 0, payload.length, AUDIO);
    if (length < 0) throw new Violation("media.payload is not base64");
    this.#chunk = chunk;
    this.#tellMedia(length, timestampMs);
  }

  #checkStream(event: JsonObject): void {
    if (event["streamSid"] !== this.#streamId) throw new Violation("frame of another stream");
  }

  #checkSequence(event: JsonObject): void {
    const sequence = count(event["sequenceNumber"], "sequenceNumber");
    if (sequence <= this.#sequence) throw new Violation("sequenceNumber went back");
    this.#sequence = sequence;
  }
}

function parse(frame: Buffer): JsonObject {
  let parsed: Json;
  try {
    parsed = JSON.parse(frame.toString("utf8")) as Json;
  } catch {
    throw new Violation("not JSON");
  }
  if (!isJsonObject(parsed)) throw new Violation("not a JSON object");
  return parsed;
}

function text(value: Json | undefined, name: string): string {
  if (typeof value !== "string") throw new Violation(`${name} is not text`);
  return value;
}

function count(value: Json | undefined, name: string): number {
  if (typeof value !== "string" || !DIGITS.test(value)) throw new Violation(`${name} is no counter`);
  return Number(value);
}

function member(event: JsonObject, name: string): JsonObject {
  const value = event[name];
  if (!isJsonObject(value)) throw new Violation(`${name} is missing`);
  return value;
}

/** Encodings as we name them; another is told as Twilio writes it. */
const ENCODINGS: ReadonlyMap<string, string> = new Map([["audio/x-mulaw", "mulaw"]]);

function startOf(event: JsonObject): CarrierStreamStart {
  const start = member(event, "start");
  const streamId = text(event["streamSid"], "streamSid");
  if (streamId === "" || start["streamSid"] !== streamId) throw new Violation("start names two streams");
  const format = member(start, "mediaFormat");
  const encoding = text(format["encoding"], "mediaFormat.encoding");
  const sampleRateHz = format["sampleRate"];
  if (typeof sampleRateHz !== "number") throw new Violation("mediaFormat.sampleRate is no number");
  const parameters = start["customParameters"] ?? {};
  if (!isJsonObject(parameters)) throw new Violation("customParameters is no object");
  return {
    streamId,
    callId: text(start["callSid"], "start.callSid"),
    accountId: text(start["accountSid"], "start.accountSid"),
    encoding: ENCODINGS.get(encoding) ?? encoding,
    sampleRateHz,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, text(value, "customParameters")]),
    ),
  };
}
