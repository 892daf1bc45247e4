import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { SandboxSocket, SandboxWorld } from "@tandem/ports/sandbox";
import type { AccountRow } from "./account.ts";
import { POLICY_VIOLATION, Refusal, socketError } from "./answer.ts";
import { Context } from "./context.ts";
import type { LineOptions } from "./line-options.ts";
import type { Pace } from "./speech.ts";
import { numberSetting, type Usage, usageOf } from "./usage.ts";

const MOST_CONTEXTS = 5;
const FIRST_AUDIO_MS = 50;
const MS_PER_CHARACTER = 60;
const TIMES_REAL_TIME = 4;
/** Chunks of a cancelled context that are already under way. */
const LATE_CHUNKS = 1;
const DEFAULT_CONTEXT = "default";
/** The longest reason that a closing frame carries. */
const REASON_CHARACTERS = 120;

/** Says why, and closes, as the vendor does after every error. */
export function refuseSocket(socket: SandboxSocket, refusal: Refusal): void {
  socket.sendText(JSON.stringify(socketError(refusal)));
  socket.close(POLICY_VIOLATION, refusal.message.slice(0, REASON_CHARACTERS));
}

/** One WebSocket at the emulator: one voice, up to five contexts. */
export class Connection {
  readonly #socket: SandboxSocket;
  readonly #world: SandboxWorld;
  readonly #account: AccountRow;
  readonly #options: LineOptions;
  readonly #usage: Usage;
  readonly #contexts = new Map<string, Context>();
  #idleTimer: NodeJS.Timeout | null = null;
  #isClosing = false;

  constructor(socket: SandboxSocket, world: SandboxWorld, account: AccountRow, options: LineOptions) {
    this.#socket = socket;
    this.#world = world;
    this.#account = account;
    this.#options = options;
    this.#usage = usageOf(account, world);
    socket.onText = (text) => this.#asked(text);
    socket.onClose = () => this.#closed();
    this.#startIdling();
  }

  #asked(text: string): void {
    if (this.#isClosing) return;
    this.#startIdling();
    try {
      this.#obey(parsed(text));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#isClosing = true;
      refuseSocket(this.#socket, error);
    }
  }

  #obey(message: JsonObject): void {
    if (message["close_socket"] === true) return this.#closeSocket();
    const contextId = typeof message["context_id"] === "string" ? message["context_id"] : DEFAULT_CONTEXT;
    if (message["close_context"] === true) return this.#closeContext(contextId);
    const text = typeof message["text"] === "string" ? message["text"] : "";
    const known = this.#contexts.get(contextId);
    if (known !== undefined && message["voice_settings"] !== undefined)
      throw new Refusal("invalid_message", "voice_settings can only be set in the first message of a context.");
    if (known?.isStopped === true) return;
    const context = known ?? this.#begin(contextId);
    this.#usage.characters += text.length;
    if (this.#usage.characters > numberSetting(this.#world, "characterLimit", this.#account.characterLimit))
      throw new Refusal("quota_exceeded", "This request exceeds your quota.");
    context.add(text, message["flush"] === true);
  }

  #begin(contextId: string): Context {
    if (this.#contexts.size >= MOST_CONTEXTS)
      throw new Refusal(
        "max_active_conversations",
        `Maximum simultaneous contexts per WebSocket connection exceeded (${MOST_CONTEXTS}).`,
      );
    if (this.#usage.contexts >= numberSetting(this.#world, "concurrency", this.#account.concurrency))
      throw new Refusal("too_many_concurrent_requests", "Too many concurrent requests for your plan.");
    this.#usage.contexts += 1;
    const context = new Context(contextId, this.#options, this.#pace(), {
      send: (message) => {
        if (!this.#socket.faults.isStalled()) this.#socket.sendText(JSON.stringify(message));
      },
      spoken: (spoken) => this.#record(spoken, "said", {}),
      ended: (ended) => this.#forget(ended),
    });
    this.#contexts.set(contextId, context);
    return context;
  }

  #pace(): Pace {
    return {
      firstMs: () => numberSetting(this.#world, "ttsMs", FIRST_AUDIO_MS) + this.#socket.faults.latencyMs(),
      isStalled: () => this.#socket.faults.isStalled(),
      timesRealTime: numberSetting(this.#world, "timesRealTime", TIMES_REAL_TIME),
      msPerCharacter: numberSetting(this.#world, "msPerCharacter", MS_PER_CHARACTER),
    };
  }

  #closeContext(contextId: string): void {
    const context = this.#contexts.get(contextId);
    if (context === undefined) return;
    if (context.wasFlushed) context.closeWhenSpoken();
    else this.#cut(context, numberSetting(this.#world, "lateChunks", LATE_CHUNKS), "asked");
  }

  /** Flushed contexts are spoken to their end first. */
  #closeSocket(): void {
    this.#isClosing = true;
    for (const context of this.#contexts.values()) {
      if (context.isFlushing) context.closeWhenSpoken();
      else this.#cut(context, 0, "asked");
    }
    if (this.#contexts.size === 0) this.#socket.close(1000);
  }

  #cut(context: Context, lateChunks: number, cause: "asked" | "connection lost"): void {
    if (context.isStopped) return;
    this.#record(context, "cancelled", { ...context.stop(lateChunks), cause });
  }

  #record(context: Context, effect: "said" | "cancelled", facts: JsonObject): void {
    const { voice, model } = this.#options;
    this.#world.record({
      effect,
      kind: "speech",
      objectId: context.id,
      account: this.#account.id,
      facts: { text: context.text, characters: Array.from(context.text).length, voice, model, ...facts },
    });
  }

  /** A cancelled context holds its place until its last audio is out. */
  #forget(context: Context): void {
    if (!this.#contexts.delete(context.id)) return;
    this.#usage.contexts -= 1;
    if (this.#isClosing && this.#contexts.size === 0) this.#socket.close(1000);
  }

  #startIdling(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const { inactivitySeconds } = this.#options;
    const idleMs = numberSetting(this.#world, "inactivityMs", inactivitySeconds * 1000);
    const refusal = new Refusal(
      "input_timeout_exceeded",
      `Have not received a new text input within the timeout of ${inactivitySeconds} seconds.`,
    );
    this.#idleTimer = setTimeout(() => refuseSocket(this.#socket, refusal), idleMs);
    this.#idleTimer.unref();
  }

  #closed(): void {
    this.#isClosing = true;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    for (const context of this.#contexts.values()) {
      this.#cut(context, 0, "connection lost");
      this.#forget(context);
    }
  }
}

function parsed(text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text);
    if (isJsonObject(body)) return body;
  } catch {
    // refused below
  }
  throw new Refusal("invalid_message", "The message is not a JSON object.");
}
