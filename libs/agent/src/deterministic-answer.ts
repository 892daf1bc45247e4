import { advance, applyReply, factOf, nextQuestion, type Progress, type Question } from "@tandem/domain/conversation";
import type { CallScript } from "./call-script.ts";
import type { EngineEvent } from "./conversation-engine.ts";
import { enteredEvents, factEvents } from "./progress-events.ts";
import type { Standing } from "./standing.ts";

/** What we can do about a turn without a model. `standing.question` is what we ask next; null: there is nothing to ask. */
export interface OwnAnswer {
  readonly standing: Standing;
  readonly events: readonly EngineEvent[];
}

/** Takes the caller's words as the answer to our own last question, if there was one, and finds the next question. Pure. */
export function answerByOurselves(
  script: CallScript,
  standing: Standing,
  asked: Question | null,
  callerText: string,
): OwnAnswer {
  const call = { ...script.context, told: standing.told };
  const isOpen = asked !== null && isUnanswered(standing.progress, asked);
  const applied = isOpen ? applyReply(script, standing.progress, asked, { text: callerText, call }) : null;
  const progress = applied === null ? standing.progress : advance(script, applied);
  const question =
    progress.ending === null ? nextQuestion(script, progress, { lines: script.lines, offers: standing.told }) : null;
  const reopened = applied ?? progress;
  const events = [...factEvents(standing.progress, progress), ...enteredEvents(reopened.visits.length, progress)];
  return { standing: { ...standing, progress, question }, events };
}

/** Another answer may have settled it meanwhile. */
function isUnanswered(progress: Progress, { field, asks }: Question): boolean {
  const fact = factOf(progress, field);
  return asks === "value" ? fact === undefined : fact?.isConfirmed === false;
}
