import type {
  AgentModels,
  CallerTurn,
  ConversationEngine,
  PendingResponse,
  ResponseOutcome,
  ResponseSink,
  SpokenLine,
} from "@tandem/agent";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { TurnRecord } from "@tandem/domain/session";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { Llm } from "@tandem/ports/llm";
import { noCounts } from "../src/call/call-counters.ts";
import type { CallStall } from "../src/pipeline/call-watch.ts";
import type { CallFault, CallPipeline, PipelineCall } from "../src/pipeline/call-line.ts";
import { makePipeline, openPipelineNode } from "../src/pipeline/open-pipeline.ts";
import { bundleOf } from "./fixtures.ts";
import { goodMood, LevelVad, type ProviderMood, scriptedLlm, toneStt, toneTts } from "./tone-providers.ts";
import { TonePhone } from "./tone-phone.ts";
import { VirtualTime } from "./virtual-time.ts";

/** An object store in memory. */
export const memoryStore = (): ObjectStore & { readonly bodies: Map<string, Uint8Array> } => {
  const bodies = new Map<string, Uint8Array>();
  return {
    bodies,
    put: (key, body) => Promise.resolve(void bodies.set(key, body)),
    get: (key) => Promise.resolve(bodies.get(key) ?? null),
    remove: (key) => Promise.resolve(void bodies.delete(key)),
  };
};

/** What a scripted conversation does with one caller turn. */
export interface Reply {
  /** Asked of the model with the caller's words; null: the model is not asked. */
  readonly asksModel?: boolean;
  readonly lines?: readonly SpokenLine[];
  readonly outcome?: ResponseOutcome;
  /** A tool of so many milliseconds runs before the model is asked. */
  readonly tool?: { readonly acknowledgement: string; readonly takesMs: number };
}

/** A conversation that passes the caller's words to the model, and keeps an account of what it was told. */
export class ScriptedEngine implements ConversationEngine {
  readonly state = { objective: "greet", facts: [], transcript: [] };
  readonly account: string[] = [];
  opening: readonly SpokenLine[] = [{ text: "Hello there.", isUninterruptible: false }];
  replies: (turn: CallerTurn) => Reply = () => ({});
  readonly #models: AgentModels;
  readonly #time: VirtualTime;

  constructor(models: AgentModels, time: VirtualTime) {
    this.#models = models;
    this.#time = time;
  }

  opened(heard: string): void {
    this.account.push(`opened: ${heard}`);
  }

  respond(turn: CallerTurn, sink: ResponseSink): PendingResponse {
    this.account.push(`${turn.via === "keypad" ? "keypad" : "respond"}: ${turn.text}`);
    return this.#answer(turn, sink, this.replies(turn));
  }

  remind(sink: ResponseSink): PendingResponse {
    const isLast = this.account.includes("remind");
    this.account.push("remind");
    const lines = [{ text: isLast ? "Goodbye." : "Are you there?", isUninterruptible: false }];
    return this.#answer({ text: "", confidence: 1, via: "speech" }, sink, {
      asksModel: false,
      lines,
      outcome: { next: isLast ? "hang-up" : "listen" },
    });
  }

  summary(): string {
    return "the summary";
  }

  close(): void {
    this.account.push("close");
  }

  #answer(turn: CallerTurn, sink: ResponseSink, reply: Reply): PendingResponse {
    for (const line of reply.lines ?? []) sink.line(line);
    let cancel = (): void => undefined;
    let isOver = false;
    const ask = (): void => {
      if (isOver) return;
      const completion = this.#models.stream(
        { messages: [{ role: "user", content: turn.text }], tools: [], maxOutputTokens: 100 },
        "light",
        {
          text: (delta) => sink.text(delta),
          toolCall: () => undefined,
          done: () => sink.done(reply.outcome ?? { next: "listen" }),
          failed: () => sink.done({ next: "failed" }),
        },
      );
      cancel = () => completion.cancel();
    };
    if (reply.tool !== undefined) {
      sink.waiting(reply.tool.acknowledgement);
      this.#time.set(reply.tool.takesMs, ask);
    } else if (reply.asksModel === false) sink.done(reply.outcome ?? { next: "listen" });
    else ask();
    const end = (what: string): void => {
      isOver = true;
      cancel();
      this.account.push(what);
    };
    return {
      commit: () => this.account.push("commit"),
      discard: () => end("discard"),
      interrupt: (heard) => end(`interrupt: ${heard}`),
      finish: () => end("finish"),
    };
  }
}

export interface SceneOptions {
  readonly bundle?: Partial<ReleaseBundle>;
  readonly faults?: readonly CallFault[];
  readonly opening?: readonly SpokenLine[];
  readonly replies?: (turn: CallerTurn) => Reply;
  /** What the models say to the caller's words. */
  readonly says?: (words: string) => string;
  readonly ttsTellsWords?: boolean;
}

const KINDS = ["stt", "llm", "tts"] as const;

