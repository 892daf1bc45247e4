import type { ProviderAccess, ProviderFailure } from "@tandem/ports/provider";
import type { Tts, TtsListener, TtsOptions, TtsSession, TtsUtterance } from "@tandem/ports/tts";
import { DeepgramSocket } from "./client.ts";
import { breach, toldError, unavailable } from "./errors.ts";
import { readMessage } from "./wire.ts";

/** Longest text of one `Speak` message. */
const MOST_CHARACTERS = 2000;
/** Deepgram takes no more than twenty `Flush` a minute on a socket; before that another one takes its place. */
const MOST_FLUSHES = 16;
/** A socket that has not confirmed a `Clear` by then is silent for good. */
const CLEAR_WITHIN_MS = 3000;

/** Text to speech by Deepgram's Aura voices: one socket per session. */
export const openTts = (access: ProviderAccess): Tts => ({
  open: (options) => new AuraSession(access, speakPath(options)),
});

/** Path and query of `/v1/speak`. At Deepgram the model is the voice; a voice that is named all the same wins. */
export function speakPath({ model, voice, format, settings }: TtsOptions): string {
  const query = new URLSearchParams({
    model: voice === "" ? model : voice,
    encoding: format.encoding === "pcm16" ? "linear16" : "mulaw",
    sample_rate: String(format.sampleRateHz),
  });
  if (settings["speed"] !== undefined) query.set("speed", String(settings["speed"]));
  if (settings["mipOptOut"] !== undefined) query.set("mip_opt_out", String(settings["mipOptOut"]));
  return `/v1/speak?${query}`;
}

/** `Speak` messages for a text; no character is cut in two. */
function speakMessages(text: string): readonly string[] {
  const messages: string[] = [];
  for (let start = 0; start < text.length;) {
    const isCutInTwo = /[\uD800-\uDBFF]/u.test(text.charAt(start + MOST_CHARACTERS - 1));
    const end = start + MOST_CHARACTERS - (isCutInTwo ? 1 : 0);
    messages.push(JSON.stringify({ type: "Speak", text: text.slice(start, end) }));
    start = end;
  }
  return messages;
}

/**
 * The protocol names no utterances: their order on the socket tells them apart. A cancelled one ends with `Cleared`; whatever comes
 * before that belongs to it and is not told.
 */
class AuraSession implements TtsSession {
  readonly #access: ProviderAccess;
  readonly #path: string;
  #socket: DeepgramSocket | null = null;
  /** Messages that wait for the socket to open. */
  #early: string[] = [];
  #current: AuraUtterance | null = null;
  /** `Cleared` messages that are still to come. */
  #clearsDue = 0;
  #clearing: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** Utterances that were ended on this socket. */
  #flushes = 0;

  constructor(access: ProviderAccess, path: string) {
    this.#access = access;
    this.#path = path;
    this.#connect();
  }

