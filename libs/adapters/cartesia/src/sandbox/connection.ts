import type { JsonObject } from "@tandem/kernel";
import type { SandboxSocket, SandboxWorld } from "@tandem/ports/sandbox";
import type { AccountRow } from "./account.ts";
import { refusal, socketError } from "./answer.ts";
import { Context, type ContextTimes } from "./context.ts";
import { BadRequest, type Generation, readRequest } from "./request.ts";
import { concurrencyOf, numberSetting, type Usage, usageOf } from "./usage.ts";

const IDLE_MS = 300_000;
const EXPIRY_MS = 1000;
const FIRST_AUDIO_MS = 50;
const MS_PER_CHARACTER = 60;
const TIMES_REAL_TIME = 4;
/** Chunks of a cancelled context that are already under way. */
const LATE_CHUNKS = 1;

/** One WebSocket at the emulator: contexts side by side, each in its own time. */
export class Connection {
  readonly #socket: SandboxSocket;
  readonly #world: SandboxWorld;
  readonly #account: AccountRow;
  readonly #usage: Usage;
  readonly #contexts = new Map<string, Context>();
  /** Contexts that are over: their ids are not for use again. */
  readonly #gone = new Set<string>();
  #idleTimer: NodeJS.Timeout | null = null;

  constructor(socket: SandboxSocket, world: SandboxWorld, account: AccountRow) {
    this.#socket = socket;
    this.#world = world;
    this.#account = account;
    this.#usage = usageOf(account, world);
    this.#usage.sockets += 1;
    socket.onText = (text) => this.#asked(text);
    socket.onBinary = () => this.#refuse(new BadRequest(null, "binary messages are not understood"));
    socket.onClose = () => this.#closed();
    this.#startIdling();
  }

  #asked(text: string): void {
    this.#startIdling();
    try {
      const asked = readRequest(text);
      if (asked.kind === "cancel") this.#cancel(asked.contextId);
      else this.#generate(asked.contextId, asked.generation);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      this.#refuse(error);
    }
  }

  #generate(contextId: string, generation: Generation): void {
    const context = this.#contexts.get(contextId) ?? this.#begin(contextId, generation);
    if (context === null) return;
    if (context.first.fixed !== generation.fixed)
      throw new BadRequest(contextId, "all members but transcript and continue must stay equal within a context");
    context.add(generation);
  }

  #begin(contextId: string, generation: Generation): Context | null {
    if (this.#gone.has(contextId)) throw new BadRequest(contextId, "the context has expired", 400, "context_expired");
    if (this.#usage.contexts >= concurrencyOf(this.#account, this.#world)) {
      this.#tell(socketError(refusal(429), contextId, this.#requestId()));
      return null;
    }
    this.#usage.contexts += 1;
    const context = new Context(contextId, generation, this.#times(), {
      send: (message) => this.#tell(message),
      ended: (ended) => this.#end(ended, "said", {}),
      expired: (expired) => this.#end(expired, "said", { isExpired: true }),
    });
    this.#contexts.set(contextId, context);
    return context;
  }

  #times(): ContextTimes {
    const number = (name: string, otherwise: number) => numberSetting(this.#world, name, otherwise);
    return {
      expiryMs: number("contextExpiryMs", EXPIRY_MS),
      pace: {
        firstMs: () => number("ttsMs", FIRST_AUDIO_MS) + this.#socket.faults.latencyMs(),
        isStalled: () => this.#socket.faults.isStalled(),
        timesRealTime: number("timesRealTime", TIMES_REAL_TIME),
        msPerCharacter: number("msPerCharacter", MS_PER_CHARACTER),
      },
    };
  }

  #cancel(contextId: string): void {
    const context = this.#contexts.get(contextId);
    if (context !== undefined) this.#cut(context, numberSetting(this.#world, "lateChunks", LATE_CHUNKS), "asked");
  }

  #cut(context: Context, lateChunks: number, cause: "asked" | "connection lost"): void {
    this.#end(context, "cancelled", { ...context.stop(lateChunks), cause });
  }

  #end(context: Context, effect: "said" | "cancelled", facts: JsonObject): void {
    if (!this.#contexts.delete(context.id)) return;
    this.#gone.add(context.id);
    this.#usage.contexts -= 1;
    const { text, first } = context;
    this.#world.record({
      effect,
      kind: "speech",
      objectId: context.id,
      account: this.#account.id,
      facts: { text, characters: Array.from(text).length, voice: first.voice, model: first.model, ...facts },
    });
  }

  #refuse({ refusal: refused, contextId }: BadRequest): void {
    const context = contextId === null ? undefined : this.#contexts.get(contextId);
    if (context !== undefined) this.#cut(context, 0, "asked");
    this.#tell(socketError(refused, contextId, this.#requestId()));
  }

  #tell(message: JsonObject): void {
    if (this.#socket.faults.isStalled()) return;
    this.#startIdling();
    this.#socket.sendText(JSON.stringify(message));
  }

  #requestId = (): string => this.#world.newId("req_", 20);

  #startIdling(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const idleMs = numberSetting(this.#world, "idleMs", IDLE_MS);
    this.#idleTimer = setTimeout(() => this.#socket.close(1000, "connection idle"), idleMs);
    this.#idleTimer.unref();
  }

  #closed(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#usage.sockets -= 1;
    for (const context of this.#contexts.values()) this.#cut(context, 0, "connection lost");
  }
}
