import { callerSignal, fillCallNames, isAffirmation, isBareAffirmation, isRefusal } from "@tandem/domain/conversation";
import type { CallerTurn, EngineEvent, HandOffTarget, SpokenLine } from "./conversation-engine.ts";
import type { CallScript } from "./call-script.ts";
import { greetingLines } from "./opening.ts";
import type { Standing } from "./standing.ts";

/** Recognition below this is not shown to a model: what it would make of it is a guess. */
const unclearBelow = 0.4;
/** Unclear turns in a row, upset turns and failures of a step after which a person takes over. */
const mostUnclear = 2;
const mostFrustrated = 2;
export const mostStepFailures = 3;

/** What a turn comes to before any model is asked: the standing it leaves, and an answer where none is needed. */
export interface PreparedAnswer {
  readonly standing: Standing;
  readonly events: readonly EngineEvent[];
  /** Null: a model answers. */
  readonly answer: {
    readonly lines: readonly SpokenLine[];
    readonly handOff: { readonly to: HandOffTarget; readonly reason: string } | null;
  } | null;
}

/** Emergency first, then a person who is asked for, consent, and turns that cannot be understood. Pure. */
export function prepareAnswer(script: CallScript, standing: Standing, turn: CallerTurn): PreparedAnswer {
  const { emergency } = script.options.bundle;
  const signal = callerSignal(turn.text, emergency.phrases);
  if (signal === "emergency") return handOff(script, standing, "emergency", "The caller reports an emergency");
  if (signal === "person") return handOff(script, standing, "human", "The caller asks for a person");
  if (isUnclear(turn)) return unclear(script, standing);
  const frustrated = standing.frustrated + (signal === "frustration" ? 1 : 0);
  if (frustrated >= mostFrustrated && signal === "frustration")
    return handOff(script, standing, "human", "The caller is upset");
  const next: Standing = { ...standing, unclear: 0, frustrated };
  return standing.consent === "asked" ? consented(script, next, turn) : { standing: next, events: [], answer: null };
}

const isUnclear = ({ text, confidence, via }: CallerTurn): boolean =>
  text.trim() === "" || (via === "speech" && confidence < unclearBelow);

function unclear(script: CallScript, standing: Standing): PreparedAnswer {
  const count = standing.unclear + 1;
  if (count >= mostUnclear) return handOff(script, standing, "human", "The caller could not be understood");
  const line = { text: script.lines.sayAgain, isUninterruptible: false };
  return { standing: { ...standing, unclear: count }, events: [], answer: { lines: [line], handOff: null } };
}

/** A no hands over, a yes is noted; who answers neither is not recorded, and is helped all the same. */
function consented(script: CallScript, standing: Standing, { text }: CallerTurn): PreparedAnswer {
  const isGiven = isAffirmation(text);
  if (!isGiven && !isRefusal(text)) return { standing, events: [], answer: null };
  const next: Standing = { ...standing, consent: "answered" };
  const events: EngineEvent[] = [{ type: "consent-answered", isGiven }];
  if (!isGiven) return { ...handOff(script, next, "human", "The caller does not agree to being recorded"), events };
  const greeting = greetingLines(script.options, script.facts, script.lines);
  const isAnswered = isBareAffirmation(text) && greeting.length > 0;
  return { standing: next, events, answer: isAnswered ? { lines: greeting, handOff: null } : null };
}

function handOff(script: CallScript, standing: Standing, to: HandOffTarget, reason: string): PreparedAnswer {
  return { standing, events: [], answer: { lines: [handOffLine(script, to)], handOff: { to, reason } } };
}

/** What is said before a call is handed over. Nothing interrupts it. */
export function handOffLine({ options, facts }: CallScript, to: HandOffTarget): SpokenLine {
  const { emergency, humanPath } = options.bundle;
  const text = to === "emergency" ? emergency.message : humanPath.message;
  return { text: fillCallNames(text, facts), isUninterruptible: true };
}
