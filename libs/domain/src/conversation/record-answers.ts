import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { Field } from "../manifest/index.ts";
import { answerContext, type CallContext, type FactValue, readAnswer } from "./answer.ts";
import { type CallFacts, fillCallNames } from "./call-facts.ts";
import { collectAnswer, fieldsOf } from "./collect.ts";
import { currentObjective, factOf, type Progress } from "./progress.ts";
import type { Script } from "./script.ts";

/** Name of the tool by which a model says what it has found out. No playbook's tool may bear it. */
export const recordTool = "record_answers";

/** An answer that was not taken, and why, in words a model can act on. */
export interface Rejection {
  readonly field: string;
  readonly problem: string;
}

/** What a model's record came to. */
export interface RecordReading {
  readonly progress: Progress;
  /** Names of the fields whose answers were taken. */
  readonly accepted: readonly string[];
  readonly rejected: readonly Rejection[];
  /** The output was not what the schema asks for, whatever else it held. */
  readonly isMalformed: boolean;
}

/** Fields that the current step may record: its own, and every known one, since callers correct themselves later. */
export function recordableFields(script: Script, progress: Progress): readonly Field[] {
  const own = fieldsOf(script, currentObjective(script.conversation, progress));
  const known = script.conversation.fields.filter(
    (field) => !own.includes(field) && factOf(progress, field.name) !== undefined,
  );
  return [...own, ...known];
}

/** JSON Schema of `record_answers` for the current step; null when there is nothing to record. */
export function recordSchema(script: Script, progress: Progress, call: CallFacts): JsonObject | null {
  const fields = recordableFields(script, progress);
  if (fields.length === 0) return null;
  const properties = Object.fromEntries(fields.map((field) => [field.name, propertyOf(field, call)]));
  return { type: "object", properties, additionalProperties: false };
}

const formats: Readonly<Partial<Record<Field["type"], string>>> = {
  "phone-number": "E.164, for example +15551234567.",
  date: "YYYY-MM-DD.",
  time: "HH:MM, 24 hours.",
};

function propertyOf(field: Field, call: CallFacts): JsonObject {
  const type = field.type === "number" || field.type === "boolean" ? field.type : "string";
  const description = [fillCallNames(field.description, call), formats[field.type]]
    .filter((text) => text !== undefined)
    .join(" ");
  return { type, description, ...(field.choices === undefined ? {} : { enum: field.choices }) };
}

/** What is applied besides the record itself. */
export interface RecordContext {
  /** What the caller said in this turn. */
  readonly callerText: string;
  readonly call: CallContext;
}

/** Applies what a model recorded: `text` is its arguments as JSON text, unchecked. Answers that are right are taken, others are told. */
export function applyRecord(script: Script, progress: Progress, text: string, context: RecordContext): RecordReading {
  const record = parseObject(text);
  if (record === null)
    return {
      progress,
      accepted: [],
      rejected: [{ field: "*", problem: "the arguments are not a JSON object" }],
      isMalformed: true,
    };
  const known = recordableFields(script, progress);
  const reading = {
    progress,
    accepted: [] as string[],
    rejected: [] as Rejection[],
    isMalformed: false,
  };
  for (const [name, given] of Object.entries(record)) {
    const field = known.find((one) => one.name === name);
    // Models write null for what they do not know.
    if (given === null && field !== undefined) continue;
    if (field === undefined || !isScalar(given)) {
      reading.isMalformed = true;
      reading.rejected.push({
        field: name.slice(0, 60),
        problem: field === undefined ? "there is no such field in this step" : "must be a single value",
      });
      continue;
    }
    const answer = readAnswer(field, given, answerContext(script, field, context.call));
    if ("problem" in answer) reading.rejected.push({ field: name, problem: answer.problem });
    else {
      reading.progress = collectAnswer(script, reading.progress, {
        field,
        value: answer.value,
        callerText: context.callerText,
      });
      reading.accepted.push(name);
    }
  }
  return reading;
}

const isScalar = (value: Json): value is FactValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** A JSON object, or null. Nothing at all is an empty one: models leave the arguments out when they have none. */
export function parseObject(text: string): JsonObject | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
