import type { TurnCommand, TurnTimer } from "./turn-command.ts";
import type { AnswerOutcome } from "./turn-event.ts";
import type { TurnSettings } from "./turn-settings.ts";

/** Who has the floor, and what is about to happen to it. */
export type TurnPhase =
  | "opening"
  | "listening"
  | "caller-speaking"
  | "maybe-ended"
  | "responding"
  | "speaking"
  | "interrupted"
  | "closing";

/** An answer from its beginning to its end. */
export interface TurnAnswer {
  readonly id: number;
  /** What it answers; empty for the opening and reminders. */
  readonly text: string;
  readonly isCommitted: boolean;
  readonly hasSounded: boolean;
  /** An acknowledgement is at hand. */
  readonly isWaiting: boolean;
  /** Fillers said since its last words. */
  readonly fills: number;
  /** Null while it is being made. */
  readonly outcome: AnswerOutcome | null;
}

export interface TurnState {
  readonly phase: TurnPhase;
  readonly isVoice: boolean;
  /** When the caller was last heard, monotonic milliseconds; by voice or by words. */
  readonly voiceEndedMs: number;
  /** Words no turn has used yet. */
  readonly text: string;
  readonly textEndedMs: number;
  readonly confidence: number;
  /** The agent was cut off, and no word of the caller has come since. */
  readonly wasCut: boolean;
  /** The recogniser was asked for what is still open. */
  readonly hasFinalized: boolean;
  /** Voice has gone on or come and gone for too long without a new word: it does not hold the floor any more. */
  readonly isStalled: boolean;
  /** Since when the floor is the caller's without a new word, monotonic milliseconds. */
  readonly wordlessSinceMs: number;
  readonly digits: string;
  readonly answer: TurnAnswer | null;
  readonly isProtected: boolean;
  readonly nextAnswer: number;
  /** Answers begun on partials in this turn. */
  readonly speculations: number;
  readonly reminders: number;
  readonly timers: readonly TurnTimer[];
  /** While closing: what comes after the last sentence; `over` when nothing does. */
  readonly ending: "hand-off" | "hang-up" | "over" | null;
}

export const INITIAL_TURN: TurnState = {
  phase: "opening",
  isVoice: false,
  voiceEndedMs: Number.NEGATIVE_INFINITY,
  text: "",
  textEndedMs: Number.NEGATIVE_INFINITY,
  confidence: 0,
  wasCut: false,
  hasFinalized: false,
  isStalled: false,
  wordlessSinceMs: Number.NEGATIVE_INFINITY,
  digits: "",
  answer: null,
  isProtected: false,
  nextAnswer: 0,
  speculations: 0,
  reminders: 0,
  timers: [],
  ending: null,
};

/** The caller has the floor: nothing of ours may sound. */
export const isCallersFloor = (phase: TurnPhase): boolean =>
  phase === "caller-speaking" || phase === "maybe-ended" || phase === "interrupted";

/** The agent has the floor, or owes an answer. */
export const isAgentsFloor = (phase: TurnPhase): boolean =>
  phase === "opening" || phase === "responding" || phase === "speaking";

/** An answer as it begins. */
export const begunAnswer = (id: number, text: string): TurnAnswer => ({
  id,
  text,
  isCommitted: false,
  hasSounded: false,
  isWaiting: false,
  fills: 0,
  outcome: null,
});

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** One transition being made: the next state and what it asks for. */
export class TurnStep {
  readonly next: Writable<TurnState>;
  readonly commands: TurnCommand[] = [];
  readonly atMs: number;
  readonly settings: TurnSettings;

  constructor(state: TurnState, atMs: number, settings: TurnSettings) {
    this.next = { ...state };
    this.atMs = atMs;
    this.settings = settings;
  }

  do(command: TurnCommand): void {
    this.commands.push(command);
  }

  start(timer: TurnTimer, afterMs: number): void {
    if (!this.next.timers.includes(timer)) this.next.timers = [...this.next.timers, timer];
    this.do({ type: "start-timer", timer, afterMs: Math.max(0, afterMs) });
  }

  cancel(...timers: readonly TurnTimer[]): void {
    for (const timer of timers) {
      if (!this.next.timers.includes(timer)) continue;
      this.next.timers = this.next.timers.filter((running) => running !== timer);
      this.do({ type: "cancel-timer", timer });
    }
  }

  changeAnswer(change: Partial<TurnAnswer>): void {
    if (this.next.answer !== null) this.next.answer = { ...this.next.answer, ...change };
  }

  /** Ends the answer at hand, whatever became of it. */
  dropAnswer(): void {
    const { answer } = this.next;
    if (answer === null) return;
    this.next.answer = null;
    this.do({ type: answer.isCommitted ? "interrupt" : "discard", id: answer.id });
  }
}
