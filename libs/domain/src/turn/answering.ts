import { closeNow, closeWith } from "./closing.ts";
import { giveFloorToCaller, listen } from "./listening.ts";
import type { AnswerOutcome } from "./turn-event.ts";
import { isAgentsFloor, type TurnAnswer, type TurnStep } from "./turn-state.ts";

/** However late the end of the turn was noticed, an answer has this long before a filler. */
const LEAST_SILENCE_MS = 300;

/** What a filler and the silence before it take of the time that an answer has. */
const FILL_MS = 3000;

/** The answer at hand, if it is this one and has the floor. */
function committed(step: TurnStep, id: number): TurnAnswer | null {
  const { answer, phase } = step.next;
  return answer !== null && answer.id === id && answer.isCommitted && isAgentsFloor(phase) ? answer : null;
}

export function answerWaiting(step: TurnStep, id: number): void {
  if (step.next.answer?.id === id) step.changeAnswer({ isWaiting: true });
  if (committed(step, id) === null || step.next.phase !== "responding") return;
  if (!step.next.timers.includes("acknowledge")) step.start("acknowledge", 0);
}

/** Words of the answer came: nothing needs to be said meanwhile. */
export function answerWorded(step: TurnStep, id: number): void {
  if (step.next.answer?.id !== id) return;
  step.changeAnswer({ isWaiting: false, fills: 0 });
  step.cancel("acknowledge");
}

export function answerSounded(step: TurnStep, id: number): void {
  if (step.next.answer?.id !== id) return;
  step.changeAnswer({ hasSounded: true });
  if (step.next.phase === "responding" || step.next.phase === "opening") beginSpeaking(step);
}

/** The answer can be heard from now on. */
export function beginSpeaking(step: TurnStep): void {
  step.cancel("acknowledge", "silence", "answer");
  step.next.phase = "speaking";
}

/** What has sounded is over and more is to come: an answer is due again. */
export function answerStarved(step: TurnStep, id: number): void {
  if (committed(step, id) === null || step.next.phase !== "speaking") return;
  step.next.phase = "responding";
  awaitAnswer(step, step.atMs);
}

/** Starts what keeps a due answer from becoming silence. `dueMs`: since when it is due. */
export function awaitAnswer(step: TurnStep, dueMs: number): void {
  step.start("acknowledge", dueMs + step.settings.acknowledgeMs - step.atMs);
  step.start("silence", Math.max(LEAST_SILENCE_MS, dueMs + step.settings.silenceMs - step.atMs));
  const fills = step.next.answer?.fills ?? 0;
  step.start("answer", step.settings.answerMs - fills * FILL_MS);
}

export function acknowledge(step: TurnStep): void {
  const { answer, phase } = step.next;
  if (phase !== "responding" || answer?.isWaiting !== true) return;
  step.changeAnswer({ isWaiting: false, fills: answer.fills + 1 });
  step.cancel("silence");
  step.do({ type: "fill", id: answer.id, with: "acknowledgement" });
}

export function fillSilence(step: TurnStep): void {
  const { answer, phase } = step.next;
  if (phase !== "responding" || answer === null) return;
  const hasAcknowledgement = answer.isWaiting;
  step.changeAnswer({ isWaiting: false, fills: answer.fills + 1 });
  step.cancel("acknowledge");
  step.do({ type: "fill", id: answer.id, with: hasAcknowledgement ? "acknowledgement" : "filler" });
}

export function fillerHeard(step: TurnStep, id: number): void {
  if (committed(step, id) !== null && step.next.phase === "responding") step.start("silence", step.settings.silenceMs);
}

export function answerMade(step: TurnStep, id: number, outcome: AnswerOutcome): void {
  if (step.next.answer?.id === id && step.next.answer.outcome === null)
    step.changeAnswer({ outcome, isWaiting: false });
}

export function answerHeard(step: TurnStep, id: number): void {
  const answer = committed(step, id);
  if (answer === null) return;
  step.next.answer = null;
  step.next.isProtected = false;
  step.do({ type: "finish", id });
  step.cancel("acknowledge", "silence", "answer", "barge-in");
  switch (answer.outcome ?? "listen") {
    case "hand-off":
      closeNow(step);
      step.do({ type: "hand-off", id });
      return;
    case "hang-up":
      closeNow(step);
      step.do({ type: "hang-up" });
      return;
    case "failed":
      return closeWith(step, "failure");
    case "listen":
      return afterAnswer(step);
  }
}

function afterAnswer(step: TurnStep): void {
  step.next.wordlessSinceMs = step.atMs;
  if (!giveFloorToCaller(step)) listen(step);
}
