import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { Ear, meanConfidence, type ReadWord, textOf } from "./ear.ts";
import { IdleWatch } from "./idle-watch.ts";
import { STT_MS, typeOf } from "./listen-session.ts";
import { Outlet } from "./outlet.ts";
import { queryNumber, seconds, settingMs, type StreamRequest } from "./stream-request.ts";

const IDLE_MS = 10_000;
/** Silence after which a sentence is certainly over, by whether it sounds complete. */
const COMPLETE_MS = 400;
const UNCLEAR_MS = 1500;

/** An `Update` comes at least this often in audio time, also when nothing has changed. */
const UPDATE_MS = 250;

interface Thresholds {
  /** Null: no eager ends. */
  readonly eager: number | null;
  readonly end: number;
  readonly timeoutMs: number;
}

type TurnEvent = "StartOfTurn" | "Update" | "EagerEndOfTurn" | "TurnResumed" | "EndOfTurn";

/** `/v2/listen` on one socket: turns, with an end that grows surer with silence, and sooner after a complete sentence. */
export class FluxSession {
  readonly #asked: StreamRequest;
  readonly #outlet: Outlet;
  readonly #ear: Ear;
  readonly #idle: IdleWatch;
  #thresholds: Thresholds;
  #keyterms: readonly string[];
  #words: ReadWord[] = [];
  #turnIndex = 0;
  #turnStartMs = 0;
  #isEager = false;
  #sequence = 0;
  /** How far the last message went. */
  #toldMs = 0;
  #delayMs = 0;

