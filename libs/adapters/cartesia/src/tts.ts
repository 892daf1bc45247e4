import { randomUUID } from "node:crypto";
import type { JsonObject } from "@tandem/kernel";
import { Secret } from "@tandem/kernel";
import type { AudioFormat, ProviderAccess } from "@tandem/ports/provider";
import type { Tts, TtsListener, TtsOptions, TtsSession, TtsUtterance } from "@tandem/ports/tts";
import { openSpeechSocket, type SpeechSocket } from "./client.ts";
import { closedSession } from "./errors.ts";
import { CartesiaUtterance, type UtteranceLine } from "./utterance.ts";
import { voicing } from "./wire.ts";

/** How long the vendor is waited for, milliseconds. */
export interface Patience {
  /** From the start of a connection to its handshake. */
  readonly connectMs: number;
  /** From text that must be spoken to a message about it. The pipeline's own deadlines are shorter: this one ends what they missed. */
  readonly silenceMs: number;
}

const PATIENCE: Patience = { connectMs: 4000, silenceMs: 5000 };

/** Cartesia as a text-to-speech account. Opens nothing. */
export const openTts = (access: ProviderAccess, patience: Patience = PATIENCE): Tts => ({
  open: (options) => new CartesiaSession(access, options, patience),
});

const FIRST_SCRATCH_BYTES = 16 * 1024;
/** Where audio is decoded. One for all sessions: it is told before the next message of any of them is read. */
let scratch = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);

/** One warm WebSocket with a context for each utterance. A connection that was lost is made again by the next utterance. */
class CartesiaSession implements TtsSession, UtteranceLine {
  readonly clock: ProviderAccess["clock"];
  readonly format: AudioFormat;
  readonly fixed: JsonObject;
  readonly silenceMs: number;
  readonly #access: ProviderAccess;
  readonly #apiKey: Secret;
  readonly #patience: Patience;
  readonly #name = randomUUID();
  #socket: SpeechSocket | null = null;
  #utterance: CartesiaUtterance | null = null;
  #contexts = 0;
  #isClosed = false;

  constructor(access: ProviderAccess, options: TtsOptions, patience: Patience) {
    this.clock = access.clock;
    this.format = options.format;
    this.fixed = voicing(options, options.format);
    this.silenceMs = patience.silenceMs;
    this.#access = access;
    this.#apiKey = access.secrets["apiKey"] ?? new Secret("");
    this.#patience = patience;
    this.#connect();
  }

  speak(listener: TtsListener): TtsUtterance {
    this.#utterance?.cancel();
    const utterance = new CartesiaUtterance(this, listener);
    this.#utterance = utterance;
    if (this.#isClosed) queueMicrotask(() => utterance.fail(closedSession()));
    else if (this.#socket === null) this.#connect();
    return utterance;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#utterance?.cancel();
    this.abandon();
  }

  send(frame: string): void {
    this.#socket?.send(frame);
  }

  abandon(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  newContextId(): string {
    this.#contexts += 1;
    return `${this.#name}-${this.#contexts}`;
  }

  scratch(sizeBytes: number): Buffer {
    if (scratch.length < sizeBytes) scratch = Buffer.allocUnsafeSlow(sizeBytes * 2);
    return scratch;
  }

  hidden(): readonly string[] {
    return [this.#apiKey.reveal()];
  }

  #connect(): void {
    const socket = openSpeechSocket(
      { apiKey: this.#apiKey, baseUrl: this.#access.baseUrl, connectWithinMs: this.#patience.connectMs },
      {
        message: (bytes) => this.#utterance?.told(bytes),
        closed: (failure) => {
          if (this.#socket !== socket) return;
          this.#socket = null;
          this.#utterance?.fail(failure);
        },
      },
    );
    this.#socket = socket;
  }
}
