import { isJsonObject, type Json } from "@tandem/kernel";
import type { ChatTool } from "../chat-request.ts";
import { isOwnJudgement, ownJudgement } from "./choice.ts";
import { emailIn, phoneIn } from "./contact-details.ts";
import { type Dialogue, offeredSlots } from "./dialogue.ts";
import { fieldOfSchema, valueIn } from "./field-answer.ts";
import type { Field, Prompt } from "./prompt.ts";
import {
  callingNumber,
  labelOf,
  meansOwnNumber,
  offeredOwnNumber,
  type ReadBack,
  readBackIn,
  spokenValue,
  wasAsked,
} from "./question.ts";
import { type Slot, slotIn } from "./slot.ts";
import { afterYesOrNo, isEmptyTalk, isNo, isYes, plain } from "./spoken-words.ts";
import { propertiesOf, RECORD } from "./tool-use.ts";

/** Everything a model decides from. */
export interface Scene {
  readonly prompt: Prompt;
  readonly dialogue: Dialogue;
  readonly tools: readonly ChatTool[];
  readonly slots: readonly Slot[];
}

export const sceneOf = (prompt: Prompt, dialogue: Dialogue, tools: readonly ChatTool[]): Scene => ({
  prompt,
  dialogue,
  tools,
  slots: offeredSlots(dialogue.results),
});

/** What the caller's words come to. */
export interface Understanding {
  /** To be written down now. */
  readonly recorded: Map<string, Json>;
  /** To be read back now; null when nothing waits for a yes. */
  pending: { readonly field: Field; readonly value: Json } | null;
  /** The field whose offered value was turned down without another one; null when none was. */
  refused: Field | null;
}

/** Reads the caller's last words, and what earlier ones tell about the fields of this step. */
export function understand(scene: Scene, isFresh: boolean): Understanding {
  const understanding: Understanding = { recorded: new Map(), pending: null, refused: null };
  const excluded = turnedDown(scene);
  if (isFresh) readTurn(scene, understanding, excluded);
  recall(scene, understanding, excluded);
  judge(scene, understanding);
  return understanding;
}

/** The fields that may be written down: those of the step, and what else the tool takes. */
export function recordable({ prompt, tools }: Scene): readonly Field[] {
  const record = tools.find(({ name }) => name === RECORD);
  const others = Object.entries(record === undefined ? {} : propertiesOf(record.parameters))
    .filter(([name]) => prompt.wanted.every((field) => field.name !== name))
    .map(([name, schema]) => fieldOfSchema(name, isJsonObject(schema) ? schema : {}, prompt.known.get(name)?.value));
  return [...prompt.wanted, ...others];
}

/** Keeps a value: at once, or, where it has to be read back, as what is asked next. */
function take(understanding: Understanding, field: Field, value: Json): void {
  if (field.confirm !== "explicit") understanding.recorded.set(field.name, value);
  else understanding.pending ??= { field, value };
}

const keyOf = (name: string, value: Json): string => `${name}|${JSON.stringify(value)}`;

/** Values that the caller said no to, or that the engine refused: not to be offered again from memory. */
function turnedDown(scene: Scene): ReadonlySet<string> {
  const fields = recordable(scene);
  const down = new Set<string>();
  for (const { agentText, callerText } of scene.dialogue.exchanges) {
    const heard = readBackIn(agentText);
    const field = heard === null ? undefined : fields.find(({ name }) => labelOf(name) === heard.label);
    const value = heard === null || field === undefined ? undefined : readBackValue(field, heard, scene.slots);
    if (field !== undefined && value !== undefined && isNo(callerText)) down.add(keyOf(field.name, value));
  }
  for (const { tool, reply, arguments: given } of scene.dialogue.freshResults) {
    if (tool !== RECORD || !Array.isArray(reply["rejected"])) continue;
    for (const each of reply["rejected"] as readonly Json[]) {
      const name = isJsonObject(each) ? String(each["field"]) : "";
      const value = given?.[name];
      if (value !== undefined) down.add(keyOf(name, value));
    }
  }
  return down;
}

function readTurn(scene: Scene, understanding: Understanding, excluded: ReadonlySet<string>): void {
  const { prompt, dialogue, slots } = scene;
  const { callerText: text, agentText } = dialogue;
  const answered = answerToReadBack(scene, understanding) ?? answerToOwnNumber(scene, understanding);
  const asked = answered ?? askedField(scene);
  for (const field of prompt.wanted) {
    if (field === answered || isOwnJudgement(field)) continue;
    const value = valueIn(field, text, { prompt, slots, isAsked: field === asked });
    if (value !== undefined && !excluded.has(keyOf(field.name, value))) take(understanding, field, value);
  }
  if (answered === undefined || readBackIn(agentText) === null) correct(scene, understanding);
}

/** The field whose question is answered: the one that was heard, else the first that is needed. */
function askedField({ prompt, dialogue, slots }: Scene): Field | undefined {
  const heard = prompt.wanted.find((field) => wasAsked(field, prompt, dialogue.agentText));
  if (heard !== undefined) return heard;
  if (slots.length > 0 && prompt.wanted.some(({ type }) => type === "date-time")) return undefined;
  return prompt.wanted.find((field) => field.isNeeded && !isOwnJudgement(field));
}

const JUST_WRONG =
  /^(?:(?:that's|that is|it's|it is|this is) )?(?:wrong|incorrect|not (?:right|correct|quite right|it)|please|thanks?|thank you)$/u;

