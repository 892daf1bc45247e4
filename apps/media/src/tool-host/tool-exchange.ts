import type { Tool } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { ToolOutcome } from "./tool-job.ts";

/** More than any tool answers that a person is told of. */
const MOST_CHARACTERS = 6000;
/** Longer numbers may be somebody's. */
const MOST_NUMBER = 99_999;
const PERSONAL = "[personal]";
/** A day or a time as calendars give and take it. */
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
/** Texts of answers that our own tools write: times, ids and fixed sentences. */
const OWN_TEXTS = /^(?:start|end|spoken|reason|message|code|destination|\w+_id)$/;

/**
 * What a tool was asked for and what it answered, as it may be stored beside the call's words. Of the arguments only what cannot be
 * personal is kept: times for a calendar, choices of the playbook, truths and small numbers; a mark stands for every other value. Of the
 * answer only what our own tools write. Null where the policy keeps no words, and for answers without measure.
 */
export function exchangeOf(
  bundle: ReleaseBundle,
  tool: Pick<Tool, "operation">,
  args: JsonObject,
  { reply }: Pick<ToolOutcome, "reply">,
): JsonObject | null {
  if (bundle.policies.retention.transcriptDays === 0) return null;
  const { fields } = bundle.conversation;
  const personal = new Set(fields.filter((field) => field.personal).map(({ name }) => name));
  const choices = new Set(fields.flatMap((field) => (field.personal ? [] : (field.choices ?? []))));
  const isCalendar = tool.operation.startsWith("calendar.");
  const isHarmless = (value: Json): boolean => {
    if (typeof value === "string") return choices.has(value) || (isCalendar && INSTANT.test(value));
    return typeof value === "boolean" || (typeof value === "number" && Math.abs(value) <= MOST_NUMBER);
  };
  const asked = Object.entries(args).map(([name, value]): [string, Json] => [
    name,
    !personal.has(name) && isHarmless(value) ? value : PERSONAL,
  ]);
  const exchange: JsonObject = { arguments: Object.fromEntries(asked), reply: ownPartOf(reply) };
  return JSON.stringify(exchange).length > MOST_CHARACTERS ? null : exchange;
}

const ownPartOf = (reply: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(reply).flatMap(([name, value]): [string, Json][] => {
      if (typeof value === "string") return OWN_TEXTS.test(name) ? [[name, value]] : [];
      if (Array.isArray(value)) return [[name, value.flatMap((each) => (isJsonObject(each) ? [ownPartOf(each)] : []))]];
      return isJsonObject(value) ? [[name, ownPartOf(value)]] : [[name, value]];
    }),
  );
