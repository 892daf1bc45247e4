import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { DialledSocket, SandboxWorld } from "@tandem/ports/sandbox";
import { callBody, pinned } from "./call-routes.ts";
import { engineOf } from "./llm-routes.ts";
import { type CallRow, calls, type Utterance } from "./rows.ts";

const DIAL_ATTEMPTS = 3;
const DIAL_APART_MS = 300;
const PING_EVERY_MS = 2000;
const SILENT_FOR_MS = 5000;
const CONFIG_WITHIN_MS = 1000;
const ANSWER_WITHIN_MS = 30_000;

/** What one request for a response came to. */
export interface Answer {
  readonly content: string;
  /** From the request to the first text, milliseconds; null when no text came. */
  readonly firstMs: number | null;
  readonly totalMs: number;
  readonly isUninterruptible: boolean;
  readonly endsCall: boolean;
  readonly transferTo: string | null;
}

interface Waiting {
  readonly responseId: number;
  readonly askedMs: number;
  content: string;
  firstMs: number | null;
  isUninterruptible: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The vendor's end of one call's socket to the customer's model: dials, keeps alive, asks, and takes answers to the newest request only. */
export class CustomLlmSocket {
  readonly #world: SandboxWorld;
  readonly #callId: string;
  readonly #socket: DialledSocket;
  readonly #pings: NodeJS.Timeout;
  readonly #opening: Promise<Answer | null>;
  /** The customer has said what it wants to be told, or is not going to. */
  readonly #ready: Promise<void>;
  #configured: () => void = () => {};
  #waiting: Waiting | null = null;
  #responseId = 0;
  #keepsAlive = false;
  #heardMs = performance.now();
  isOpen = true;
  /** The socket broke in mid-call: the customer closed it with another code than 1000, or the network did. */
  onLost: () => void = () => {};
  /** The customer closed with 1000, which hangs the call up. */
  onHangUp: () => void = () => {};

