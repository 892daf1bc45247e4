import type { ConversationEngine } from "@tandem/agent";
import type { ProviderFailure } from "@tandem/ports/provider";
import type { ProviderKind } from "@tandem/ports/adapter";
import { turnSettings } from "@tandem/domain/turn";
import { type ChainListener, openChain } from "../providers/chain.ts";
import { LlmChain } from "../providers/llm-chain.ts";
import { SttChain } from "../providers/stt-chain.ts";
import { TtsChain } from "../providers/tts-chain.ts";
import type { CallLine, CallPipeline, PipelineCall } from "./call-line.ts";
import { failureLine, fillerLine, timeLimitLine } from "./fixed-lines.ts";
import { Listening } from "./listening.ts";
import type { PipelineNode, PipelineParts } from "./pipeline-parts.ts";
import { Playout, type PlayoutListener } from "./playout.ts";
import { chainDeadlines } from "./chain-deadlines.ts";
import { Answer } from "./respond.ts";
import { Speech } from "./speech.ts";
import { Track } from "./track.ts";
import { Transcriber } from "./transcribe.ts";
import { type TurnAction, TurnDriver } from "./turn-driver.ts";
import { TurnLog } from "./turn-log.ts";

/** One call: the stages, and the turn machine that decides what they do. */
export class VoiceCall implements CallPipeline, PlayoutListener, ChainListener {
  readonly #node: PipelineNode;
  readonly #parts: PipelineParts;
  readonly #call: PipelineCall;
  readonly #turns: TurnDriver;
  readonly #ears: SttChain;
  readonly #models: LlmChain;
  readonly #voice: TtsChain;
  readonly #transcriber: Transcriber;
  readonly #listening: Listening;
  readonly #playout: Playout;
  readonly #log: TurnLog;
  readonly #engine: ConversationEngine;
  #answer: Answer | null = null;
  /** What the answer at hand answers. */
  #asked: { readonly text: string; readonly confidence: number | null; readonly isSpeculative: boolean } =
    NOTHING_ASKED;
  /** An acknowledgement, a filler or the last sentence; null when none is being played. */
  #phrase: { readonly track: Track; readonly answer: number | null } | null = null;
  #phraseCount = 0;

