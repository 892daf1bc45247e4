import {
  advance,
  currentVisit,
  isAnswerDue,
  type Progress,
  type Question,
  summaryOf,
  withVisit,
} from "@tandem/domain/conversation";
import type { LlmCompletion, LlmListener } from "@tandem/ports/llm";
import type { CallScript } from "./call-script.ts";
import type {
  CallerTurn,
  HandOffTarget,
  PendingResponse,
  ResponseOutcome,
  ResponseSink,
  SpokenLine,
} from "./conversation-engine.ts";
import { answerByOurselves } from "./deterministic-answer.ts";
import { Draft, type DraftTarget } from "./draft.ts";
import type { History, Round } from "./history.ts";
import { modelRequest, tierOf } from "./model-request.ts";
import { handOffLine, mostStepFailures, prepareAnswer } from "./prepared-answer.ts";
import { enteredEvents } from "./progress-events.ts";
import { RoundCalls, type RoundOutcome } from "./round-calls.ts";
import { asks, SpokenAnswer } from "./spoken-answer.ts";
import type { Standing, StandingChange } from "./standing.ts";
import type { ToolRuns } from "./tool-runs.ts";

/** Completions of one answer, most. */
const mostRounds = 6;
/** Failures of models in a row after which nothing more is tried. */
const mostModelFailures = 2;

/** What an answer works with. */
export interface ResponseParts extends DraftTarget {
  readonly script: CallScript;
  readonly runs: ToolRuns;
  readonly history: History;
  /** It is the answer to what was said, and will be spoken. */
  readonly committed: () => void;
  /** A write has outlived its answer: what it came to is added to whatever the standing is by now. */
  readonly late: (change: StandingChange) => void;
}

/**
 * One answer: rounds of the model until the caller must speak. Works on its own standing until it is committed; what has an effect outside
 * waits for that.
 */
export class Response implements PendingResponse {
  readonly #parts: ResponseParts;
  readonly #sink: ResponseSink;
  readonly #turn: CallerTurn | null;
  readonly #spoken: SpokenAnswer;
  /** What we had asked by ourselves before this turn. */
  readonly #question: Question | null;
  readonly #draft: Draft;
  #completion: LlmCompletion | null = null;
  /** The round whose completion or tools are under way; null between rounds and at the end. */
  #round: Round | null = null;
  #calls: RoundCalls | null = null;
  #asked = 0;
  #rejections = 0;
  /** Nothing more is told: done, discarded or interrupted. */
  #isOver = false;
  /** Discarded, or what was heard of it is known. */
  #isSettled = false;

  constructor(parts: ResponseParts, standing: Standing, turn: CallerTurn | null, sink: ResponseSink) {
    this.#parts = parts;
    this.#sink = sink;
    this.#turn = turn;
    this.#question = standing.question;
    this.#draft = new Draft({ ...standing, question: null, progress: { ...standing.progress, ending: null } }, parts);
    this.#spoken = new SpokenAnswer(turn?.text ?? null, sink);
  }

  /** The answer to a turn of the caller. */
  begin(turn: CallerTurn): void {
    const { standing, events, answer } = prepareAnswer(this.#parts.script, this.#standing, turn);
    this.#draft.move(standing, events);
    if (answer === null) {
      this.#catchUp();
      return this.#ask();
    }
    for (const line of answer.lines) this.#spoken.say(line);
    this.#conclude(
      answer.handOff === null ? { next: "listen" } : this.#handOff(answer.handOff.to, answer.handOff.reason),
    );
  }

  /** A line of ours, and what follows it. */
  saying(line: SpokenLine, outcome: ResponseOutcome): void {
    this.#spoken.say(line);
    this.#conclude(outcome);
  }

