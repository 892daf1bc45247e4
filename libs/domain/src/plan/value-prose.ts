import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { isReference } from "../release/index.ts";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const DAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** A value on one line: text in quotes, references by what they stand for, opening hours as people write them, the rest as JSON. */
export function valueProse(value: Json): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (!isJsonObject(value)) return Array.isArray(value) ? listProse(value) : String(value);
  if (isReference(value)) return `${value["part"] === "version" ? "version" : "id"} of ${value["$ref"]}`;
  if (isWeek(value)) return weekProse(value);
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${valueProse(member)}`)
    .join(", ")} }`.replace("{  }", "{}");
}

/** Both sides of an exchange; a side without opening hours opposite one with them is `closed`. */
export function sidesProse(sides: readonly Json[]): string[] {
  const hasHours = sides.some((side) => Array.isArray(side) && side.length > 0 && isSpans(side));
  return hasHours ? sides.map((side) => (isSpans(side) ? spansProse(side) : valueProse(side))) : sides.map(valueProse);
}

function listProse(items: readonly Json[]): string {
  return isSpans(items) && items.length > 0 ? spansProse(items) : `[${items.map(valueProse).join(", ")}]`;
}

type Span = { readonly from: string; readonly to: string };

const isSpans = (value: Json | undefined): value is readonly Span[] =>
  Array.isArray(value) &&
  value.every(
    (item) => isJsonObject(item) && Object.keys(item).length === 2 && isTime(item["from"]) && isTime(item["to"]),
  );

const isTime = (value: Json | undefined): boolean => typeof value === "string" && /^\d\d:\d\d$/.test(value);

const spansProse = (spans: readonly Span[]): string =>
  spans.length === 0 ? "closed" : spans.map(({ from, to }) => `${from}–${to}`).join(", ");

const isWeek = (value: JsonObject): boolean =>
  Object.keys(value).length === DAYS.length && DAYS.every((day) => isSpans(value[day]));

/** `Mon–Thu 09:00–18:00; Fri 09:00–17:00; Sat–Sun closed`. */
function weekProse(week: JsonObject): string {
  const hours = DAYS.map((day) => spansProse(week[day] as readonly Span[]));
  const runs: { first: number; last: number; text: string }[] = [];
  hours.forEach((text, day) => {
    const run = runs.at(-1);
    if (run !== undefined && run.text === text) run.last = day;
    else runs.push({ first: day, last: day, text });
  });
  return runs
    .map(({ first, last, text }) => `${DAY_NAMES[first]}${first === last ? "" : `–${DAY_NAMES[last]}`} ${text}`)
    .join("; ");
}

const STEERING = /[\p{Cc}\p{Bidi_Control}]/u;

/** Text with control and direction characters written out, so that nothing in a value can steer a terminal. */
export const printable = (text: string): string =>
  STEERING.test(text)
    ? Array.from(text, (character) => (STEERING.test(character) ? escaped(character) : character)).join("")
    : text;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Words over lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    if (line !== undefined && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === undefined ? word : `${line} ${word}`;
  }
  return line === undefined ? lines : [...lines, line];
}

/** At most `width` characters. */
export const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