/** Yes, no, or another value, after something was read back. The field that it was about; undefined when nothing was read back. */
function answerToReadBack(scene: Scene, understanding: Understanding): Field | undefined {
  const { prompt, dialogue, slots } = scene;
  const heard = readBackIn(dialogue.agentText);
  const field = heard === null ? undefined : recordable(scene).find(({ name }) => labelOf(name) === heard.label);
  if (heard === null || field === undefined) return undefined;
  const text = dialogue.callerText;
  const value = readBackValue(field, heard, slots);
  const rest = afterYesOrNo(text);
  const saysMore = rest !== "" && !isEmptyTalk(rest) && !JUST_WRONG.test(plain(rest));
  if (isYes(text) && !isNo(text) && value !== undefined) understanding.recorded.set(field.name, value);
  else {
    const other = saysMore ? valueIn(field, rest, { prompt, slots, isAsked: true }) : undefined;
    if (other !== undefined) understanding.pending = { field, value: other };
    else if (isNo(text)) understanding.refused = field;
    else if (value !== undefined) understanding.pending = { field, value };
  }
  return field;
}

/** Yes, no, or another number, after we offered to use the line that they call from. */
function answerToOwnNumber(scene: Scene, understanding: Understanding): Field | undefined {
  const { prompt, dialogue } = scene;
  const field = recordable(scene).find(({ type }) => type === "phone-number");
  const own = callingNumber(prompt);
  if (field === undefined || own === null || !offeredOwnNumber(dialogue.agentText)) return undefined;
  const text = dialogue.callerText;
  const other = phoneIn(text);
  if (other !== undefined) take(understanding, field, other);
  else if (isNo(text)) understanding.refused = field;
  else if (isYes(text) || meansOwnNumber(text)) understanding.recorded.set(field.name, own);
  return field;
}

/** The value behind what was read back; undefined when it was cut off before it could be told. */
function readBackValue(field: Field, heard: ReadBack, slots: readonly Slot[]): Json | undefined {
  const { spoken, isWhole } = heard;
  if (field.type === "phone-number") return phoneIn(spoken);
  if (field.type === "email") return emailIn(spoken);
  if (field.type === "date-time")
    return (
      slots.find((slot) => slot.spoken === spoken)?.start ??
      (isWhole && slots.length === 0 ? spoken : slotIn(spoken, slots)?.start)
    );
  if (!isWhole) return undefined;
  if (field.type === "choice") return field.choices.find((choice) => spokenValue("choice", choice, slots) === spoken);
  if (field.type === "boolean") return spoken === "yes";
  return field.type === "number" ? Number(spoken) : spoken;
}

const CORRECTS = /\b(?:actually|no|sorry|i mean|i meant|correction|wrong|change|changed|instead|rather|not)\b/u;
const SURELY_CORRECTS = /\b(?:actually|i mean|i meant|correction|changed|made a mistake)\b/u;

/** "Actually, my number is …": something that is known already gets another value. */
function correct(scene: Scene, understanding: Understanding): void {
  const { prompt, dialogue, slots } = scene;
  const text = dialogue.callerText;
  const isSure = SURELY_CORRECTS.test(plain(text));
  const hasAnswered = understanding.recorded.size > 0 || understanding.pending !== null;
  if (!isSure && (hasAnswered || !CORRECTS.test(plain(text)))) return;
  for (const field of recordable(scene)) {
    const known = prompt.known.get(field.name)?.value;
    if (known === undefined || field.type === "boolean" || field.type === "number") continue;
    const isAbout = plain(text).includes(labelOf(field.name).split(" ").at(-1) ?? "");
    if (!isAbout && (field.type === "text" || (field.type === "choice" && !isSure))) continue;
    const value = valueIn(field, text, { prompt, slots, isAsked: false });
    if (value !== undefined && value !== known) take(understanding, field, value);
  }
}

const REMEMBERED = ["phone-number", "email", "choice", "text"];

/** What was said before counts, too: nobody is asked twice. Then what is known but waits for a yes. */
function recall(scene: Scene, understanding: Understanding, excluded: ReadonlySet<string>): void {
  const { prompt, dialogue, slots } = scene;
  for (const field of prompt.wanted) {
    const isOpen = field !== understanding.refused && !understanding.recorded.has(field.name);
    if (!isOpen || !field.isNeeded || !REMEMBERED.includes(field.type)) continue;
    for (const { callerText } of dialogue.exchanges.toReversed()) {
      const value = valueIn(field, callerText, { prompt, slots, isAsked: false });
      if (value === undefined || excluded.has(keyOf(field.name, value))) continue;
      take(understanding, field, value);
      break;
    }
  }
  for (const field of recordable(scene)) {
    const known = prompt.known.get(field.name);
    const isOpen = field !== understanding.refused && !understanding.recorded.has(field.name);
    if (known === undefined || known.isConfirmed || field.confirm !== "explicit" || !isOpen) continue;
    if (!wasAccepted(scene, field) && !excluded.has(keyOf(field.name, known.value)))
      take(understanding, field, known.value);
  }
}

const MOST_READ_BACKS = 3;

/** True when the caller has said yes to this field often enough: reading it back once more would go in circles. */
const wasAccepted = ({ dialogue }: Scene, field: Field): boolean =>
  dialogue.exchanges.filter(
    ({ agentText, callerText }) => readBackIn(agentText)?.label === labelOf(field.name) && isYes(callerText),
  ).length >= MOST_READ_BACKS;

function judge({ prompt }: Scene, { recorded }: Understanding): void {
  const known = [...prompt.known.values()].map(({ value }) => value);
  for (const field of prompt.wanted)
    if (isOwnJudgement(field)) recorded.set(field.name, ownJudgement([...known, ...recorded.values()]));
}
