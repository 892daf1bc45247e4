import type { ProviderAccess, ProviderFailure } from "@tandem/ports/provider";
import type { Stt, SttEvent, SttOptions, SttStream } from "@tandem/ports/stt";
import { DeepgramSocket } from "./client.ts";
import type { Dialect, Reading, Sending } from "./dialect.ts";
import { bytesPerMs, EarlyAudio } from "./early-audio.ts";
import { breach } from "./errors.ts";
import { Flux, fluxPath, isFlux } from "./flux.ts";
import { nova, novaPath } from "./nova.ts";
import { readMessage } from "./wire.ts";

/** Deepgram ends a stream that is silent for ten seconds. */
const KEEP_ALIVE_EVERY_MS = 3000;
/** How long a stream that we close may take to say its last. */
const FAREWELL_MS = 1000;

/** Speech to text by Deepgram: Flux models through `/v2/listen`, all others through `/v1/listen`. */
export const openStt = (access: ProviderAccess): Stt => ({
  open: (options, onEvent) => new DeepgramStream(access, options, onEvent),
});

class DeepgramStream implements SttStream {
  readonly #socket: DeepgramSocket;
  readonly #dialect: Dialect;
  readonly #early: EarlyAudio;
  readonly #onEvent: (event: SttEvent) => void;
  readonly #exchange: Reading & Sending;
  #state: "connecting" | "open" | "closing" | "over" = "connecting";
  #isFinalizeDue = false;
  #partialText = "";
  #hasSent = false;
  #sentBytes = 0;
  #keepAlive: NodeJS.Timeout | null = null;
  #farewell: NodeJS.Timeout | null = null;

  constructor(access: ProviderAccess, options: SttOptions, onEvent: (event: SttEvent) => void) {
    this.#onEvent = onEvent;
    this.#early = new EarlyAudio(options.format);
    this.#dialect = isFlux(options.model) ? new Flux(options) : nova;
    this.#exchange = this.#exchangeIn(options);
    this.#socket = new DeepgramSocket(access, isFlux(options.model) ? fluxPath(options) : novaPath(options), {
      opened: () => this.#opened(),
      text: (text) => this.#read(text),
      binary: () => this.#fail(breach("audio where text is expected")),
      ended: (failure) => this.#fail(failure),
    });
  }

  #exchangeIn({ format }: SttOptions): Reading & Sending {
    const early = this.#early;
    return {
      get shiftMs() {
        return early.droppedMs;
      },
      sentMs: () => this.#sentBytes / bytesPerMs(format),
      tell: (event) => this.#tell(event),
      text: (frame) => this.#socket.send(frame),
      audio: (bytes) => this.#sendAudio(bytes),
    };
  }

  send(audio: Uint8Array): void {
    if (this.#state === "connecting") return this.#early.push(audio);
    if (this.#state === "open") this.#sendAudio(audio);
  }

  #sendAudio(audio: Uint8Array): void {
    this.#hasSent = true;
    this.#sentBytes += audio.length;
    this.#socket.send(audio);
  }

  finalize(): void {
    if (this.#state === "connecting") this.#isFinalizeDue = true;
    else if (this.#state === "open") this.#dialect.finalize(this.#exchange);
  }

  close(): void {
    if (this.#state === "connecting") {
      this.#socket.drop();
      this.#state = "closing";
      queueMicrotask(() => this.#end(null));
    } else if (this.#state === "open") {
      this.#state = "closing";
      this.#socket.send('{"type":"CloseStream"}');
      this.#farewell = setTimeout(() => this.#end(null), FAREWELL_MS);
    }
  }

  #opened(): void {
    this.#state = "open";
    this.#early.drain((audio) => this.send(audio));
    if (this.#isFinalizeDue) this.finalize();
    const { keepAlive } = this.#dialect;
    if (keepAlive === null) return;
    this.#keepAlive = setInterval(() => {
      if (!this.#hasSent) this.#socket.send(keepAlive);
      this.#hasSent = false;
    }, KEEP_ALIVE_EVERY_MS);
  }

  /** Deepgram repeats a partial while nothing changes: it is told once. */
  #tell(event: SttEvent): void {
    if (event.type === "partial") {
      if (event.segment.text === this.#partialText) return;
      this.#partialText = event.segment.text;
    } else if (event.type === "final") {
      this.#partialText = "";
    }
    this.#onEvent(event);
  }

  #read(text: string): void {
    const message = readMessage(text);
    const failure =
      message === null ? breach("a message that is no JSON object") : this.#dialect.read(message, this.#exchange);
    if (failure !== null) this.#fail(failure);
  }

  #fail(failure: ProviderFailure): void {
    this.#end(this.#state === "closing" ? null : failure);
  }

  #end(failure: ProviderFailure | null): void {
    if (this.#state === "over") return;
    this.#state = "over";
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    if (this.#farewell !== null) clearTimeout(this.#farewell);
    this.#socket.drop();
    this.#onEvent({ type: "closed", failure });
  }
}
