import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { newUuid } from "./account.ts";
import { Ear, meanConfidence, plainWord, type ReadWord, textOf } from "./ear.ts";
import { IdleWatch } from "./idle-watch.ts";
import { Outlet } from "./outlet.ts";
import { queryNumber, seconds, settingMs, type StreamRequest } from "./stream-request.ts";

/** Time that recognition takes, unless `sttMs` is set. */
export const STT_MS = 60;
const IDLE_MS = 10_000;
/** A segment becomes final once it is this long, even while speech goes on. */
const SEGMENT_MS = 5000;
/** A segment begins so much before its first word, at most. */
const LEAD_MS = 100;
const NET_0001 = "NET-0001: did not receive audio data or a text message within the timeout window";
const DATA_0000 = "DATA-0000: the message is not one of the protocol";

/** `/v1/listen` on one socket: Results that grow word by word, SpeechStarted, finals at endpointing, UtteranceEnd, Metadata at the end. */
export class ListenSession {
  readonly #asked: StreamRequest;
  readonly #outlet: Outlet;
  readonly #ear: Ear;
  readonly #idle: IdleWatch;
  readonly #endpointingMs: number;
  readonly #utteranceEndMs: number;
  readonly #modelUuid: string;
  #words: ReadWord[] = [];
  #segmentStartMs = 0;
  #lastWordEndMs: number | null = null;
  #delayMs = 0;

  constructor(asked: StreamRequest) {
    this.#asked = asked;
    const { socket, world, query } = asked;
    this.#outlet = new Outlet(socket);
    this.#modelUuid = newUuid(world);
    this.#endpointingMs = query.get("endpointing") === "false" ? Infinity : queryNumber(query, "endpointing", 10);
    this.#utteranceEndMs = queryNumber(query, "utterance_end_ms", Infinity);
    this.#ear = new Ear(asked.format, this.#endpointingMs, {
      started: (atMs) => this.#start(atMs),
      word: (word) => this.#read(word),
      silence: (sinceMs, nowMs) => this.#weigh(sinceMs, nowMs),
    });
    this.#idle = new IdleWatch(settingMs(world, "idleMs", IDLE_MS), () => this.#outlet.close(1011, NET_0001));
    socket.onBinary = (bytes) => {
      this.#idle.touch();
      this.#ear.hear(bytes);
    };
    socket.onText = (text) => this.#obey(text);
    socket.onClose = () => {
      this.#idle.stop();
      this.#outlet.shut();
    };
  }

  #obey(text: string): void {
    this.#idle.touch();
    const type = typeOf(text);
    if (type === "Finalize") {
      this.#ear.flush();
      this.#sayFinal(this.#ear.heardMs, { speech_final: false, from_finalize: true });
    } else if (type === "CloseStream") {
      this.#ear.flush();
      if (this.#words.length > 0) this.#sayFinal(this.#ear.heardMs, { speech_final: true, from_finalize: false });
      this.#sayMetadata();
      this.#outlet.close(1000);
    } else if (type !== "KeepAlive") {
      this.#outlet.close(1008, DATA_0000);
    }
  }

  #start(atMs: number): void {
    this.#drawDelay();
    if (this.#asked.query.get("vad_events") !== "true") return;
    this.#outlet.say({ type: "SpeechStarted", channel: [0], timestamp: seconds(atMs) }, this.#delayMs);
  }

  /** Recognition takes a time of its own for each segment. */
  #drawDelay(): void {
    if (this.#words.length > 0) return;
    const { world, socket } = this.#asked;
    this.#delayMs = settingMs(world, "sttMs", STT_MS) + socket.faults.latencyMs();
  }

  #read(word: ReadWord): void {
    const [first] = this.#words;
    if (first !== undefined && word.endMs - first.startMs > SEGMENT_MS)
      this.#sayFinal(this.#lastWordEndMs ?? word.startMs, { speech_final: false, from_finalize: false });
    this.#words.push(word);
    this.#lastWordEndMs = word.endMs;
    if (this.#asked.query.get("interim_results") === "true")
      this.#sayResults(word.endMs, { is_final: false, speech_final: false, from_finalize: false });
  }

  #weigh(sinceMs: number, nowMs: number): void {
    if (this.#words.length > 0 && nowMs - sinceMs >= this.#endpointingMs)
      this.#sayFinal(sinceMs + this.#endpointingMs, { speech_final: true, from_finalize: false });
    if (this.#lastWordEndMs === null || nowMs - this.#lastWordEndMs < this.#utteranceEndMs) return;
    const message = { type: "UtteranceEnd", channel: [0, 1], last_word_end: seconds(this.#lastWordEndMs) };
    this.#lastWordEndMs = null;
    this.#outlet.say(message, this.#delayMs);
  }

  #sayFinal(endMs: number, kind: { readonly speech_final: boolean; readonly from_finalize: boolean }): void {
    const words = this.#words;
    this.#sayResults(endMs, { is_final: true, ...kind });
    this.#words = [];
    this.#segmentStartMs = endMs;
    this.#drawDelay();
    if (words.length === 0) return;
    const facts = { text: textOf(words), confidence: meanConfidence(words), words: words.length };
    const { world, requestId, project } = this.#asked;
    world.record({ effect: "heard", kind: "stt.segment", objectId: requestId, account: project.id, facts });
  }

  #sayResults(endMs: number, kind: JsonObject): void {
    const { query, requestId } = this.#asked;
    const isFormatted = query.get("smart_format") === "true" || query.get("punctuate") === "true";
    const written = this.#words.map((word) => writtenWord(word, isFormatted));
    const transcript = written.map(({ word, punctuated_word }) => punctuated_word ?? word).join(" ");
    const startMs = Math.max(this.#segmentStartMs, (this.#words[0]?.startMs ?? endMs) - LEAD_MS);
    const alternative = { transcript, confidence: meanConfidence(this.#words), words: written };
    this.#outlet.say(
      {
        type: "Results",
        channel_index: [0, 1],
        duration: seconds(Math.max(0, endMs - startMs)),
        start: seconds(startMs),
        ...kind,
        channel: { alternatives: [alternative as unknown as JsonObject] },
        metadata: {
          request_id: requestId,
          model_info: { name: query.get("model") ?? "base", version: "2026-01-01.0", arch: "sandbox" },
          model_uuid: this.#modelUuid,
        },
      },
      this.#delayMs,
    );
  }

  #sayMetadata(): void {
    this.#outlet.say(
      {
        type: "Metadata",
        transaction_key: "deprecated",
        request_id: this.#asked.requestId,
        sha256: "0".repeat(64),
        created: new Date(this.#asked.world.now()).toISOString(),
        duration: seconds(this.#ear.heardMs),
        channels: 1,
      },
      0,
    );
  }
}

interface WrittenWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly punctuated_word?: string;
}

const writtenWord = ({ text, startMs, endMs, confidence }: ReadWord, isFormatted: boolean): WrittenWord => ({
  word: plainWord(text),
  start: seconds(startMs),
  end: seconds(endMs),
  confidence,
  ...(isFormatted ? { punctuated_word: text } : {}),
});

/** The type of a client's message; null when it is no message. */
export function typeOf(text: string): string | null {
  try {
    const message = JSON.parse(text) as Json;
    return isJsonObject(message) && typeof message["type"] === "string" ? message["type"] : null;
  } catch {
    return null;
  }
}
