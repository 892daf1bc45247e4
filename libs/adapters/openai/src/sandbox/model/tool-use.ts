import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { ChatTool } from "../chat-request.ts";
import { dayIn } from "./day.ts";
import { type Dialogue, offeredSlots, standingBooking } from "./dialogue.ts";
import type { Prompt } from "./prompt.ts";

/** The tool that writes answers down: the engine's own. */
export const RECORD = "record_answers";

export type ToolPurpose = "record" | "transfer" | "hang-up" | "find" | "book" | "cancel" | "save";

/** What a tool is for, by its name, its description and what it needs. */
export function purposeOf({ name, description, parameters }: ChatTool): ToolPurpose {
  const arguments_ = propertiesOf(parameters);
  if (name === RECORD) return "record";
  if (arguments_["destination"] !== undefined || /transfer/u.test(name)) return "transfer";
  if (/hang_?up|end_(?:the_)?call/u.test(name) || /^ends the call/iu.test(description)) return "hang-up";
  if (/cancel|reschedul/u.test(name) || /^cancels /iu.test(description)) return "cancel";
  if (requiredOf(parameters).includes("start")) return "book";
  return /find|search|look_?up|slots|free_times/u.test(name) ? "find" : "save";
}

export const propertiesOf = (parameters: JsonObject): JsonObject =>
  isJsonObject(parameters["properties"]) ? parameters["properties"] : {};

const requiredOf = (parameters: JsonObject): readonly string[] =>
  Array.isArray(parameters["required"]) ? parameters["required"].map(String) : [];

/** What arguments are filled from. */
export interface Facts {
  readonly prompt: Prompt;
  readonly dialogue: Dialogue;
  /** Known, with what is being written down right now. */
  readonly values: ReadonlyMap<string, Json>;
}

export const factsOf = (prompt: Prompt, dialogue: Dialogue, recorded: ReadonlyMap<string, Json>): Facts => ({
  prompt,
  dialogue,
  values: new Map([...[...prompt.known].map(([name, { value }]): [string, Json] => [name, value]), ...recorded]),
});

/** A tool's arguments; null when one that it needs is not known. */
export function argumentsFor(tool: ChatTool, facts: Facts): JsonObject | null {
  const required = requiredOf(tool.parameters);
  const filled: Record<string, Json> = {};
  for (const name of Object.keys(propertiesOf(tool.parameters))) {
    const value = argument(name, facts, required.includes(name));
    if (value !== undefined) filled[name] = value;
    else if (required.includes(name)) return null;
  }
  return filled;
}

function argument(name: string, facts: Facts, isRequired: boolean): Json | undefined {
  const { values, prompt, dialogue } = facts;
  const exact = values.get(name);
  if (exact !== undefined) return exact;
  switch (name) {
    case "start":
      return find(values, (value, field) => /start|time/u.test(field) && isInstant(value));
    case "from":
    case "day":
      return dayIn(dialogue.callerText, prompt.call.get("localDate") ?? "");
    case "event_id":
      return standingBooking(dialogue.results)?.eventId;
    case "name":
      return find(values, (_, field) => /(?:^|_)name$/u.test(field) && !/company|business/u.test(field));
    case "phone":
      return find(values, (value) => /^\+\d{7,15}$/u.test(String(value)));
    case "email":
      return find(values, (value) => /^\S+@\S+\.\S+$/u.test(String(value)));
    case "reason":
    case "need":
      return mainMatter(values);
    case "text":
    case "summary":
    case "note":
      return account(name, facts);
    default:
      return isRequired ? mainMatter(values) : undefined;
  }
}

const isInstant = (value: Json): boolean => /^\d{4}-\d{2}-\d{2}T/u.test(String(value));

const find = (values: ReadonlyMap<string, Json>, fits: (value: Json, field: string) => boolean): Json | undefined =>
  [...values].find(([field, value]) => fits(value, field))?.[1];

/** What the call is about: the first free sentence that is known. */
const mainMatter = (values: ReadonlyMap<string, Json>): Json | undefined =>
  values.get("reason") ??
  values.get("need") ??
  find(values, (value, field) => typeof value === "string" && value.includes(" ") && !/name|company/u.test(field));

/** What a colleague has to know: every fact in a sentence; a summary is the first two. */
function account(name: string, { values, dialogue }: Facts): string | undefined {
  const booking = standingBooking(dialogue.results);
  const sentences = [...values]
    .filter(([, value]) => typeof value !== "boolean")
    .map(([field, value]) => `${field.replaceAll("_", " ")}: ${spoken(value, dialogue)}`);
  const booked = booking === null ? [] : [`booked: ${booking.spoken}`];
  const matter = mainMatter(values);
  if (name === "summary" && typeof matter === "string") return [matter, ...booked].join(". ");
  return sentences.length === 0
    ? undefined
    : [...sentences, ...booked].map((line) => `${line.replace(/\.$/u, "")}.`).join(" ");
}

const spoken = (value: Json, { results }: Dialogue): string =>
  offeredSlots(results).find(({ start }) => start === value)?.spoken ?? String(value);