/** A node, one call on it, and a caller: three providers of each kind that speak and read tones, all on virtual time. */
export class VoiceScene {
  readonly time = new VirtualTime();
  readonly store = memoryStore();
  readonly phone = new TonePhone(this.time);
  readonly counters = noCounts();
  readonly turns: TurnRecord[] = [];
  readonly ended: string[] = [];
  readonly failures: string[] = [];
  readonly opened: string[] = [];
  readonly asked: string[] = [];
  readonly stalls: CallStall[] = [];
  /** How late a timer of the node fires, milliseconds; infinity: never. */
  latenessMs: (afterMs: number) => number = () => 0;
  readonly bundle: ReleaseBundle;
  /** Providers by kind and place: `stt1` … `tts3`. */
  readonly moods: Record<string, ProviderMood> = {};
  readonly node = openPipelineNode({
    clock: this.time,
    timers: {
      set: (afterMs, fire) => {
        const lateMs = this.latenessMs(afterMs);
        return lateMs === Number.POSITIVE_INFINITY
          ? { cancel: () => undefined }
          : this.time.set(afterMs + lateMs, fire);
      },
    },
    store: this.store,
    openVad: () => new LevelVad(),
  });
  engine!: ScriptedEngine;
  pipeline!: CallPipeline;
  readonly #options: SceneOptions;

  constructor(options: SceneOptions = {}) {
    this.#options = options;
    this.bundle = bundleOf("Hello there.", {
      agent: {
        kind: "tandem",
        language: "en-US",
        endpointingMs: 500,
        audio: { encoding: "mulaw", sampleRateHz: 8000 },
      },
      ...options.bundle,
    });
    for (const n of [1, 2, 3]) {
      this.moods[`stt${n}`] = goodMood(75);
      this.moods[`llm${n}`] = goodMood(100);
      this.moods[`tts${n}`] = goodMood(65);
    }
  }

  mood(name: string): ProviderMood {
    const mood = this.moods[name];
    if (mood === undefined) throw new Error(`no provider ${name}`);
    return mood;
  }

  all(kind: (typeof KINDS)[number], change: Partial<ProviderMood>): void {
    for (const n of [1, 2, 3]) Object.assign(this.mood(`${kind}${n}`), change);
  }

  /** Renders the prepared lines first, as a node does before its first call. */
  async prepared(): Promise<this> {
    const tts = toneTts(this.time, goodMood(1));
    const links = this.bundle.providers.tts.map((provider) => ({
      kind: "tts" as const,
      provider: provider.provider,
      choice: { model: provider.model, voice: "", language: "en-US", settings: provider.settings },
      lightModel: "",
      port: tts,
      breaker: this.node.breakers.of("tts", provider.provider, "c"),
      probe: () => Promise.resolve(true),
    }));
    const work = this.node.phrases.prepare(this.bundle, () => Promise.resolve(links));
    let isDone = false;
    void work.then(() => (isDone = true));
    await this.time.until("the prepared lines are rendered", () => isDone, 120_000);
    return this;
  }

  /** The call comes in. */
  async start(): Promise<this> {
    const { time } = this;
    const says = this.#options.says ?? ((words) => `You said ${words}`);
    const open = makePipeline(this.node)({
      openProvider: (provider) => {
        const n = provider.slice(1);
        const llm: Llm = scriptedLlm(time, this.mood(`llm${n}`), (request) => {
          const words = request.messages.map(({ content }) => content).join(" | ");
          this.asked.push(`llm${n}: ${words}`);
          return says(words);
        });
        return Promise.resolve({
          vendor: provider,
          connectionId: "c",
          providers: {
            vendor: provider,
            stt: () => toneStt(time, this.mood(`stt${n}`)),
            llm: () => llm,
            tts: () => toneTts(time, this.mood(`tts${n}`), this.#options.ttsTellsWords ?? true),
          },
          access: { config: {}, secrets: {}, baseUrl: null, clock: time },
        });
      },
      converse: (models) => {
        this.engine = new ScriptedEngine(models, time);
        if (this.#options.opening !== undefined) this.engine.opening = this.#options.opening;
        if (this.#options.replies !== undefined) this.engine.replies = this.#options.replies;
        return this.engine;
      },
      counters: this.counters,
      onTurn: (record) => this.turns.push(record),
      onStalled: (stall) => this.stalls.push(stall),
      onProviderFailed: ({ kind, provider }) => this.failures.push(`${kind}${provider.slice(1)}`),
      onBreakerOpened: ({ kind, provider }) => this.opened.push(`${kind}${provider.slice(1)}`),
      onHandOff: (to, summary) => this.ended.push(`hand-off ${to}: ${summary}`),
      onHangUp: () => this.ended.push("hang-up"),
    });
    const call = {
      bundle: this.bundle,
      direction: "inbound",
      faults: this.#options.faults ?? [],
      traceId: "0".repeat(32),
    };
    this.pipeline = open(call as unknown as PipelineCall, this.phone);
    this.phone.connect(this.pipeline);
    await time.pass(0);
    return this;
  }

  /** The caller has heard these words, in order, somewhere. */
  hears(text: string, atMostMs = 15_000): Promise<void> {
    return this.time.until(
      `the caller hears “${text}”; heard: “${this.phone.text}”`,
      () => this.phone.text.includes(text),
      atMostMs,
    );
  }

  /** Starts and waits until the opening is over. */
  async greeted(): Promise<this> {
    await this.start();
    await this.time.until("the opening is over", () => this.turns.length === 1);
    return this;
  }

  /** The caller speaks, and has spoken. */
  async says(text: string): Promise<void> {
    const durationMs = this.phone.say(text);
    await this.time.pass(durationMs);
  }

  answered(turn: number, atMostMs = 20_000): Promise<void> {
    return this.time.until(
      `turn ${turn} is over; ${this.engine.account.join(" / ")}`,
      () => this.turns.some((record) => record.turn === turn),
      atMostMs,
    );
  }
}
