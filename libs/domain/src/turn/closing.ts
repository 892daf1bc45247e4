import type { TurnStep } from "./turn-state.ts";

/** Ends the call after a last sentence. Nothing comes after it. */
export function closeWith(step: TurnStep, phrase: "failure" | "time-limit"): void {
  step.cancel(...step.next.timers);
  step.dropAnswer();
  step.next.phase = "closing";
  step.next.ending = phrase === "failure" ? "hand-off" : "hang-up";
  step.do({ type: "say", phrase });
  step.start("closing", step.settings.closingMs);
}

/** The last sentence was heard, or will never be. */
export function endClosing(step: TurnStep): void {
  const { ending } = step.next;
  if (ending === null || ending === "over") return;
  step.cancel("closing");
  step.next.ending = "over";
  step.do(ending === "hand-off" ? { type: "hand-off", id: null } : { type: "hang-up" });
}

/** Ends the call now: the answer that was just heard asked for it, or nobody is there. */
export function closeNow(step: TurnStep): void {
  step.cancel(...step.next.timers);
  step.dropAnswer();
  step.next.phase = "closing";
  step.next.ending = "over";
}
