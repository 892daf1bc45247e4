import { answersTheEnd, isBackchannel } from "./backchannel.ts";
import { takesFloor } from "./barge-in.ts";
import { endOfTurnSilenceMs } from "./end-of-turn.ts";
import type { TurnStep } from "./turn-state.ts";

/** Nobody speaks; the caller is expected to. Noise meanwhile does not make the wait longer. */
export function listen(step: TurnStep): void {
  step.cancel("end-of-turn", "stalled");
  step.next.phase = "listening";
  step.next.hasFinalized = false;
  step.next.isStalled = false;
  step.start("inactivity", step.next.wordlessSinceMs + step.settings.inactivityMs - step.atMs);
}

/** Words cover all of the voice, as far as can be told. */
export const isTextCurrent = (step: TurnStep): boolean =>
  step.next.text !== "" && step.next.textEndedMs >= step.next.voiceEndedMs - step.settings.transcriptLagMs;

/** The caller goes on: new words give time anew, voice that comes and goes without any does not. */
export function callerSpeaks(step: TurnStep, hasNewWords: boolean): void {
  step.cancel("inactivity", "end-of-turn");
  step.next.phase = "caller-speaking";
  step.next.hasFinalized = false;
  if (hasNewWords || !step.next.timers.includes("stalled")) step.start("stalled", step.settings.stalledSpeechMs);
}

/** The caller may be done: waits for as long as the text asks for, counted from the last voice. */
export function maybeEnded(step: TurnStep): void {
  step.cancel("inactivity");
  step.next.phase = "maybe-ended";
  const { text, voiceEndedMs } = step.next;
  const silenceMs = endOfTurnSilenceMs(text, isTextCurrent(step), step.settings);
  step.start("end-of-turn", voiceEndedMs + silenceMs - step.atMs);
}

/** After the agent: whether the caller, who spoke meanwhile, has the floor now. */
export function giveFloorToCaller(step: TurnStep): boolean {
  const { text, textEndedMs, isVoice, digits } = step.next;
  const { settings, atMs } = step;
  if (digits !== "") return floorToKeypad(step);
  const hasAnswered =
    isBackchannel(text, settings.words) && answersTheEnd(textEndedMs, atMs, settings.answeringBackchannelMs);
  if (isVoice) callerSpeaks(step, false);
  else if (takesFloor(text, settings) || hasAnswered) maybeEnded(step);
  else return false;
  return true;
}

function floorToKeypad(step: TurnStep): boolean {
  step.cancel("inactivity", "end-of-turn", "stalled");
  step.next.phase = "caller-speaking";
  step.start("keypad", step.settings.keypadPauseMs);
  return true;
}