  commit(): void {
    if (this.#draft.isCommitted || this.#isSettled) return;
    this.#parts.committed();
    this.#parts.history.add(this.#spoken.exchange);
    this.#draft.commit();
  }

  discard(): void {
    if (this.#draft.isCommitted || this.#isSettled) return;
    this.#isSettled = true;
    this.#stop();
  }

  interrupt(heard: string): void {
    this.#settle(heard);
  }

  finish(): void {
    this.#settle(null);
  }

  /** The call is over: nothing new begins, and nothing more is told. */
  close(): void {
    if (this.#draft.isCommitted) this.#cutOff();
    else this.#stop();
  }

  /** A write that outlived another answer has come to something. */
  rebase(change: StandingChange): void {
    this.#draft.rebase(change);
    this.#calls?.rebase(change);
  }

  /** What was heard is known (null: all of it); what still goes on is cut off. */
  #settle(heard: string | null): void {
    if (!this.#draft.isCommitted) return this.discard();
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#cutOff();
    this.#parts.history.heard(this.#spoken.exchange, heard);
  }

  /** What the caller answered stays answered, writes that run finish and are recorded, what has not begun never does. */
  #cutOff(): void {
    const calls = this.#calls ?? (this.#round === null ? null : this.#callsOf(this.#round));
    const cut = calls?.cutOff();
    if (cut !== undefined) this.#draft.move(cut.standing, cut.events);
    this.#stop();
  }

  /** Nothing more is told, and the completion is cancelled. */
  #stop(): void {
    this.#isOver = true;
    this.#round = null;
    this.#draft.abandon();
    this.#completion?.cancel();
    this.#completion = null;
  }

  #ask(isRepair = false): void {
    if (this.#asked >= mostRounds) return this.#answerByOurselves();
    this.#asked += 1;
    const { script, history } = this.#parts;
    const request = modelRequest(script, this.#standing, history, this.#spoken.exchange);
    const tier = tierOf(script, this.#standing, { confidence: this.#turn?.confidence ?? 1, isRepair });
    const round = this.#spoken.open();
    this.#round = round;
    this.#parts.event({ type: "model-asked", tier, isSpeculative: !this.#draft.isCommitted });
    const completion = script.options.models.stream(request, tier, this.#listener(round));
    // It may have ended before it was returned, or have been followed by the next one.
    if (this.#round === round && this.#calls === null) this.#completion = completion;
  }

  #listener(round: Round): LlmListener {
    const isCurrent = (): boolean => this.#round === round && !this.#isOver;
    return {
      text: (delta) => {
        if (isCurrent()) this.#spoken.speak(round, delta);
      },
      toolCall: (call) => {
        if (isCurrent()) round.calls.push(call);
      },
      done: ({ usage, finishReason }) => {
        if (!isCurrent()) return;
        this.#completion = null;
        if (usage !== null) this.#parts.event({ type: "model-answered", ...usage });
        if (finishReason === "filtered" && round.text.trim() === "") return this.#modelsFailed();
        this.#answered(round);
      },
      failed: () => {
        if (!isCurrent()) return;
        this.#completion = null;
        round.calls.length = 0;
        this.#modelsFailed();
      },
    };
  }

  #answered(round: Round): void {
    this.#draft.move({ modelFailures: 0 });
    if (round.calls.length === 0) return this.#repliedOnly(round);
    this.#calls = this.#callsOf(round);
    this.#goOn(round, this.#calls);
  }

  #callsOf(round: Round): RoundCalls {
    const { script, runs } = this.#parts;
    const { progress } = this.#standing;
    const objective = currentVisit(progress).objective;
    return new RoundCalls({ script, runs, round, objective, callerText: this.#turn?.text ?? "" }, this.#standing);
  }

  /** Runs what the round calls, as far as it may, and comes back when a tool has answered. */
  #goOn(round: Round, calls: RoundCalls): void {
    const isCurrent = (): boolean => this.#round === round && !this.#isOver;
    const step = calls.next(this.#draft.isCommitted, {
      answered: () => {
        if (isCurrent()) this.#goOn(round, calls);
      },
      waiting: (acknowledgement) => {
        if (isCurrent()) this.#sink.waiting(acknowledgement);
      },
      late: this.#parts.late,
    });
    if (step === "running") return;
    if (step === "held") return this.#draft.whenCommitted(() => this.#goOn(round, calls));
    this.#calls = null;
    this.#called(round, step);
  }

  #repliedOnly(round: Round): void {
    if (round.text.trim() === "") {
      this.#spoken.drop(round);
      return this.#rejected(true);
    }
    const before = currentVisit(this.#standing.progress).objective;
    const isAnswered = !asks(round.text);
    this.#advance(withVisit(this.#standing.progress, { isAnswered }));
    const isMoved = currentVisit(this.#standing.progress).objective !== before;
    if (this.#isEnded()) return this.#end();
    if (isMoved) return this.#ask();
    this.#conclude({ next: "listen" });
  }

  #called(round: Round, outcome: RoundOutcome): void {
    const before = currentVisit(this.#standing.progress).objective;
    this.#draft.move(outcome.standing, outcome.events);
    const reopened = currentVisit(this.#standing.progress).objective;
    if (reopened !== before) this.#draft.move({}, [{ type: "objective-entered", objective: reopened }]);
    this.#advance(this.#standing.progress);
    const { progress } = this.#standing;
    const current = currentVisit(progress).objective;
    outcome.tellModel(current);
    const isStuck = outcome.hasFailed && current === before;
    if (isStuck) this.#draft.move({ stepFailures: this.#standing.stepFailures + 1 });
    if (outcome.handOff !== null) return this.#end(outcome.handOff);
    if (outcome.isHangUp) return this.#hangUp();
    if (this.#isEnded()) return this.#end();
    if (isStuck && this.#isGivenUp()) return this.#giveUp();
    if (outcome.hasRejected) return this.#rejected(outcome.isMalformed);
    // The model has asked something already: the next step's question would be one too many.
    const isAwaited = asks(round.text) && isAnswerDue(this.#parts.script, progress);
    const isMoved = current !== before && !isAwaited;
    if (outcome.hasRun || isMoved || this.#spoken.isEmpty) return this.#ask();
    this.#conclude({ next: "listen" });
  }

  /** What a write of an earlier answer came to may lead on; it never ends a call that the caller is speaking in. */
  #catchUp(): void {
    if (advance(this.#parts.script, this.#standing.progress).ending === null) this.#advance(this.#standing.progress);
  }

  #advance(from: Progress): void {
    const progress = advance(this.#parts.script, from);
    const entered = enteredEvents(from.visits.length, progress);
    this.#draft.move({ progress, stepFailures: entered.length > 0 ? 0 : this.#standing.stepFailures }, entered);
  }

  /** Output that cannot be used: the model is told once, then we go on by ourselves. */
  #rejected(isMalformed: boolean): void {
    this.#rejections += 1;
    const isLast = this.#rejections > 1;
    if (isMalformed || isLast)
      this.#parts.event({ type: "output-rejected", path: isLast ? "deterministic" : "repaired" });
    if (isLast) this.#answerByOurselves();
    else this.#ask(true);
  }

  #modelsFailed(): void {
    this.#round = null;
    const modelFailures = this.#standing.modelFailures + 1;
    this.#draft.move({ modelFailures });
    if (modelFailures >= mostModelFailures) return this.#conclude({ next: "failed" });
    this.#answerByOurselves();
  }

  #answerByOurselves(): void {
    this.#round = null;
    const { script } = this.#parts;
    const { standing, events } = answerByOurselves(script, this.#standing, this.#question, this.#turn?.text ?? "");
    const isFurther = standing.progress !== this.#standing.progress;
    this.#draft.move({ ...standing, stepFailures: isFurther ? 0 : standing.stepFailures + 1 }, events);
    if (this.#isEnded()) return this.#end();
    if (this.#isGivenUp()) return this.#giveUp();
    const { question } = this.#standing;
    if (question !== null && !this.#spoken.isAsking)
      this.#spoken.say({ text: question.text, isUninterruptible: false });
    this.#conclude(this.#spoken.isEmpty ? { next: "failed" } : { next: "listen" });
  }

  #isGivenUp(): boolean {
    return this.#standing.stepFailures >= mostStepFailures;
  }

  #giveUp(): void {
    const step = currentVisit(this.#standing.progress).objective.replaceAll("_", " ");
    this.#end({ to: "human", reason: `The step "${step}" could not be completed` });
  }

  get #standing(): Standing {
    return this.#draft.standing;
  }

  #isEnded(): boolean {
    return this.#standing.progress.ending !== null;
  }

  /** Over to a person, or the end of the call: as the step's transition says, or as the model wants. */
  #end(handOff: { readonly to: HandOffTarget; readonly reason: string } | null = null): void {
    if (handOff === null && this.#standing.progress.ending === "end") return this.#hangUp();
    const { to, reason } = handOff ?? { to: "human" as const, reason: "This call needs a person" };
    const line = handOffLine(this.#parts.script, to);
    if (!this.#spoken.includes(line.text)) this.#spoken.say(line);
    this.#conclude(this.#handOff(to, reason));
  }

  #hangUp(): void {
    const { lines, options } = this.#parts.script;
    if (this.#spoken.isEmpty)
      this.#spoken.say({ text: lines.goodbye(options.call.direction), isUninterruptible: false });
    this.#conclude({ next: "hang-up" });
  }

  #handOff(to: HandOffTarget, reason: string): ResponseOutcome {
    const { progress, told } = this.#standing;
    return { next: "hand-off", to, summary: summaryOf({ progress, told, done: this.#parts.runs.done, reason }) };
  }

  #conclude(outcome: ResponseOutcome): void {
    this.#round = null;
    const tell = (): void => {
      this.#isOver = true;
      this.#sink.done(outcome);
    };
    if (outcome.next === "listen") tell();
    else this.#draft.whenCommitted(tell);
  }
}