  private constructor(world: SandboxWorld, call: CallRow, socket: DialledSocket) {
    this.#world = world;
    this.#callId = call.id;
    this.#socket = socket;
    socket.onText = (text) => this.#receive(text);
    socket.onBinary = () => socket.close(1007);
    socket.onClose = (code) => this.#closed(code);
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS);
    this.#pings.unref();
    this.#ready = new Promise((resolve) => {
      this.#configured = resolve;
      setTimeout(resolve, CONFIG_WITHIN_MS).unref();
    });
    this.#opening = (call.transcript ?? []).length > 0 ? Promise.resolve(null) : this.#await(0);
    this.#opening.catch(() => undefined);
  }

  /** Dials the socket of the agent version that the call is pinned to: three attempts. Rejects with a RangeError when it has none, or when none opens. */
  static async dial(world: SandboxWorld, call: CallRow): Promise<CustomLlmSocket> {
    const url = socketUrlOf(world, call);
    if (url === null) throw new RangeError(`the agent of call ${call.id} asks no model of the customer's`);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return new CustomLlmSocket(world, call, await world.dial(`${url}/${call.id}`));
      } catch (error) {
        if (attempt === DIAL_ATTEMPTS) throw new RangeError(`${url} does not open: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, DIAL_APART_MS));
      }
    }
  }

  /** What the agent says first; null on a call that goes on. */
  async opening(): Promise<Answer | null> {
    await this.#ready;
    return this.#opening;
  }

  /** The caller has said something and it is the agent's turn. */
  async say(text: string): Promise<Answer> {
    await this.opening();
    this.#note({ role: "user", content: text });
    this.#send({ interaction_type: "update_only", transcript: this.#transcript(), turntaking: "agent_turn" });
    return this.#ask("response_required");
  }

  /** The caller has been silent. */
  async remind(): Promise<Answer> {
    await this.opening();
    return this.#ask("reminder_required");
  }

  /** The vendor closes: neither lost nor hung up. */
  close(code = 1000): void {
    this.isOpen = false;
    clearInterval(this.#pings);
    this.#socket.close(code);
  }

  async #ask(interaction: "response_required" | "reminder_required"): Promise<Answer> {
    this.#responseId += 1;
    const answered = this.#await(this.#responseId);
    this.#send({ interaction_type: interaction, response_id: this.#responseId, transcript: this.#transcript() });
    return answered;
  }

  #await(responseId: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new RangeError(`no answer to response ${responseId}`)), ANSWER_WITHIN_MS);
      const askedMs = performance.now();
      const settled = () => {
        clearTimeout(late);
        this.#waiting = null;
      };
      this.#waiting = {
        responseId,
        askedMs,
        content: "",
        firstMs: null,
        isUninterruptible: false,
        resolve: (answer) => (settled(), resolve(answer)),
        reject: (error) => (settled(), reject(error)),
      };
    });
  }

  #receive(text: string): void {
    this.#heardMs = performance.now();
    const frame = JSON.parse(text) as JsonObject;
    switch (frame["response_type"]) {
      case "config":
        return this.#configure(isJsonObject(frame["config"]) ? frame["config"] : {});
      case "response":
        return this.#respond(frame);
      default:
      // pings count by coming; what the customer tells its own dashboard is nothing to a call
    }
  }

  #configure(config: JsonObject): void {
    this.#keepsAlive = config["auto_reconnect"] === true;
    const call = calls(this.#world).get(this.#callId);
    if (config["call_details"] !== true || call === undefined) return this.#configured();
    const details = { ...callBody(call), transcript_object: call.transcript ?? [] };
    this.#send({ interaction_type: "call_details", call: details });
    this.#configured();
  }

  /** An answer to an older request is dropped without a word. */
  #respond(frame: JsonObject): void {
    const waiting = this.#waiting;
    if (waiting === null || frame["response_id"] !== waiting.responseId) return;
    const content = typeof frame["content"] === "string" ? frame["content"] : "";
    if (content !== "") waiting.firstMs ??= performance.now() - waiting.askedMs;
    waiting.content += content;
    if (frame["no_interruption_allowed"] === true) waiting.isUninterruptible = true;
    if (frame["content_complete"] === true) this.#complete(waiting, frame);
  }

  #complete(waiting: Waiting, frame: JsonObject): void {
    const content = waiting.content.trim();
    if (content !== "") this.#note({ role: "agent", content });
    this.#send({ interaction_type: "update_only", transcript: this.#transcript(), turntaking: "user_turn" });
    const transferTo = frame["transfer_number"];
    waiting.resolve({
      content,
      firstMs: waiting.firstMs,
      totalMs: performance.now() - waiting.askedMs,
      isUninterruptible: waiting.isUninterruptible,
      endsCall: frame["end_call"] === true,
      transferTo: typeof transferTo === "string" ? transferTo : null,
    });
  }

  #ping(): void {
    if (!this.#keepsAlive) return;
    if (performance.now() - this.#heardMs > SILENT_FOR_MS) return this.#socket.close(1006);
    this.#send({ interaction_type: "ping_pong", timestamp: Math.round(this.#world.now()) });
  }

  #closed(code: number): void {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    clearInterval(this.#pings);
    this.#waiting?.reject(new RangeError(`the customer's socket closed with ${code}`));
    if (wasOpen && code === 1000) this.onHangUp();
    else if (wasOpen) this.onLost();
  }

  #transcript(): readonly Utterance[] {
    return calls(this.#world).get(this.#callId)?.transcript ?? [];
  }

  #note(utterance: Utterance): void {
    const call = calls(this.#world).get(this.#callId);
    if (call !== undefined)
      calls(this.#world).put(call.id, { ...call, transcript: [...(call.transcript ?? []), utterance] });
  }

  #send(frame: JsonObject): void {
    this.#socket.sendText(JSON.stringify(frame));
  }
}

/** The socket that an agent version asks; null for agents with a model of the vendor's. */
export function socketUrlOf(world: SandboxWorld, call: CallRow): string | null {
  const version = pinned(world, call)?.version;
  const engine = version === undefined ? null : engineOf(version);
  const url = engine?.["llm_websocket_url"];
  return engine?.["type"] === "custom-llm" && typeof url === "string" ? url : null;
}
