import { ToneWriter } from "@tandem/audio";
import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { newUuid } from "./account.ts";
import { settingMs, type StreamRequest } from "./stream-request.ts";

/** Time from the first text of an utterance to its first audio, unless `ttsMs` is set. */
const MS_PER_CHARACTER = 60;
const TTS_MS = 50;
const CHUNK_MS = 100;
/** Audio is made this much faster than it is played: what a `Clear` comes in time for is never made. */
const SPEED = 4;
const MOST_FLUSHES_A_MINUTE = 20;

/** Text up to a `Flush`, and its audio on the way out. */
interface Part {
  text: string;
  readonly writer: ToneWriter;
  /** Audio that is not sent yet. */
  audio: Uint8Array;
  sentBytes: number;
  isFlushed: boolean;
  /** Time before which nothing of it is sent, monotonic milliseconds. */
  dueMs: number;
}

/** `/v1/speak` on one socket: text in, paced audio out, `Flushed` and `Cleared` in their place. */
export class SpeakSession {
  readonly #asked: StreamRequest;
  readonly #bytesPerMs: number;
  #parts: Part[] = [];
  #sequence = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosing = false;
  #flushedAtMs: number[] = [];

  constructor(asked: StreamRequest) {
    this.#asked = asked;
    const { encoding, sampleRateHz } = asked.format;
    this.#bytesPerMs = (sampleRateHz / 1000) * (encoding === "pcm16" ? 2 : 1);
    asked.socket.onText = (text) => this.#obey(text);
    asked.socket.onBinary = () => this.#warn("a binary message where text is expected");
    asked.socket.onClose = () => this.#cut();
    const { query, requestId, world } = asked;
    this.#say({
      type: "Metadata",
      request_id: requestId,
      model_name: query.get("model") ?? "aura-asteria-en",
      model_version: "2026-01-01.0",
      model_uuid: newUuid(world),
    });
  }

  #obey(text: string): void {
    const message = messageOf(text);
    switch (message?.["type"]) {
      case "Speak":
        return typeof message["text"] === "string" ? this.#write(message["text"]) : this.#warn("a Speak without text");
      case "Flush":
        return this.#flush();
      case "Clear":
        this.#cut();
        return this.#say({ type: "Cleared", sequence_id: this.#sequence++ });
      case "Close":
        this.#isClosing = true;
        return this.#parts.length === 0 ? this.#close() : this.#flush();
      default:
        return this.#warn("a message that is not one of the protocol");
    }
  }

  #write(text: string): void {
    const part = this.#openPart();
    part.text += text;
    part.audio = joined(part.audio, part.writer.write(text).audio);
    this.#pump();
  }

  #flush(): void {
    const now = performance.now();
    this.#flushedAtMs = this.#flushedAtMs.filter((atMs) => now - atMs < 60_000);
    if (this.#flushedAtMs.length >= MOST_FLUSHES_A_MINUTE)
      return this.#warn("too many Flush messages; try again later");
    this.#flushedAtMs.push(now);
    const part = this.#openPart();
    part.audio = joined(part.audio, part.writer.end().audio);
    part.isFlushed = true;
    this.#pump();
  }

  #openPart(): Part {
    const last = this.#parts.at(-1);
    if (last?.isFlushed === false) return last;
    const { world, socket, format } = this.#asked;
    const delayMs = settingMs(world, "ttsMs", TTS_MS) + socket.faults.latencyMs();
    const dueMs = performance.now() + delayMs;
    const writer = new ToneWriter(format, { msPerCharacter: settingMs(world, "msPerCharacter", MS_PER_CHARACTER) });
    const part = { text: "", writer, audio: NOTHING, sentBytes: 0, isFlushed: false, dueMs };
    this.#parts.push(part);
    return part;
  }

  /** Sends what is due, in the order of the parts; waits for the rest. */
  #pump(): void {
    if (this.#timer !== null) return;
    for (let [part] = this.#parts; part !== undefined; [part] = this.#parts) {
      const waitMs = part.text === "" ? 0 : part.dueMs - performance.now();
      if (waitMs > 0) return this.#wait(waitMs);
      if (part.audio.length > 0) this.#sendChunk(part);
      else if (part.isFlushed) this.#finish(part);
      else return;
    }
    if (this.#isClosing) this.#close();
  }

  #wait(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, Math.ceil(delayMs));
  }

  #sendChunk(part: Part): void {
    const chunk = part.audio.subarray(0, CHUNK_MS * this.#bytesPerMs);
    part.audio = part.audio.subarray(chunk.length);
    part.sentBytes += chunk.length;
    part.dueMs = Math.max(part.dueMs, performance.now() - CHUNK_MS) + chunk.length / this.#bytesPerMs / SPEED;
    if (!this.#asked.socket.faults.isStalled()) this.#asked.socket.sendBinary(chunk);
  }

  #finish(part: Part): void {
    this.#parts.shift();
    this.#say({ type: "Flushed", sequence_id: this.#sequence++ });
    if (part.text === "") return;
    const { text, sentBytes } = part;
    this.#record("said", { text, characters: text.length, audioMs: sentBytes / this.#bytesPerMs });
  }

  /** Forgets everything that is not sent. */
  #cut(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { text, sentBytes, audio } of this.#parts.splice(0)) {
      if (text === "") continue;
      const facts = { text, characters: text.length, sentMs: sentBytes / this.#bytesPerMs };
      this.#record("cancelled", { ...facts, unsentMs: audio.length / this.#bytesPerMs });
    }
  }

  #record(effect: "said" | "cancelled", facts: JsonObject): void {
    const { world, requestId, project } = this.#asked;
    world.record({ effect, kind: "tts.utterance", objectId: requestId, account: project.id, facts });
  }

  #close(): void {
    if (!this.#asked.socket.faults.isStalled()) this.#asked.socket.close(1000);
  }

  #warn(description: string): void {
    this.#say({ type: "Warning", description, code: "DATA-0001" });
  }

  #say(message: JsonObject): void {
    if (!this.#asked.socket.faults.isStalled()) this.#asked.socket.sendText(JSON.stringify(message));
  }
}

const NOTHING = new Uint8Array(0);

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (before.length === 0) return after;
  const whole = new Uint8Array(before.length + after.length);
  whole.set(before);
  whole.set(after, before.length);
  return whole;
}

function messageOf(text: string): JsonObject | null {
  try {
    const message = JSON.parse(text) as Json;
    return isJsonObject(message) ? message : null;
  } catch {
    return null;
  }
}
