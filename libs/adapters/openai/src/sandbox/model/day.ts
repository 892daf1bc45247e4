import { numberWord, plain, says } from "./spoken-words.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/** Epoch milliseconds (UTC midnight) of a day written as `2026-11-26` or `Thursday, November 26, 2026`; NaN when it cannot be read. */
export const dayMs = (written: string): number =>
  Date.parse(/^\d{4}-\d{2}-\d{2}/u.test(written) ? `${written.slice(0, 10)}T00:00:00Z` : `${written} UTC`);

export const dayText = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

/** The weekday (0 Sunday) that was named; undefined when none was. */
export const weekdayIn = (text: string): number | undefined => {
  const said = plain(text);
  const found = WEEKDAYS.findIndex((name) => says(said, name));
  return found < 0 ? undefined : found;
};

/** The day that the caller named, `YYYY-MM-DD`, seen from today; undefined when none was named. */
export function dayIn(text: string, today: string): string | undefined {
  const said = plain(text);
  const written = /\b\d{4}-\d{2}-\d{2}\b/u.exec(text)?.[0];
  if (written !== undefined) return written;
  const todayMs = dayMs(today);
  if (Number.isNaN(todayMs)) return undefined;
  if (says(said, "day after tomorrow")) return dayText(todayMs + 2 * DAY_MS);
  if (says(said, "tomorrow")) return dayText(todayMs + DAY_MS);
  if (says(said, "today")) return dayText(todayMs);
  const dated = dateIn(said, todayMs);
  if (dated !== undefined) return dated;
  const weekday = weekdayIn(text);
  if (weekday !== undefined) {
    const aheadDays = (weekday - new Date(todayMs).getUTCDay() + 7) % 7 || 7;
    return dayText(todayMs + aheadDays * DAY_MS);
  }
  return says(said, "next week")
    ? dayText(todayMs + ((8 - new Date(todayMs).getUTCDay()) % 7 || 7) * DAY_MS)
    : undefined;
}

/** `november 26`, `26th of november`: this year's, or next year's when it has passed. */
function dateIn(said: string, todayMs: number): string | undefined {
  const month = MONTHS.findIndex((name) => new RegExp(`\\b${name}\\b`, "u").test(said));
  const day = month < 0 ? undefined : dayOfMonthIn(said);
  if (day === undefined) return undefined;
  const year = new Date(todayMs).getUTCFullYear();
  const thisYearMs = Date.UTC(year, month, day);
  return dayText(thisYearMs >= todayMs ? thisYearMs : Date.UTC(year + 1, month, day));
}

/** The day of a month that was named (`26`, `26th`, `the ninth`); undefined when none was. */
export function dayOfMonthIn(said: string): number | undefined {
  const digits = /\b(?<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:)/u.exec(said)?.groups?.["day"];
  if (digits !== undefined) return Number(digits);
  const ordinal = ORDINALS.findIndex((name) => says(said, name));
  return ordinal < 0 ? undefined : ordinal + 1;
}

/** A time of day in minutes after midnight; `isHalfOpen` when morning or afternoon was not told. */
export interface TimeOfDay {
  readonly minutes: number;
  readonly isHalfOpen: boolean;
}

const CLOCK = /\b(?<hour>\d{1,2}):(?<minute>\d{2})(?: ?(?<half>am|pm|a m|p m))?/u;
const HOUR =
  /\b(?:at |around |about )?(?<hour>\d{1,2}|[a-z]+)(?: (?<minute>thirty|fifteen|forty five|30|15|45))? ?(?<half>o'clock|am|pm|a m|p m|in the morning|in the afternoon|in the evening)/u;
const AT = /\bat (?<hour>\d{1,2}|[a-z]+)(?: (?<minute>thirty|fifteen|forty five|30|15|45))?\b/u;
const PAST = /\b(?<part>half|quarter) (?<side>past|to) (?<hour>\d{1,2}|[a-z]+)/u;
const BARE =
  /\b(?<hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?<minute>thirty|fifteen|forty five)\b/u;

/** The time that was named: `9:30`, `half past nine`, `ten o'clock`, `at two`; undefined when none was. */
export function timeIn(text: string): TimeOfDay | undefined {
  const said = plain(text);
  const past = PAST.exec(said)?.groups;
  if (past !== undefined) {
    const base = hourOf(past["hour"]);
    if (base === undefined) return undefined;
    const offset = past["part"] === "half" ? 30 : past["side"] === "to" ? -15 : 15;
    return { minutes: base * 60 + offset, isHalfOpen: base <= 12 };
  }
  for (const pattern of [CLOCK, HOUR, AT, BARE]) {
    const found = pattern.exec(said)?.groups;
    const hour = hourOf(found?.["hour"]);
    if (found !== undefined && hour !== undefined) return timeOf(hour, minuteOf(found["minute"]), found["half"] ?? "");
  }
  return undefined;
}

function timeOf(hour: number, minute: number, half: string): TimeOfDay {
  const isAfternoon = /^(?:pm|p m|in the afternoon|in the evening)$/u.test(half);
  const isMorning = /^(?:am|a m|in the morning)$/u.test(half);
  const wall = isAfternoon && hour < 12 ? hour + 12 : isMorning && hour === 12 ? 0 : hour;
  return { minutes: wall * 60 + minute, isHalfOpen: !isAfternoon && !isMorning && hour <= 12 };
}

function hourOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const value = /^\d+$/u.test(word) ? Number(word) : numberWord(word);
  return value !== undefined && value <= 23 ? value : undefined;
}

const MINUTES: Readonly<Record<string, number>> = { thirty: 30, fifteen: 15, "forty five": 45 };
const minuteOf = (word: string | undefined): number => (word === undefined ? 0 : (MINUTES[word] ?? Number(word)));
