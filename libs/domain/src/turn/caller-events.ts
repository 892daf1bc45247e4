import { isBackchannel } from "./backchannel.ts";
import { takesFloor } from "./barge-in.ts";
import { begin, endTurn } from "./ending-turn.ts";
import { callerSpeaks, isTextCurrent, maybeEnded } from "./listening.ts";
import { isStableEnough } from "./speculation.ts";
import type { TurnEvent } from "./turn-event.ts";
import { saysTheSame } from "./turn-words.ts";
import { isAgentsFloor, isCallersFloor, type TurnStep } from "./turn-state.ts";

type Heard = Extract<TurnEvent, { readonly type: "words-heard" }>;

/** The caller may be done, and may still go on. */
const isHesitating = ({ next }: TurnStep): boolean => next.phase === "maybe-ended" && !next.isStalled;

export function voiceStarted(step: TurnStep): void {
  step.next.isVoice = true;
  step.next.voiceEndedMs = step.atMs;
  if (isAgentsFloor(step.next.phase)) step.start("barge-in", step.settings.bargeInSpeechMs);
  else if (step.next.phase === "listening" || isHesitating(step)) callerSpeaks(step, false);
}

/** An end without a beginning says nothing, and puts nothing off. */
export function voiceStopped(step: TurnStep, silentMs: number): void {
  if (!step.next.isVoice) return;
  step.next.isVoice = false;
  step.next.voiceEndedMs = Math.max(step.next.voiceEndedMs, step.atMs - silentMs);
  step.cancel("barge-in");
  if (!isCallersFloor(step.next.phase) || step.next.digits !== "" || step.next.isStalled) return;
  maybeEnded(step);
  speculate(step, "", false);
}

export function wordsHeard(step: TurnStep, heard: Heard): void {
  const { next, atMs } = step;
  const previousText = next.text;
  const isNew = !saysTheSame(previousText, heard.text);
  next.text = heard.text;
  next.confidence = heard.confidence;
  next.textEndedMs = atMs - Math.max(0, heard.ageMs);
  if (!next.isVoice && isNew) next.voiceEndedMs = Math.max(next.voiceEndedMs, next.textEndedMs);
  // The last word of the recogniser on what was said: whatever the detector heard after it was no speech.
  if (!next.isVoice && heard.isFinal && (heard.isEndpoint || next.hasFinalized))
    next.textEndedMs = Math.max(next.textEndedMs, next.voiceEndedMs);
  if (isAgentsFloor(next.phase)) return bargeIn(step);
  if (next.phase === "closing" || next.digits !== "" || heard.text === "") return;
  if (!isNew && next.phase === "listening") return;
  if (isNew) takeNewWords(step);
  if (next.isStalled) return;
  if (next.isVoice && !heard.isEndpoint) {
    if (isNew || next.phase !== "caller-speaking") callerSpeaks(step, isNew);
  } else if (isNew || next.phase !== "maybe-ended" || isTextCurrent(step)) maybeEnded(step);
  speculate(step, previousText, heard.isFinal);
}

/** The caller is heard; what an answer was begun on may not be what the caller says. */
function takeNewWords(step: TurnStep): void {
  const { answer, text } = step.next;
  Object.assign(step.next, { wasCut: false, isStalled: false, wordlessSinceMs: step.atMs });
  if (step.next.timers.includes("stalled")) step.start("stalled", step.settings.stalledSpeechMs);
  if (answer !== null && !answer.isCommitted && !saysTheSame(answer.text, text)) step.dropAnswer();
}

/** Begins an answer before the turn has ended, where the words are stable enough. */
export function speculate(step: TurnStep, previousText: string, isFinal: boolean): void {
  const { text, isVoice, answer, digits, speculations } = step.next;
  const { settings } = step;
  if (!settings.isSpeculative || answer !== null || digits !== "" || !isCallersFloor(step.next.phase)) return;
  if (speculations >= settings.mostSpeculations) return;
  const isPausedAndCurrent = !isVoice && isTextCurrent(step);
  if (!isStableEnough({ text, previousText, isFinal, isPausedAndCurrent }, settings.words)) return;
  step.next.speculations = speculations + 1;
  begin(step, text, "speech", true);
}

