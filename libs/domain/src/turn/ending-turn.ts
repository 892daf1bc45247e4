import { awaitAnswer, beginSpeaking } from "./answering.ts";
import { closeNow, closeWith } from "./closing.ts";
import { isTextCurrent, listen } from "./listening.ts";
import { saysTheSame } from "./turn-words.ts";
import { begunAnswer, isAgentsFloor, type TurnStep } from "./turn-state.ts";

/** Begins an answer; a speculative one has no effect until it is committed. */
export function begin(step: TurnStep, text: string, via: "speech" | "keypad", isSpeculative: boolean): void {
  const id = step.next.nextAnswer;
  step.next.nextAnswer = id + 1;
  step.next.answer = begunAnswer(id, text);
  step.do({ type: "begin", id, text, confidence: via === "keypad" ? 1 : step.next.confidence, via, isSpeculative });
}

/** The floor is ours: the answer begun on these words is kept, any other thrown away. */
export function endTurn(step: TurnStep, text: string, via: "speech" | "keypad"): void {
  step.cancel("end-of-turn", "stalled", "keypad", "inactivity", "barge-in");
  const { answer } = step.next;
  if (answer === null || via === "keypad" || !saysTheSame(answer.text, text)) {
    step.dropAnswer();
    begin(step, text, via, false);
  }
  commit(step, step.next.voiceEndedMs);
  step.next.reminders = 0;
}

function commit(step: TurnStep, dueMs: number): void {
  const { answer } = step.next;
  if (answer === null) return;
  step.changeAnswer({ isCommitted: true });
  step.do({ type: "commit", id: answer.id });
  Object.assign(step.next, {
    phase: "responding",
    text: "",
    digits: "",
    hasFinalized: false,
    isStalled: false,
    wasCut: false,
    speculations: 0,
  });
  if (answer.hasSounded) beginSpeaking(step);
  else awaitAnswer(step, Math.max(dueMs, step.atMs - step.settings.acknowledgeMs));
}

/** The silence after the caller's words was long enough. */
export function silenceElapsed(step: TurnStep): void {
  const { text, hasFinalized } = step.next;
  if (isTextCurrent(step) || (hasFinalized && text !== "")) return endTurn(step, text, "speech");
  if (!hasFinalized) {
    step.next.hasFinalized = true;
    step.do({ type: "finalize" });
    step.start("end-of-turn", step.settings.transcriptWaitMs);
    return;
  }
  nothingUnderstood(step);
}

/** Speech without words: noise while we listened; after an interruption we ask again. */
function nothingUnderstood(step: TurnStep): void {
  if (step.next.wasCut) return remind(step);
  step.dropAnswer();
  listen(step);
}

/** Asks again; the engine says goodbye when it has asked before. */
export function remind(step: TurnStep): void {
  step.cancel("end-of-turn", "stalled", "keypad", "inactivity", "barge-in");
  step.dropAnswer();
  if (step.next.reminders >= step.settings.mostReminders) {
    closeNow(step);
    step.do({ type: "hang-up" });
    return;
  }
  step.next.reminders += 1;
  const id = step.next.nextAnswer;
  step.next.nextAnswer = id + 1;
  step.next.answer = begunAnswer(id, "");
  step.do({ type: "remind", id });
  commit(step, step.atMs);
}

/** What was waited for never comes: where an answer is due a person takes over, else we ask again. */
export function callStalled(step: TurnStep): void {
  if (isAgentsFloor(step.next.phase)) closeWith(step, "failure");
  else remind(step);
}

/** The answer never came. */
export const answerMissing = (step: TurnStep): void => closeWith(step, "failure");