  constructor(asked: StreamRequest) {
    this.#asked = asked;
    const { socket, world, query } = asked;
    this.#outlet = new Outlet(socket);
    this.#thresholds = {
      eager: query.has("eager_eot_threshold") ? queryNumber(query, "eager_eot_threshold", 0.5) : null,
      end: queryNumber(query, "eot_threshold", 0.7),
      timeoutMs: queryNumber(query, "eot_timeout_ms", 5000),
    };
    this.#keyterms = query.getAll("keyterm");
    this.#ear = new Ear(asked.format, COMPLETE_MS / 4, {
      started: () => this.#resume(),
      word: (word) => this.#read(word),
      silence: (sinceMs, nowMs) => this.#weigh(nowMs - sinceMs, nowMs),
    });
    this.#idle = new IdleWatch(settingMs(world, "idleMs", IDLE_MS), () =>
      this.#fail("NET-0001", "no audio came", 1011),
    );
    socket.onBinary = (bytes) => {
      this.#idle.touch();
      this.#ear.hear(bytes);
      if (this.#ear.heardMs - this.#toldMs >= UPDATE_MS) this.#say("Update", 0, this.#ear.heardMs);
    };
    socket.onText = (text) => this.#obey(text);
    socket.onClose = () => {
      this.#idle.stop();
      this.#outlet.shut();
    };
    this.#outlet.say({ type: "Connected", request_id: asked.requestId, sequence_id: this.#nextSequence() }, 0);
  }

  #obey(text: string): void {
    this.#idle.touch();
    const type = typeOf(text);
    if (type === "CloseStream") {
      this.#ear.flush();
      if (this.#words.length > 0) this.#endTurn(1, this.#ear.heardMs);
      this.#outlet.close(1000);
    } else if (type === "Configure") {
      this.#configure(JSON.parse(text) as JsonObject);
    } else {
      this.#fail("UNPARSABLE_CLIENT_MESSAGE", "the message is not one of the protocol", 1008);
    }
  }

  #fail(code: string, description: string, closeCode: number): void {
    this.#outlet.say({ type: "Error", sequence_id: this.#nextSequence(), code, description }, 0);
    this.#outlet.close(closeCode, code);
  }

  #configure(message: JsonObject): void {
    const thresholds = changed(this.#thresholds, message["thresholds"]);
    const base = { request_id: this.#asked.requestId, sequence_id: this.#nextSequence() };
    if (thresholds === null) return this.#outlet.say({ type: "ConfigureFailure", ...base }, 0);
    this.#thresholds = thresholds;
    const { keyterms } = message;
    if (Array.isArray(keyterms)) this.#keyterms = keyterms.map(String);
    const { eager, end, timeoutMs } = thresholds;
    const told = {
      eot_threshold: end,
      eot_timeout_ms: timeoutMs,
      ...(eager === null ? {} : { eager_eot_threshold: eager }),
    };
    this.#outlet.say({ type: "ConfigureSuccess", ...base, thresholds: told, keyterms: [...this.#keyterms] }, 0);
  }

  #read(word: ReadWord): void {
    const isFirst = this.#words.length === 0;
    if (isFirst) {
      const { world, socket } = this.#asked;
      this.#delayMs = settingMs(world, "sttMs", STT_MS) + socket.faults.latencyMs();
    }
    this.#words.push(word);
    this.#say(isFirst ? "StartOfTurn" : "Update", 0, word.endMs);
  }

  #resume(): void {
    if (!this.#isEager) return;
    this.#isEager = false;
    this.#say("TurnResumed", 0, this.#ear.heardMs);
  }

  #weigh(silentMs: number, nowMs: number): void {
    if (this.#words.length === 0) return;
    const isComplete = /[.!?]$/u.test(this.#words.at(-1)?.text ?? "");
    const confidence = Math.min(1, silentMs / (isComplete ? COMPLETE_MS : UNCLEAR_MS));
    const { eager, end, timeoutMs } = this.#thresholds;
    if (eager !== null && !this.#isEager && confidence >= eager) {
      this.#isEager = true;
      this.#say("EagerEndOfTurn", confidence, nowMs);
    }
    if (confidence >= end || silentMs >= timeoutMs) this.#endTurn(confidence, nowMs);
  }

  #endTurn(confidence: number, nowMs: number): void {
    this.#say("EndOfTurn", confidence, nowMs);
    const words = this.#words;
    this.#words = [];
    this.#isEager = false;
    this.#turnIndex += 1;
    this.#turnStartMs = nowMs;
    const facts = { text: textOf(words), confidence: meanConfidence(words), words: words.length };
    const { world, requestId, project } = this.#asked;
    world.record({ effect: "heard", kind: "stt.turn", objectId: requestId, account: project.id, facts });
  }

  #say(event: TurnEvent, confidence: number, endMs: number): void {
    const { requestId } = this.#asked;
    this.#toldMs = Math.max(this.#toldMs, endMs);
    this.#outlet.say(
      {
        type: "TurnInfo",
        request_id: requestId,
        sequence_id: this.#nextSequence(),
        event,
        turn_index: this.#turnIndex,
        audio_window_start: seconds(this.#turnStartMs),
        audio_window_end: seconds(endMs),
        transcript: textOf(this.#words),
        words: this.#words.map(({ text, startMs, endMs, confidence }) => ({
          word: text,
          confidence,
          start: seconds(startMs),
          end: seconds(endMs),
        })),
        end_of_turn_confidence: confidence,
      },
      this.#delayMs,
    );
  }

  #nextSequence(): number {
    return this.#sequence++;
  }
}

/** Thresholds after a `Configure`; null when a value is out of its bounds. */
function changed(now: Thresholds, changes: Json | undefined): Thresholds | null {
  if (changes === undefined) return now;
  if (!isJsonObject(changes)) return null;
  const eager = changes["eager_eot_threshold"] === undefined ? now.eager : Number(changes["eager_eot_threshold"]);
  const end = changes["eot_threshold"] === undefined ? now.end : Number(changes["eot_threshold"]);
  const timeoutMs = changes["eot_timeout_ms"] === undefined ? now.timeoutMs : Number(changes["eot_timeout_ms"]);
  const isWithin = end >= 0.5 && end <= 0.9 && timeoutMs >= 500 && timeoutMs <= 10_000;
  return isWithin && (eager === null || (eager >= 0.3 && eager <= end)) ? { eager, end, timeoutMs } : null;
}
