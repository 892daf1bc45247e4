import type { ConversationEngine } from "@tandem/agent";
import { turnSettings } from "@tandem/domain/turn";
import { type CallChains, callChains } from "./call-chains.ts";
import type { CallLine, CallPipeline, PipelineCall } from "./call-line.ts";
import { type CallStall, CallWatch } from "./call-watch.ts";
import { fillerLine } from "./fixed-lines.ts";
import { Listening } from "./listening.ts";
import type { PipelineNode, PipelineParts } from "./pipeline-parts.ts";
import { Playout, type PlayoutListener } from "./playout.ts";
import { PreparedSentences } from "./prepared-sentences.ts";
import { Answer } from "./respond.ts";
import type { Track } from "./track.ts";
import { Transcriber } from "./transcribe.ts";
import { type TurnAction, TurnDriver } from "./turn-driver.ts";
import { TurnLog } from "./turn-log.ts";

/** One call: the stages, and the turn machine that decides what they do. */
export class VoiceCall implements CallPipeline, PlayoutListener {
  readonly #node: PipelineNode;
  readonly #parts: PipelineParts;
  readonly #call: PipelineCall;
  readonly #turns: TurnDriver;
  readonly #chains: CallChains;
  readonly #transcriber: Transcriber;
  readonly #listening: Listening;
  readonly #playout: Playout;
  readonly #sentences: PreparedSentences;
  readonly #log: TurnLog;
  readonly #engine: ConversationEngine;
  readonly #line: CallLine;
  readonly #watch: CallWatch;
  #answer: Answer | null = null;
  /** What the answer at hand answers. */
  #asked: { readonly text: string; readonly confidence: number | null; readonly isSpeculative: boolean } =
    NOTHING_ASKED;

  constructor(node: PipelineNode, parts: PipelineParts, call: PipelineCall, line: CallLine) {
    const { clock, timers, pacer, phrases } = node;
    const { bundle } = call;
    const { counters } = parts;
    this.#node = node;
    this.#parts = parts;
    this.#call = call;
    this.#line = line;
    const settings = turnSettings(bundle);
    const turns = new TurnDriver({
      clock,
      timers,
      settings,
      act: (action) => this.#act(action),
      onDefect: (error) => parts.onDefect?.(error),
    });
    this.#turns = turns;
    const log = new TurnLog(counters, parts.onTurn);
    this.#log = log;
    const transcriber = new Transcriber(turns, clock);
    this.#transcriber = transcriber;
    this.#chains = callChains({ node, parts, call, turns, transcriber, log });
    const { ears, voice, models } = this.#chains;
    transcriber.listenTo(ears);
    this.#playout = new Playout({ line, clock, pacer, listener: this });
    const onEncodingMismatch = this.#onEncodingMismatch;
    this.#sentences = new PreparedSentences({
      bundle,
      phrases,
      voice,
      playout: this.#playout,
      turns,
      onEncodingMismatch,
    });
    this.#listening = new Listening({ vad: node.openVad(), ears, turns, log, counters });
    this.#engine = parts.converse(models, log.event);
    this.#chains.open();
    this.#watch = new CallWatch({
      clock,
      timers,
      settings,
      state: () => turns.state,
      soundUntilMs: () => this.#playout.soundUntilMs,
      onStalled: (stall, isAgain) => this.#stalled(stall, isAgain),
    });
    turns.tell({ type: "line-opened" });
  }

  audio(frame: Uint8Array, timestampMs: number, _sequence: number): void {
    this.#listening.push(frame, timestampMs);
  }

  mark(name: string): void {
    this.#playout.mark(name);
  }

  digit(digit: string): void {
    this.#watch.sign();
    this.#turns.tell({ type: "digit-pressed", digit });
  }

  closed(): void {
    this.#playout.close();
    this.#turns.tell({ type: "line-closed" });
    this.#rest();
    this.#watch.stop();
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
    if (this.#sentences.finished(track)) return;
    if (track === this.#answer?.track) this.#turns.tell({ type: "answer-heard", id: this.#answer.id });
  }

  starved(track: Track): void {
    if (track === this.#answer?.track) this.#answer.starved();
  }

  readonly #onEncodingMismatch = (): void => {
    this.#parts.counters.encodingMismatches += 1;
  };

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
        return this.#chains.ears.finalize();
      case "say":
        this.#watch.sign();
        return this.#sentences.say(action.phrase);
      case "hand-off":
        return this.#handOff(action.id);
      case "hang-up":
        this.#rest();
        return this.#parts.onHangUp();
    }
  }

  /** First the turn machine moves on; where that brings nothing a person takes over, and the carrier where even that does not end it. */
  #stalled(stall: CallStall, isAgain: boolean): void {
    const { counters, onStalled } = this.#parts;
    counters.stalls += 1;
    onStalled?.(stall);
    if (stall.waitingFor === "carrier") {
      this.#watch.stop();
      return this.#line.close();
    }
    if (!isAgain) return this.#turns.tell({ type: "call-stalled" });
    this.#turns.tell({ type: "line-closed" });
    this.#handOff(null);
  }

  #newAnswer(id: number): Answer {
    this.#answer = new Answer({
      id,
      turns: this.#turns,
      voice: this.#chains.voice,
      playout: this.#playout,
      clock: this.#node.clock,
      rendered: this.#sentences.rendered,
      onEncodingMismatch: this.#onEncodingMismatch,
    });
    return this.#answer;
  }

  #open(): void {
    this.#asked = NOTHING_ASKED;
    const answer = this.#newAnswer(OPENING);
    const nowMs = this.#node.clock.monotonicMs();
    this.#logCommitted(answer, { callerStoppedMs: nowMs, transcribedMs: null });
    this.#watch.sign();
    answer.commit();
    answer.open(this.#engine.opening);
  }

  #commit(): void {
    const answer = this.#answer;
    if (answer === null) return;
    this.#watch.sign();
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
    this.#sentences.drop();
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
    const { provider, model } = this.#chains.ears;
    const stt = { provider, model };
    const atMs = this.#node.clock.monotonicMs();
    this.#log.ended({ agentText, wasInterrupted, spokenCharacters: answer.spokenCharacters, stt, atMs });
  }

  #fill(id: number, what: "acknowledgement" | "filler"): void {
    const acknowledgement = what === "acknowledgement" ? this.#answer?.acknowledgement : null;
    const text = acknowledgement?.trim() || fillerLine(this.#call.bundle);
    this.#sentences.bridge(id, text, (sentence) => this.#answer?.sayMeanwhile(sentence) ?? false);
  }

  /** Nothing is heard or said any more; the line is somebody else's. */
  #rest(): void {
    this.#watch.sign();
    this.#chains.ears.close();
    this.#chains.voice.close();
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
