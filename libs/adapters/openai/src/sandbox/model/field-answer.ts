import type { Json } from "@tandem/kernel";
import { booleanIn, choiceIn } from "./choice.ts";
import { companyIn, emailIn, personIn, phoneIn } from "./contact-details.ts";
import { dayIn, timeIn } from "./day.ts";
import type { Field, Prompt } from "./prompt.ts";
import { callingNumber, isCompany, isPersonName, meansOwnNumber } from "./question.ts";
import { type Slot, slotIn } from "./slot.ts";
import { afterYesOrNo, firstNumber, isEmptyTalk, isNo, plain } from "./spoken-words.ts";

/** What an answer is read with. */
export interface Reading {
  readonly prompt: Prompt;
  readonly slots: readonly Slot[];
  /** The field's question is what the caller answers. */
  readonly isAsked: boolean;
}

/** The value for a field in the caller's words; undefined when they hold none. */
export function valueIn(field: Field, text: string, reading: Reading): Json | undefined {
  const { prompt, slots, isAsked } = reading;
  const today = prompt.call.get("localDate") ?? "";
  switch (field.type) {
    case "phone-number":
      return phoneIn(text) ?? (meansOwnNumber(text) ? (callingNumber(prompt) ?? undefined) : undefined);
    case "email":
      return emailIn(text);
    case "choice":
      return choiceIn(field, text, isAsked, prompt.instruction);
    case "boolean":
      return isAsked ? booleanIn(field, text) : undefined;
    case "number":
      return isAsked ? firstNumber(text) : undefined;
    case "date":
      return dayIn(text, today);
    case "time":
      return clockText(text);
    case "date-time":
      return slotIn(text, slots)?.start ?? (slots.length === 0 ? dateTimeIn(text, today) : undefined);
    default:
      return textIn(field, text, reading);
  }
}

function clockText(text: string): string | undefined {
  const time = timeIn(text);
  if (time === undefined) return undefined;
  return `${String(Math.floor(time.minutes / 60)).padStart(2, "0")}:${String(time.minutes % 60).padStart(2, "0")}`;
}

function dateTimeIn(text: string, today: string): string | undefined {
  const day = dayIn(text, today);
  const time = clockText(text);
  return day === undefined || time === undefined ? undefined : `${day}T${time}:00`;
}

/** Words that answer nothing: the caller did not hear or follow. */
const ASKS_BACK =
  /^(?:can you hear me|are you (?:still )?there|what do you mean|what was that|pardon|excuse me|(?:can|could) you repeat|(?:please )?say that again|i (?:do not|don't) (?:understand|know))\b/u;

function textIn(field: Field, text: string, { prompt, isAsked }: Reading): string | undefined {
  if (isPersonName(field)) return personIn(text, isAsked);
  if (isCompany(field)) return companyIn(text, isAsked);
  if (!isAsked || ASKS_BACK.test(plain(text))) return undefined;
  const said = isEmptyTalk(afterYesOrNo(text)) ? "" : afterYesOrNo(text) || text.trim();
  const isAll =
    isNo(text) || /\b(?:that's all|that is all|nothing (?:else|more)|that's it|just that)\b/u.test(plain(text));
  if (isAll && said.split(/\s+/u).length <= 4) return whatIsKnown(prompt);
  return said === "" || isEmptyTalk(said) ? undefined : said;
}

/** "That is all": what the caller has said already is the answer. */
function whatIsKnown({ known }: Prompt): string | undefined {
  const sentences = [...known.values()]
    .map(({ value }) => value)
    .filter((value) => typeof value === "string" && value.includes(" "));
  const longest = sentences.sort((a, b) => String(b).length - String(a).length)[0];
  return typeof longest === "string" ? longest : undefined;
}

/** A field that may be corrected although it is not being asked for: what it is is told by its schema and what is known of it. */
export function fieldOfSchema(
  name: string,
  schema: { readonly [member: string]: Json },
  known: Json | undefined,
): Field {
  const description = typeof schema["description"] === "string" ? schema["description"] : "";
  const choices = Array.isArray(schema["enum"]) ? schema["enum"].map(String) : [];
  return { name, type: typeOf(name, schema, known), isNeeded: false, description, choices, confirm: "explicit" };
}

function typeOf(name: string, schema: { readonly [member: string]: Json }, known: Json | undefined): string {
  if (Array.isArray(schema["enum"])) return "choice";
  if (schema["type"] === "boolean") return "boolean";
  if (schema["type"] === "number" || schema["type"] === "integer") return "number";
  const text = typeof known === "string" ? known : "";
  if (/^\+\d{7,15}$/u.test(text) || /phone|(?:^|_)number$/u.test(name)) return "phone-number";
  if (/^\S+@\S+$/u.test(text) || /e_?mail/u.test(name)) return "email";
  return /^\d{4}-\d{2}-\d{2}T/u.test(text) ? "date-time" : "text";
}
