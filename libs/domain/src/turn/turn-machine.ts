import * as answering from "./answering.ts";
import * as caller from "./caller-events.ts";
import { closeNow, closeWith, endClosing } from "./closing.ts";
import { answerMissing, callStalled, endTurn, remind, silenceElapsed } from "./ending-turn.ts";
import type { TurnCommand, TurnTimer } from "./turn-command.ts";
import type { TurnEvent } from "./turn-event.ts";
import type { TurnSettings } from "./turn-settings.ts";
import { begunAnswer, type TurnState, TurnStep } from "./turn-state.ts";

/** The next state of a call and what is to be done, in order. */
export interface TurnTransition {
  readonly state: TurnState;
  readonly commands: readonly TurnCommand[];
}

/** Who has the floor, decided event by event. Pure; once closing is over nothing is asked for any more. */
export function reduceTurn(state: TurnState, event: TurnEvent, settings: TurnSettings): TurnTransition {
  if (state.ending === "over") return { state, commands: [] };
  const step = new TurnStep(state, event.atMs, settings);
  if (state.phase === "closing") whileClosing(step, event);
  else take(step, event);
  return { state: step.next, commands: step.commands };
}

function whileClosing(step: TurnStep, event: TurnEvent): void {
  if (event.type === "line-closed") closeNow(step);
  else if (event.type === "phrase-heard" || event.type === "call-stalled") endClosing(step);
  else if (event.type === "timer-fired" && fired(step, event.timer)) endClosing(step);
}

function take(step: TurnStep, event: TurnEvent): void {
  switch (event.type) {
    case "line-opened":
      return open(step);
    case "line-closed":
      return closeNow(step);
    case "voice-started":
      return caller.voiceStarted(step);
    case "voice-stopped":
      return caller.voiceStopped(step, event.silentMs);
    case "words-heard":
      return caller.wordsHeard(step, event);
    case "utterance-ended":
      return caller.utteranceEnded(step);
    case "turn-end-recognised":
      return caller.turnEndRecognised(step, event.isEager);
    case "turn-resumed":
      return caller.turnResumed(step);
    case "digit-pressed":
      return caller.digitPressed(step, event.digit);
    case "protection-changed":
      return caller.protectionChanged(step, event.isProtected);
    case "timer-fired":
      return timerFired(step, event.timer);
    case "chain-failed":
      return closeWith(step, "failure");
    case "call-stalled":
      return callStalled(step);
    case "phrase-heard":
      return;
    default:
      return takeAnswer(step, event);
  }
}

function takeAnswer(step: TurnStep, event: Extract<TurnEvent, { readonly id: number }>): void {
  switch (event.type) {
    case "answer-waiting":
      return answering.answerWaiting(step, event.id);
    case "answer-worded":
      return answering.answerWorded(step, event.id);
    case "answer-sounded":
      return answering.answerSounded(step, event.id);
    case "answer-starved":
      return answering.answerStarved(step, event.id);
    case "answer-made":
      return answering.answerMade(step, event.id, event.outcome);
    case "answer-heard":
      return answering.answerHeard(step, event.id);
    case "filler-heard":
      return answering.fillerHeard(step, event.id);
  }
}

/** The opening is answer 0: begun and committed by the call itself. */
function open(step: TurnStep): void {
  if (step.next.nextAnswer > 0) return;
  const id = 0;
  step.next.nextAnswer = 1;
  step.next.answer = { ...begunAnswer(id, ""), isCommitted: true, outcome: "listen" };
  step.do({ type: "open" });
  step.start("call-length", step.settings.callLengthMs);
  step.start("silence", step.settings.silenceMs);
  step.start("answer", step.settings.answerMs);
}

/** Takes a timer off; false when it was not running: a late one. */
function fired(step: TurnStep, timer: TurnTimer): boolean {
  if (!step.next.timers.includes(timer)) return false;
  step.next.timers = step.next.timers.filter((running) => running !== timer);
  return true;
}

function timerFired(step: TurnStep, timer: TurnTimer): void {
  if (!fired(step, timer)) return;
  switch (timer) {
    case "end-of-turn":
      return silenceElapsed(step);
    case "barge-in":
      return caller.speechInsisted(step);
    case "stalled":
      return caller.speechStalled(step);
    case "keypad":
      return endTurn(step, step.next.digits, "keypad");
    case "acknowledge":
      return answering.acknowledge(step);
    case "silence":
      return answering.fillSilence(step);
    case "answer":
      return answerMissing(step);
    case "inactivity":
      return remind(step);
    case "call-length":
      return closeWith(step, "time-limit");
    case "closing":
      return endClosing(step);
  }
}
