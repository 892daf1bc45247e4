type Json = unknown;
type Members = Readonly<Record<string, Json>>;

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const DAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** A value as people read it: texts as they are, opening hours by days, one member or item a line. */
export function valueText(value: Json): string {
  if (typeof value === "string") return value;
  if (!isMembers(value)) return Array.isArray(value) ? listText(value) : String(value);
  if (typeof value["$ref"] === "string") return referenceText(value);
  if (isWeek(value)) return weekText(value);
  const members = Object.entries(value);
  const [[first, only] = ["", ""]] = members;
  if (members.length === 0) return "none";
  if (members.length === 1 && first === "do") return valueText(only);
  return members.map(([name, member]) => memberText(name, member)).join("\n");
}

type Side = string | null;

/** Both sides of a change; null for one that is undefined. No opening hours opposite some are `closed`. */
export function sidesText(before: Json, after: Json): readonly [before: Side, after: Side] {
  const hasHours = [before, after].some((side) => isSpans(side) && side.length > 0);
  const text = (side: Json): Side =>
    side === undefined ? null : hasHours && isSpans(side) ? spansText(side) : valueText(side);
  return [text(before), text(after)];
}

/** True for what is better read as a comparison of lines than side by side in a row. */
export const isLong = (text: string): boolean => text.includes("\n") || text.length > 72;

const isMembers = (value: Json): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const referenceText = (value: Members): string =>
  `${value["part"] === "version" ? "version" : "id"} of ${String(value["$ref"])}`;

function memberText(name: string, member: Json): string {
  const text = valueText(member);
  return text.includes("\n") ? `${name}:\n${indented(text)}` : `${name}: ${text}`;
}

function listText(items: readonly Json[]): string {
  if (items.length === 0) return "none";
  if (isSpans(items)) return spansText(items);
  const texts = items.map(valueText);
  const isShort = texts.every((text) => !text.includes("\n")) && texts.join(", ").length <= 60;
  return isShort ? texts.join(", ") : texts.map((text) => `• ${indented(text).trimStart()}`).join("\n");
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");

interface Span {
  readonly from: string;
  readonly to: string;
}
const TIME = /^\d\d:\d\d$/;
const isTime = (value: Json): boolean => typeof value === "string" && TIME.test(value);
const isSpans = (value: Json): value is readonly Span[] =>
  Array.isArray(value) &&
  value.every(
    (item) => isMembers(item) && Object.keys(item).length === 2 && isTime(item["from"]) && isTime(item["to"]),
  );
const isWeek = (value: Members): boolean =>
  Object.keys(value).length === DAYS.length && DAYS.every((day) => isSpans(value[day]));

const spansText = (spans: readonly Span[]): string =>
  spans.length === 0 ? "closed" : spans.map(({ from, to }) => `${from}–${to}`).join(", ");

/** `Mon–Thu 09:00–18:00`, one run of equal days a line. */
function weekText(week: Members): string {
  const runs: { first: number; last: number; text: string }[] = [];
  DAYS.forEach((day, index) => {
    const text = spansText(week[day] as readonly Span[]);
    const run = runs.at(-1);
    if (run !== undefined && run.text === text) run.last = index;
    else runs.push({ first: index, last: index, text });
  });
  return runs
    .map(({ first, last, text }) => `${DAY_NAMES[first]}${first === last ? "" : `–${DAY_NAMES[last]}`} ${text}`)
    .join("\n");
}
