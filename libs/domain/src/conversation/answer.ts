import { isJsonObject, type Json } from "@tandem/kernel";
import type { Field, Tool } from "../manifest/index.ts";
import { readDate, readTime } from "./calendar-words.ts";
import { isAffirmation, isDenial } from "./caller-signal.ts";
import { readEmailAddress } from "./email-address.ts";
import { readNumber, readOrdinal } from "./number-words.ts";
import { readPhoneNumber } from "./phone-number.ts";
import type { Script } from "./script.ts";
import { containsPhrase, editDistance, normalised } from "./words.ts";

/** What a field's answer can be once it is accepted: phone numbers E.164, dates `YYYY-MM-DD`, times `HH:MM`. */
export type FactValue = string | number | boolean;

/** A time that a tool offered. */
export interface OfferedTime {
  /** As the tool gave it, e.g. ISO 8601 UTC. */
  readonly start: string;
  /** As it is said. */
  readonly spoken: string;
}

/** What answers are understood against. */
export interface AnswerContext {
  /** Calling code that national phone numbers belong to; null when it is not known. */
  readonly callingCode: string | null;
  /** E.164 of the caller, or empty when withheld: what "this number" means. */
  readonly from: string;
  /** Local date of the call, `YYYY-MM-DD`. */
  readonly today: string;
  /** Times that may be chosen; null: the step offers none, so that any time is taken. */
  readonly offers: readonly OfferedTime[] | null;
}

/** What is known on a call when answers are read; `told`: the times that were offered so far. */
export interface CallContext extends Omit<AnswerContext, "offers"> {
  readonly told: readonly OfferedTime[];
}

/** The context of one field: only where its step chooses among free times do answers have to be one of them. */
export function answerContext(script: Script, field: Field, { told, ...call }: CallContext): AnswerContext {
  const choosing = script.tools.filter(({ operation }) => choosingOperations.has(operation)).map(({ name }) => name);
  const isChosen = script.conversation.objectives.some(
    ({ collect, tools }) => collect.includes(field.name) && tools.some((name) => choosing.includes(name)),
  );
  return { ...call, offers: isChosen ? told : null };
}

const choosingOperations: ReadonlySet<string> = new Set<Tool["operation"]>([
  "calendar.find-slots",
  "calendar.book",
  "calendar.reschedule",
]);

export type AnswerReading = { readonly value: FactValue } | { readonly problem: string };

const longestText = 2000;
const thisNumber = /\b(this|same|that) (number|one|phone)\b|\b(number|one) (i am|im) (calling|ringing) (from|on)\b/;

/** An answer in the form its field asks for, or what is wrong with it in words a model can act on. Never throws. */
export function readAnswer(field: Field, given: FactValue, context: AnswerContext): AnswerReading {
  const text = String(given).trim();
  if (text === "") return { problem: "is empty" };
  switch (field.type) {
    case "text":
      return { value: text.slice(0, longestText) };
    case "phone-number":
      return phoneNumber(text, context);
    case "email":
      return valueOr(readEmailAddress(text), "is not an e-mail address; ask the caller to spell it");
    case "date":
      return valueOr(readDate(text, context.today), "is not a date such as 2026-03-31");
    case "time":
      return valueOr(readTime(text), "is not a time of day such as 14:30");
    case "date-time":
      return dateTime(text, context);
    case "number":
      return valueOr(typeof given === "number" && Number.isFinite(given) ? given : readNumber(text), "is not a number");
    case "boolean":
      return valueOr(truth(given, text), "is neither yes nor no");
    case "choice":
      return choice(text, field.choices ?? []);
  }
}

const valueOr = (value: FactValue | null, problem: string): AnswerReading => (value === null ? { problem } : { value });

function phoneNumber(text: string, { from, callingCode }: AnswerContext): AnswerReading {
  if (from !== "" && thisNumber.test(normalised(text))) return { value: from };
  return valueOr(readPhoneNumber(text, callingCode), "is not a whole phone number; ask for it again, digit by digit");
}

function truth(given: FactValue, text: string): boolean | null {
  if (typeof given === "boolean") return given;
  const word = normalised(text);
  if (word === "true") return true;
  if (word === "false") return false;
  return isAffirmation(text) ? true : isDenial(text) ? false : null;
}

function dateTime(text: string, { offers, today }: AnswerContext): AnswerReading {
  if (offers !== null) return offered(text, offers);
  const date = readDate(text, today);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text))
    return date === null ? { problem: "is not a date and time" } : { value: text };
  const time = readTime(text.replaceAll(/\d{4}-\d\d-\d\d/g, " "));
  return date === null || time === null
    ? { problem: "is not a date and time such as 2026-03-31T14:30" }
    : { value: `${date}T${time}` };
}

/** Only what was offered can be chosen: by its exact start, the same instant, its spoken words or its place in the list. */
function offered(text: string, offers: readonly OfferedTime[]): AnswerReading {
  if (offers.length === 0) return { problem: "no time has been offered yet; look for free times first" };
  const epochMs = Date.parse(text);
  const place = readOrdinal(text, offers.length);
  const found =
    offers.find(({ start }) => start === text) ??
    offers.find(({ start }) => Number.isFinite(epochMs) && Date.parse(start) === epochMs) ??
    offers.find(({ spoken }) => containsPhrase(text, spoken)) ??
    onlyOne(offers.filter(({ spoken }) => containsPhrase(spoken, text))) ??
    (place === null ? undefined : offers[place]);
  if (found !== undefined) return { value: found.start };
  return {
    problem: `is not one of the offered times: ${offers.map(({ start, spoken }) => `${start} (${spoken})`).join(", ")}`,
  };
}

const onlyOne = <Item>(items: readonly Item[]): Item | undefined => (items.length === 1 ? items[0] : undefined);

/** The choice that was meant: the same words, then words that hold exactly one of them, then the only one that is nearly the same. */
function choice(text: string, choices: readonly string[]): AnswerReading {
  const words = normalised(text);
  const found =
    choices.find((item) => item === text) ??
    choices.find((item) => normalised(item) === words) ??
    onlyOne(longestOnly(choices.filter((item) => containsPhrase(words, item)))) ??
    onlyOne(choices.filter((item) => isNear(normalised(item), words)));
  return found === undefined ? { problem: `is not one of: ${choices.join(", ")}` } : { value: found };
}

/** Without those that are part of another one: "planned" says nothing beside "not planned". */
const longestOnly = (choices: readonly string[]): readonly string[] =>
  choices.filter((item) => !choices.some((other) => other !== item && containsPhrase(other, item)));

function isNear(wanted: string, given: string): boolean {
  const most = Math.floor(wanted.length / 4);
  return most > 0 && editDistance(wanted, given, most) <= most;
}

/** The times in a tool's reply: items of `slots` with a `start`. */
export function offeredTimes(reply: Json): readonly OfferedTime[] {
  const slots = isJsonObject(reply) ? reply["slots"] : undefined;
  if (!Array.isArray(slots)) return [];
  return (slots as readonly Json[]).flatMap((slot) => {
    if (!isJsonObject(slot) || typeof slot["start"] !== "string") return [];
    return [{ start: slot["start"], spoken: typeof slot["spoken"] === "string" ? slot["spoken"] : slot["start"] }];
  });
}
