import { randomUUID } from "node:crypto";
import { type JsonObject, Secret } from "@tandem/kernel";
import type { AudioFormat, ProviderAccess } from "@tandem/ports/provider";
import type { Tts, TtsListener, TtsOptions, TtsSession, TtsUtterance } from "@tandem/ports/tts";
import { openSpeechSocket, type SpeechSocket } from "./client.ts";
import { closedSession, toldFailure, unreadableMessage } from "./errors.ts";
import { ElevenLabsUtterance, type UtteranceLine } from "./utterance.ts";
import { audioSpan, frames, readMessage, socketPath, voiceSettings } from "./wire.ts";

/** How long the vendor is waited for, milliseconds. */
export interface Patience {
  /** From the start of a connection to its handshake. */
  readonly connectMs: number;
  /** From text that must be spoken to a message about it. The pipeline's own deadlines are shorter: this one ends what they missed. */
  readonly silenceMs: number;
}

const PATIENCE: Patience = { connectMs: 4000, silenceMs: 5000 };

/** ElevenLabs as a text-to-speech account. Opens nothing. */
export const openTts = (access: ProviderAccess, patience: Patience = PATIENCE): Tts => ({
  open: (options) => new ElevenLabsSession(access, options, patience),
});

/** The vendor drops a connection on which a sixth context begins; a cancelled one counts until it says that it is closed. */
const MOST_CONTEXTS = 5;
const HOLD_MS = 80;
const FIRST_SCRATCH_BYTES = 16 * 1024;

/** One warm WebSocket with a context for each utterance. A connection that was lost is made again by the next utterance. */
class ElevenLabsSession implements TtsSession, UtteranceLine {
  readonly clock: ProviderAccess["clock"];
  readonly format: AudioFormat;
  readonly voice: JsonObject | null;
  readonly silenceMs: number;
  readonly holdMs: number;
  readonly #apiKey: Secret;
  readonly #baseUrl: string | null;
  readonly #path: string;
  readonly #connectMs: number;
  readonly #name = randomUUID();
  /** Contexts of the connection that the vendor has not closed. */
  readonly #open = new Set<string>();
  #socket: SpeechSocket | null = null;
  #utterance: ElevenLabsUtterance | null = null;
  #contexts = 0;
  #scratch = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
  #isClosed = false;

  constructor(access: ProviderAccess, options: TtsOptions, { connectMs, silenceMs }: Patience) {
    const { maxBufferDelayMs } = options.settings;
    this.clock = access.clock;
    this.format = options.format;
    this.voice = voiceSettings(options);
    this.silenceMs = silenceMs;
    this.holdMs = typeof maxBufferDelayMs === "number" ? Math.max(0, maxBufferDelayMs) : HOLD_MS;
    this.#apiKey = access.secrets["apiKey"] ?? new Secret("");
    this.#baseUrl = access.baseUrl;
    this.#path = socketPath(options, options.format);
    this.#connectMs = connectMs;
    this.#connect();
  }

  speak(listener: TtsListener): TtsUtterance {
    this.#utterance?.cancel();
    const utterance = new ElevenLabsUtterance(this, listener);
    this.#utterance = utterance;
    if (this.#isClosed) queueMicrotask(() => utterance.fail(closedSession()));
    else if (this.#socket === null) this.#connect();
    return utterance;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#utterance?.cancel();
    this.#leave();
  }

  send(frame: string): void {
    this.#socket?.send(frame);
  }

  abandon(): void {
    this.#leave();
    if (!this.#isClosed) this.#connect();
  }

  beginContext(): string {
    if (this.#open.size >= MOST_CONTEXTS) this.abandon();
    this.#contexts += 1;
    const id = `${this.#name}-${this.#contexts}`;
    this.#open.add(id);
    return id;
  }

  contextClosed(contextId: string): void {
    this.#open.delete(contextId);
  }

  scratch(sizeBytes: number): Buffer {
    if (this.#scratch.length < sizeBytes) this.#scratch = Buffer.allocUnsafeSlow(sizeBytes * 2);
    return this.#scratch;
  }

  hidden(): readonly string[] {
    return [this.#apiKey.reveal()];
  }

  #leave(): void {
    this.#socket?.close(frames.closeSocket);
    this.#socket = null;
    this.#open.clear();
  }

  #connect(): void {
    const socket = openSpeechSocket(
      { apiKey: this.#apiKey, baseUrl: this.#baseUrl, path: this.#path, connectWithinMs: this.#connectMs },
      {
        message: (bytes) => this.#told(bytes),
        closed: (failure) => {
          if (this.#socket !== socket) return;
          this.#socket = null;
          this.#open.clear();
          this.#utterance?.fail(failure);
        },
      },
    );
    this.#socket = socket;
  }

  #told(bytes: Buffer): void {
    if (this.#utterance?.owns(bytes) === true) return this.#utterance.told(bytes);
    if (audioSpan(bytes) !== null) return;
    const message = readMessage(bytes, null);
    if (message === null) return this.#utterance?.giveUp(unreadableMessage());
    if (message.isFinal && message.contextId !== null) this.contextClosed(message.contextId);
    const { error } = message;
    if (error !== null) this.#utterance?.fail(toldFailure(error.code, error.message, this.hidden()));
  }
}
