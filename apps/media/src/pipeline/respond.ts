import type {
  CallerTurn,
  ConversationEngine,
  PendingResponse,
  ResponseOutcome,
  ResponseSink,
  SpokenLine,
} from "@tandem/agent";
import type { Clock } from "@tandem/kernel";
import type { TtsChain } from "../providers/tts-chain.ts";
import type { Playout } from "./playout.ts";
import { Speech } from "./speech.ts";
import { Track } from "./track.ts";
import type { TurnDriver } from "./turn-driver.ts";
import type { AnswerTimes } from "./turn-log.ts";

export interface AnswerParts {
  readonly id: number;
  readonly turns: TurnDriver;
  readonly voice: TtsChain;
  readonly playout: Playout;
  readonly clock: Clock;
  readonly rendered: (text: string) => Uint8Array | null;
  readonly onEncodingMismatch: () => void;
}

/** One answer of the agent: what the conversation says, spoken as it comes, held until it is committed. */
export class Answer implements ResponseSink {
  readonly id: number;
  readonly track: Track;
  readonly times: AnswerTimes;
  /** What is said while a tool runs; null when nothing is ready. */
  acknowledgement: string | null = null;
  outcome: ResponseOutcome = { next: "listen" };
  readonly #parts: AnswerParts;
  readonly #speech: Speech;
  #pending: PendingResponse | null = null;
  #isCommitted = false;
  #isOver = false;
  #isSounding = false;
  #isProtected = false;

  constructor(parts: AnswerParts) {
    const { id, voice, rendered, onEncodingMismatch } = parts;
    this.id = id;
    this.track = new Track(`a${id}`);
    this.#parts = parts;
    this.times = {
      firstTokenMs: null,
      firstAudioMs: null,
      firstSentMs: null,
      firstHeardMs: null,
    };
    this.#speech = new Speech({
      track: this.track,
      voice,
      rendered,
      onAudio: () => this.#audio(),
      onFailed: () => parts.turns.tell({ type: "chain-failed" }),
      onEncodingMismatch,
    });
  }

  get spokenCharacters(): number {
    return this.#speech.characters;
  }

  /** The words that the caller has heard of it. */
  get heardText(): string {
    return this.#speech.heard();
  }

  respondTo(engine: ConversationEngine, turn: CallerTurn): void {
    this.#pending = engine.respond(turn, this);
  }

  remind(engine: ConversationEngine): void {
    this.#pending = engine.remind(this);
  }

  /** The opening: lines that are known already. */
  open(lines: readonly SpokenLine[]): void {
    for (const line of lines) this.line(line);
    this.#speech.end();
  }

  text(delta: string): void {
    if (this.#isOver || delta === "") return;
    this.#worded();
    this.#speech.write(delta);
  }

  line({ text, isUninterruptible }: SpokenLine): void {
    if (this.#isOver) return;
    this.#worded();
    this.#speech.line(text, isUninterruptible);
    this.watchProtection();
  }

  waiting(acknowledgement: string): void {
    if (this.#isOver) return;
    this.#speech.flush();
    this.acknowledgement = acknowledgement;
    this.#parts.turns.tell({ type: "answer-waiting", id: this.id });
  }

  done(outcome: ResponseOutcome): void {
    if (this.#isOver) return;
    this.outcome = outcome;
    this.#parts.turns.tell({ type: "answer-made", id: this.id, outcome: outcome.next });
    this.#speech.end();
  }

  /** Says a sentence of its own while something is awaited; false when words wait to be spoken already. */
  sayMeanwhile(text: string): boolean {
    if (this.#isOver || !this.#speech.isIdle || text.trim() === "") return false;
    this.#speech.line(text, false);
    return true;
  }

  /** It is the answer to a turn that has ended: from here on it is heard and has effects. */
  commit(): void {
    this.#isCommitted = true;
    this.watchProtection();
    this.#parts.playout.play(this.track);
    this.#pending?.commit();
  }

  discard(): void {
    this.#stop();
    this.#pending?.discard();
  }

  /** The caller has the floor. Returns what was heard of it. The playout was cleared before. */
  interrupt(): string {
    const heard = this.heardText;
    this.#stop();
    this.#pending?.interrupt(heard);
    return heard;
  }

  finish(): string {
    const heard = this.heardText;
    this.#stop();
    this.#pending?.finish();
    return heard;
  }

  /** All that there was has been heard; more is to come. */
  starved(): void {
    if (!this.#isSounding) return;
    this.#isSounding = false;
    this.#parts.turns.tell({ type: "answer-starved", id: this.id });
  }

  /** Tells when an uninterruptible line comes up or has been heard. */
  watchProtection(): void {
    if (!this.#isCommitted || this.#isOver || this.#speech.isProtected === this.#isProtected) return;
    this.#isProtected = this.#speech.isProtected;
    this.#parts.turns.tell({ type: "protection-changed", isProtected: this.#isProtected });
  }

  #worded(): void {
    this.times.firstTokenMs ??= this.#parts.clock.monotonicMs();
    this.#parts.turns.tell({ type: "answer-worded", id: this.id });
  }

  #audio(): void {
    if (this.#isOver) return;
    const { track } = this;
    if (track.hasUnsent && !this.#isSounding) {
      this.#isSounding = true;
      this.times.firstAudioMs ??= this.#parts.clock.monotonicMs();
      this.#parts.turns.tell({ type: "answer-sounded", id: this.id });
    }
    if (this.#isCommitted) this.#parts.playout.pump();
  }

  #stop(): void {
    this.#isOver = true;
    this.#speech.cancel();
  }
}