  constructor(node: PipelineNode, parts: PipelineParts, call: PipelineCall, line: CallLine) {
    const { clock, timers, pacer } = node;
    const { bundle } = call;
    const deadlines = chainDeadlines(bundle);
    this.#node = node;
    this.#parts = parts;
    this.#call = call;
    this.#turns = new TurnDriver({
      clock,
      timers,
      settings: turnSettings(bundle),
      act: (action) => this.#act(action),
      onDefect: (error) => parts.onDefect?.(error),
    });
    this.#log = new TurnLog(parts.counters, parts.onTurn);
    this.#transcriber = new Transcriber(this.#turns, clock);
    const onFailover = () => this.#log.failedOver();
    this.#ears = new SttChain({
      endpointingMs: bundle.agent.endpointingMs,
      keywords: keywordsOf(call),
      deadlineMs: deadlines.sttMs,
      listener: this,
      onEvent: this.#transcriber.onEvent,
      onFailover: () => {
        onFailover();
        this.#transcriber.restart();
      },
      onExhausted: () => this.#turns.tell({ type: "chain-failed" }),
    });
    this.#transcriber.listenTo(this.#ears);
    this.#models = new LlmChain({
      timers,
      listener: this,
      deadlineMs: deadlines.llmMs,
      onFailover,
      onServed: (provider) => (this.#log.llm = provider),
    });
    this.#voice = new TtsChain({
      timers,
      listener: this,
      deadlineMs: deadlines.ttsMs,
      onFailover,
      onServed: (provider) => (this.#log.tts = provider),
    });
    this.#playout = new Playout({ line, clock, pacer, listener: this });
    this.#listening = new Listening({
      vad: node.openVad(),
      ears: this.#ears,
      turns: this.#turns,
      log: this.#log,
      counters: parts.counters,
    });
    this.#engine = parts.converse(this.#models, this.#log.event);
    this.#openChains();
    this.#turns.tell({ type: "line-opened" });
  }

  audio(frame: Uint8Array, timestampMs: number, _sequence: number): void {
    this.#listening.push(frame, timestampMs);
  }

  mark(name: string): void {
    this.#playout.mark(name);
  }

  digit(digit: string): void {
    this.#turns.tell({ type: "digit-pressed", digit });
  }

  closed(): void {
    this.#playout.close();
    this.#turns.tell({ type: "line-closed" });
    this.#rest();
    this.#engine.close();
  }

  sounded(track: Track, atMs: number, sinceMs: number): void {
    this.#log.sounded(atMs, sinceMs);
    if (track === this.#answer?.track) this.#answer.times.firstSentMs ??= atMs;
  }

  firstHeard(track: Track, atMs: number): void {
    if (track === this.#answer?.track) this.#answer.times.firstHeardMs ??= atMs;
  }

  heard(track: Track): void {
    if (track === this.#answer?.track) this.#answer.watchProtection();
  }

  finished(track: Track): void {
    const phrase = this.#phrase;
    if (track === phrase?.track) {
      this.#phrase = null;
      this.#phraseHeard(phrase.answer);
    } else if (track === this.#answer?.track) this.#turns.tell({ type: "answer-heard", id: this.#answer.id });
  }

  starved(track: Track): void {
    if (track === this.#answer?.track) this.#answer.starved();
  }

  failed(kind: ProviderKind, provider: string, { fault }: ProviderFailure): void {
    this.#parts.onProviderFailed({ kind, provider, fault });
  }

  breakerOpened(kind: ProviderKind, provider: string): void {
    this.#parts.counters.breakersOpened += 1;
    this.#parts.onBreakerOpened({ kind, provider });
  }

  /** Each chain is used as soon as its accounts are open; until then what it is asked waits. */
  #openChains(): void {
    const { breakers, timers, phrases } = this.#node;
    const { bundle, faults } = this.#call;
    const { openProvider } = this.#parts;
    const speech = () => phrases.anySpeech();
    const parts = { bundle, openProvider, faults, breakers, timers, listener: this, speech };
    void openChain("stt", parts).then((links) => this.#ears.attach(links));
    void openChain("llm", parts).then((links) => this.#models.attach(links));
    void openChain("tts", parts).then((links) => {
      this.#voice.attach(links);
      if (!faults.includes("tts-outage")) void phrases.prepare(bundle, () => Promise.resolve(links));
    });
  }

  #act(action: TurnAction): void {
    switch (action.type) {
      case "open":
        return this.#open();
      case "begin":
        this.#asked = action;
        return this.#newAnswer(action.id).respondTo(this.#engine, action);
      case "remind":
        this.#asked = NOTHING_ASKED;
        return this.#newAnswer(action.id).remind(this.#engine);
      case "commit":
        return this.#commit();
      case "discard":
        this.#log.discarded();
        this.#answer?.discard();
        this.#answer = null;
        return;
      case "interrupt":
        return this.#interrupt();
      case "finish":
        return this.#finish();
      case "fill":
        return this.#fill(action.id, action.with);
      case "finalize":
        return this.#ears.finalize();
      case "say":
        return this.#say(action.phrase);
      case "hand-off":
        return this.#handOff(action.id);
      case "hang-up":
        this.#rest();
        return this.#parts.onHangUp();
    }
  }

  #newAnswer(id: number): Answer {
    const { clock, phrases } = this.#node;
    this.#answer = new Answer({
      id,
      turns: this.#turns,
      voice: this.#voice,
      playout: this.#playout,
      clock,
      rendered: (text) => phrases.audioOf(this.#call.bundle, text),
      onEncodingMismatch: () => (this.#parts.counters.encodingMismatches += 1),
    });
    return this.#answer;
  }

  #open(): void {
    this.#asked = NOTHING_ASKED;
    const answer = this.#newAnswer(OPENING);
    const nowMs = this.#node.clock.monotonicMs();
    this.#logCommitted(answer, { callerStoppedMs: nowMs, transcribedMs: null });
    answer.commit();
    answer.open(this.#engine.opening);
  }

  #commit(): void {
    const answer = this.#answer;
    if (answer === null) return;
    const callerStoppedMs = Math.min(this.#turns.state.voiceEndedMs, this.#node.clock.monotonicMs());
    const isReminder = this.#asked === NOTHING_ASKED;
    this.#logCommitted(answer, {
      callerStoppedMs: isReminder ? this.#node.clock.monotonicMs() : callerStoppedMs,
      transcribedMs: isReminder ? null : this.#transcriber.knownAtMs,
    });
    this.#transcriber.use(this.#listening.voiceEndMs);
    answer.commit();
  }

  #logCommitted(answer: Answer, at: { callerStoppedMs: number; transcribedMs: number | null }): void {
    const { text, confidence, isSpeculative } = this.#asked;
    this.#log.committed({
      objective: this.#engine.state.objective,
      callerText: text,
      confidence,
      wasSpeculative: isSpeculative,
      turnEndedMs: this.#node.clock.monotonicMs(),
      times: answer.times,
      ...at,
    });
  }

  /** The line first: nothing of the cut answer is sent any more; then what makes it. */
  #interrupt(): void {
    this.#playout.clear();
    this.#phrase = null;
    const answer = this.#answer;
    this.#answer = null;
    if (answer === null) return;
    const heard = answer.interrupt();
    if (answer.id === OPENING) this.#engine.opened(heard);
    this.#logEnded(answer, heard, true);
  }

  #finish(): void {
    const answer = this.#answer;
    if (answer === null) return;
    const heard = answer.finish();
    if (answer.id === OPENING) this.#engine.opened(heard);
    this.#logEnded(answer, heard, false);
  }

  #logEnded(answer: Answer, agentText: string, wasInterrupted: boolean): void {
    const stt = this.#ears.provider;
    this.#log.ended({ agentText, wasInterrupted, spokenCharacters: answer.spokenCharacters, stt });
  }

  /** A prepared sentence; else, when nothing waits for the voice, the same one spoken now. */
  #fill(id: number, what: "acknowledgement" | "filler"): void {
    const { bundle } = this.#call;
    const text = (what === "acknowledgement" ? this.#answer?.acknowledgement : null) ?? fillerLine(bundle);
    if (this.#node.phrases.audioOf(bundle, text) !== null) this.#playPhrase(text, id);
    else if (this.#answer?.sayMeanwhile(text) !== true) this.#phraseHeard(id);
  }

  #say(phrase: "failure" | "time-limit"): void {
    const { bundle } = this.#call;
    this.#playPhrase(phrase === "failure" ? failureLine(bundle) : timeLimitLine(bundle), null);
  }

  /** Plays a sentence: rendered before, or by whichever voice is left; without any it counts as heard. */
  #playPhrase(text: string, answer: number | null): void {
    this.#phraseCount += 1;
    const track = new Track(`p${this.#phraseCount}`);
    this.#phrase = { track, answer };
    const speech = new Speech({
      track,
      voice: this.#voice,
      rendered: (line) => this.#node.phrases.audioOf(this.#call.bundle, line),
      onAudio: () => this.#playout.pump(),
      onFailed: () => {
        this.#phrase = null;
        this.#phraseHeard(answer);
      },
      onEncodingMismatch: () => (this.#parts.counters.encodingMismatches += 1),
    });
    this.#playout.playBefore(track);
    speech.line(text, true);
    speech.end();
  }

  #phraseHeard(answer: number | null): void {
    if (answer === null) this.#turns.tell({ type: "phrase-heard" });
    else this.#turns.tell({ type: "filler-heard", id: answer });
  }

  /** Nothing is heard or said any more; the line is somebody else's. */
  #rest(): void {
    this.#ears.close();
    this.#voice.close();
  }

  #handOff(id: number | null): void {
    this.#rest();
    const outcome = id !== null && this.#answer?.id === id ? this.#answer.outcome : null;
    if (outcome?.next === "hand-off") this.#parts.onHandOff(outcome.to, outcome.summary);
    else this.#parts.onHandOff("human", this.#engine.summary());
  }
}

const OPENING = 0;
const NOTHING_ASKED = { text: "", confidence: null, isSpeculative: false } as const;

/** Names that callers say and recognisers would not guess. */
function keywordsOf({ bundle }: PipelineCall): readonly string[] {
  const name = bundle.parameters["businessName"]?.value;
  return typeof name === "string" && name !== "" ? [name] : [];
}