  speak(listener: TtsListener): TtsUtterance {
    this.#current?.cancel();
    const utterance = new AuraUtterance(listener, {
      send: (frame) => this.#send(frame),
      flush: () => {
        this.#flushes += 1;
        this.#send('{"type":"Flush"}');
      },
      over: (wasCut) => this.#over(wasCut),
    });
    this.#current = utterance;
    if (this.#isClosed) queueMicrotask(() => utterance.fail(unavailable("the session is closed")));
    else if (this.#socket === null) this.#connect();
    return utterance;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const socket = this.#socket;
    if (this.#current?.abandon() === true) socket?.send('{"type":"Clear"}');
    this.#forget();
    socket?.end('{"type":"Close"}');
  }

  #connect(): void {
    this.#socket = new DeepgramSocket(this.#access, this.#path, {
      opened: () => {
        for (const frame of this.#early.splice(0)) this.#socket?.send(frame);
      },
      text: (text) => this.#read(text),
      binary: (bytes) => {
        if (this.#clearsDue === 0) this.#current?.hear(bytes);
      },
      ended: (failure) => this.#lose(failure),
    });
  }

  #send(frame: string): void {
    if (this.#socket?.isOpen === true) this.#socket.send(frame);
    else if (this.#socket !== null) this.#early.push(frame);
  }

  /** An utterance has ended. One that was cut off has text at the vendor, or on its way there. */
  #over(wasCut: boolean): void {
    this.#current = null;
    if (wasCut) this.#clear();
    if (this.#flushes >= MOST_FLUSHES) this.#renew();
  }

  #clear(): void {
    if (this.#socket?.isOpen !== true) return void (this.#early = []);
    this.#socket.send('{"type":"Clear"}');
    this.#clearsDue += 1;
    this.#clearing ??= setTimeout(() => this.#lose(unavailable("a cancel was not confirmed")), CLEAR_WITHIN_MS);
  }

  /** Between two utterances, another socket takes the place of this one. */
  #renew(): void {
    this.#socket?.end('{"type":"Close"}');
    this.#forget();
    this.#connect();
  }

  #read(text: string): void {
    const message = readMessage(text);
    if (typeof message?.["type"] !== "string") return this.#lose(breach("a message without a type"));
    if (message["type"] === "Cleared") this.#cleared();
    else if (message["type"] === "Flushed") this.#flushed();
    else if (message["type"] === "Error") this.#lose(toldError(message));
    else if (message["type"] === "Warning" && /flush/iu.test(String(message["description"])))
      this.#lose({ fault: "throttled", message: "Deepgram takes no more flushes for now", retryAfterMs: null });
  }

  #cleared(): void {
    if (this.#clearsDue === 0) return;
    this.#clearsDue -= 1;
    if (this.#clearsDue === 0) this.#stopClearing();
  }

  #flushed(): void {
    if (this.#clearsDue === 0) this.#current?.finish();
  }

  /** The socket is gone: whoever speaks is told, and the next utterance dials again. */
  #lose(failure: ProviderFailure): void {
    const utterance = this.#current;
    this.#socket?.drop();
    this.#forget();
    utterance?.fail(failure);
  }

  #forget(): void {
    this.#socket = null;
    this.#current = null;
    this.#early = [];
    this.#clearsDue = 0;
    this.#flushes = 0;
    this.#stopClearing();
  }

  #stopClearing(): void {
    if (this.#clearing !== null) clearTimeout(this.#clearing);
    this.#clearing = null;
  }
}

/** What an utterance asks of its session. */
interface Line {
  send(frame: string): void;
  /** All text was sent. */
  flush(): void;
  /** The utterance is over; `wasCut` when text of it was sent and its audio has not come whole. */
  over(wasCut: boolean): void;
}

class AuraUtterance implements TtsUtterance {
  readonly #line: Line;
  #listener: TtsListener | null;
  #hasText = false;
  #hasEnded = false;

  constructor(listener: TtsListener, line: Line) {
    this.#listener = listener;
    this.#line = line;
  }

  write(text: string): void {
    if (this.#listener === null || this.#hasEnded || text === "") return;
    this.#hasText = true;
    for (const frame of speakMessages(text)) this.#line.send(frame);
  }

  end(): void {
    if (this.#listener === null || this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#hasText) this.#line.flush();
    else queueMicrotask(() => this.finish());
  }

  cancel(): void {
    if (this.#listener === null) return;
    this.#listener = null;
    this.#line.over(this.#hasText);
  }

  hear(bytes: Uint8Array): void {
    this.#listener?.audio(bytes);
  }

  /** All audio has come; without effect before `end`. */
  finish(): void {
    const listener = this.#listener;
    if (listener === null || !this.#hasEnded) return;
    this.#listener = null;
    this.#line.over(false);
    listener.done();
  }

  fail(failure: ProviderFailure): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.failed(failure);
  }

  /** Tells nothing more: the session is going. True when text of it is at the vendor. */
  abandon(): boolean {
    const isUnderWay = this.#listener !== null && this.#hasText;
    this.#listener = null;
    return isUnderWay;
  }
}
