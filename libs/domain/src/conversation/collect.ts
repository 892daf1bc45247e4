import type { Field, Objective } from "../manifest/index.ts";
import type { FactValue } from "./answer.ts";
import { isAffirmation } from "./caller-signal.ts";
import {
  currentObjective,
  type Fact,
  factOf,
  objectiveNamed,
  type Progress,
  type ToolResult,
  type Visit,
  withFact,
} from "./progress.ts";
import type { Script } from "./script.ts";
import { digitsOf, normalised } from "./words.ts";

/** An accepted answer and the words it came with. */
export interface CollectedAnswer {
  readonly field: Field;
  readonly value: FactValue;
  /** What the caller said in this turn. */
  readonly callerText: string;
}

/**
 * The progress with an answer in it. A field that is read back counts as confirmed once the caller has said yes to it: said together with
 * the answer itself, a yes confirms nothing. A new value of a known field re-opens its step and voids the tools that used the old value.
 */
export function collectAnswer(
  script: Script,
  progress: Progress,
  { field, value, callerText }: CollectedAnswer,
): Progress {
  const known = factOf(progress, field.name);
  const isSame = known !== undefined && known.value === value;
  const isConfirmed =
    field.confirm !== "explicit" ||
    (isSame && known.isConfirmed) ||
    (isAffirmation(callerText) && (isSame || !mentions(callerText, value)));
  const fact: Fact = { field: field.name, value, isConfirmed };
  const next = withFact(progress, fact);
  return known === undefined || isSame ? next : reopened(script, next, known);
}

/** True when the words hold the value, as far as that can be seen: its digits, or its words. */
function mentions(text: string, value: FactValue): boolean {
  const digits = digitsOf(String(value));
  if (digits.length >= 4) return digitsOf(text).length >= 4;
  const words = normalised(String(value));
  return words !== "" && ` ${normalised(text)} `.includes(` ${words} `);
}

/** Goes back to the step that the old answer was given in; what came later is kept for the way forward where it still holds. */
function reopened({ conversation, tools }: Script, progress: Progress, old: Fact): Progress {
  const stillHolds = (result: ToolResult): boolean => !isVoid(result, old.value, tools);
  const kept = (visit: Visit): Visit => ({ ...visit, results: visit.results.filter(stillHolds) });
  const objectiveOf = (visit: Visit): Objective => objectiveNamed(conversation, visit.objective);
  const index = progress.visits.findLastIndex((visit) => objectiveOf(visit).collect.includes(old.field));
  const visits = progress.visits.map(kept);
  if (index === -1 || index === visits.length - 1) return { ...progress, visits };
  return {
    ...progress,
    ending: null,
    visits: visits.slice(0, index + 1),
    shelf: [...visits.slice(index + 1), ...progress.shelf],
  };
}

/** A booking made for other contact details stands; one for another time does not. */
function isVoid(result: ToolResult, value: FactValue, tools: Script["tools"]): boolean {
  const operation = tools.find(({ name }) => name === result.tool)?.operation;
  if (operation === "calendar.book" || operation === "calendar.reschedule") return result.used["start"] === value;
  return Object.values(result.used).includes(value);
}

/** Fields of the current step that are not known yet, in the order of the step. */
export function openFields(script: Script, progress: Progress): readonly Field[] {
  return fieldsOf(script, currentObjective(script.conversation, progress)).filter(
    ({ name }) => factOf(progress, name) === undefined,
  );
}

/** Fields of the current step whose value still waits for a yes. */
export function unconfirmedFields(script: Script, progress: Progress): readonly Field[] {
  return fieldsOf(script, currentObjective(script.conversation, progress)).filter(
    ({ name }) => factOf(progress, name)?.isConfirmed === false,
  );
}

/** True when the current step waits for something from the caller: a value, or a yes. */
export const isAnswerDue = (script: Script, progress: Progress): boolean =>
  openFields(script, progress).length > 0 || unconfirmedFields(script, progress).length > 0;

/** The fields an objective collects, in its order. */
export const fieldsOf = ({ conversation }: Pick<Script, "conversation">, objective: Objective): readonly Field[] =>
  objective.collect.flatMap((name) => conversation.fields.filter((field) => field.name === name));