/** The caller talks while the floor is ours: takes it when the words ask for it and nothing protected is being said. */
function bargeIn(step: TurnStep): void {
  if (!step.next.isProtected && takesFloor(step.next.text, step.settings)) cut(step);
}

/** Gives the floor to the caller at once. */
export function cut(step: TurnStep): void {
  const { next } = step;
  step.cancel("barge-in", "acknowledge", "silence", "answer");
  step.dropAnswer();
  next.phase = "interrupted";
  next.wasCut = next.text === "";
  next.hasFinalized = false;
  next.isStalled = false;
  next.wordlessSinceMs = step.atMs;
  next.speculations = 0;
  step.start("stalled", step.settings.stalledSpeechMs);
  if (!next.isVoice) maybeEnded(step);
  speculate(step, "", false);
}

/** Speech went on for too long to be a sign of listening, unless that is all it says and it is still being said. */
export function speechInsisted(step: TurnStep): void {
  const { phase, isVoice, isProtected, text, textEndedMs } = step.next;
  const { words, bargeInSpeechMs } = step.settings;
  if (!isAgentsFloor(phase) || !isVoice || isProtected) return;
  if (isBackchannel(text, words) && step.atMs - textEndedMs < bargeInSpeechMs) step.start("barge-in", bargeInSpeechMs);
  else cut(step);
}

export function protectionChanged(step: TurnStep, isProtected: boolean): void {
  step.next.isProtected = isProtected;
  if (isProtected || !isAgentsFloor(step.next.phase)) return;
  if (takesFloor(step.next.text, step.settings)) cut(step);
  else if (step.next.isVoice) step.start("barge-in", step.settings.bargeInSpeechMs);
}

/** The recogniser holds the utterance to be over, whatever the voice detector says. */
export function utteranceEnded(step: TurnStep): void {
  if (step.next.text === "" || step.next.digits !== "") return;
  if (step.next.phase === "caller-speaking" || step.next.phase === "interrupted") maybeEnded(step);
}

export function turnEndRecognised(step: TurnStep, isEager: boolean): void {
  const { phase, text, digits, isVoice } = step.next;
  if (!isCallersFloor(phase) || text === "" || digits !== "") return;
  if (isEager) return speculate(step, text, true);
  if (!isVoice) endTurn(step, text, "speech");
  else if (!step.next.isStalled) maybeEnded(step);
}

export function turnResumed(step: TurnStep): void {
  const { answer, phase } = step.next;
  if (!isCallersFloor(phase)) return;
  if (answer !== null && !answer.isCommitted) step.dropAnswer();
  if (isHesitating(step)) callerSpeaks(step, false);
}

/** The voice has gone on, or come and gone, without new words: what is known is the turn. */
export function speechStalled(step: TurnStep): void {
  if (!isCallersFloor(step.next.phase)) return;
  step.next.isStalled = true;
  if (step.next.phase === "maybe-ended") return; // on its way to an end, which voice no longer puts off
  step.next.voiceEndedMs = Math.min(step.next.voiceEndedMs, step.atMs);
  maybeEnded(step);
}

export function digitPressed(step: TurnStep, digit: string): void {
  const { next, settings } = step;
  if (next.phase === "closing") return;
  if (digit !== "#" || next.digits === "") next.digits += digit;
  if (isAgentsFloor(next.phase)) {
    if (next.isProtected) return;
    cut(step);
  }
  const { answer } = next;
  if (answer !== null && !answer.isCommitted) step.dropAnswer();
  step.cancel("end-of-turn", "stalled", "inactivity");
  next.isStalled = false;
  next.phase = "caller-speaking";
  if (digit === "#") return endTurn(step, next.digits, "keypad");
  step.start("keypad", settings.keypadPauseMs);
}
