import { readNumber } from "./number-words.ts";
import { normalised } from "./words.ts";

const dayMs = 86_400_000;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months = "january february march april may june july august september october november december".split(" ");
const ordinals: Readonly<Record<string, number>> = Object.fromEntries(
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    .split(" ")
    .map((word, index) => [word, index + 1]),
);

/** A date as `YYYY-MM-DD`, or null. `today` (`YYYY-MM-DD`) gives "tomorrow" and weekdays their meaning: the next such day. */
export function readDate(text: string, today: string): string | null {
  const written = /\b(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (written !== null) return existing(Number(written[1]), Number(written[2]), Number(written[3]));
  const words = normalised(text);
  const todayMs = Date.parse(`${today}T00:00:00Z`);
  if (/\bday after tomorrow\b/.test(words)) return dateOf(todayMs + 2 * dayMs);
  if (/\btomorrow\b/.test(words)) return dateOf(todayMs + dayMs);
  if (/\b(today|tonight|this (morning|afternoon|evening))\b/.test(words)) return dateOf(todayMs);
  const weekday = weekdays.findIndex((name) => new RegExp(`\\b${name}\\b`).test(words));
  return namedMonth(words, todayMs) ?? (weekday === -1 ? null : dateOf(nextWeekday(todayMs, weekday)));
}

function nextWeekday(todayMs: number, weekday: number): number {
  const ahead = (weekday - new Date(todayMs).getUTCDay() + 7) % 7;
  return todayMs + (ahead === 0 ? 7 : ahead) * dayMs;
}

function namedMonth(words: string, todayMs: number): string | null {
  const month = months.findIndex((name) => new RegExp(`\\b${name}\\b`).test(words));
  if (month === -1) return null;
  const day = dayNumber(words);
  if (day === null) return null;
  const year = new Date(todayMs).getUTCFullYear();
  const thisYear = existing(year, month + 1, day);
  if (thisYear !== null && Date.parse(`${thisYear}T00:00:00Z`) >= todayMs) return thisYear;
  return existing(year + 1, month + 1, day);
}

function dayNumber(words: string): number | null {
  const figures = /\b(\d{1,2})(?:st|nd|rd|th)?\b/.exec(words);
  if (figures !== null) return Number(figures[1]);
  const parts = words.split(" ");
  const last = parts.findLast((word) => ordinals[word] !== undefined);
  if (last === undefined) return readNumber(words);
  const before = parts[parts.indexOf(last) - 1];
  return (ordinals[last] ?? 0) + (before === "twenty" ? 20 : before === "thirty" ? 30 : 0);
}

function existing(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? dateOf(date.getTime()) : null;
}

const dateOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

/** A time of day as `HH:MM`, or null: `14:30`, "half past two", "quarter to five", "3 pm", "noon". Without am or pm hours 1–6 are afternoon. */
export function readTime(text: string): string | null {
  const words = normalised(text.replaceAll(/([ap])\.\s?m\.?/gi, "$1m"));
  if (/\b(noon|midday)\b/.test(words)) return "12:00";
  if (/\bmidnight\b/.test(words)) return "00:00";
  const clock = /\b([01]?\d|2[0-3])[ :]([0-5]\d)\b/.exec(words);
  if (clock !== null) return timeOf(Number(clock[1]), Number(clock[2]), words, (clock[1] ?? "").length === 2);
  const before = /\b(half past|half|quarter past|quarter to)\b (.+)/.exec(words);
  const hour = readNumber(before?.[2] ?? words);
  if (hour === null || hour < 0 || hour > 23 || !Number.isInteger(hour)) return null;
  const minutes = { "half past": 30, half: 30, "quarter past": 15, "quarter to": -15 }[before?.[1] ?? ""] ?? 0;
  return timeOf(hour, minutes, words, false);
}

function timeOf(hour: number, minutes: number, words: string, isWhole: boolean): string {
  const isMorning = /\b(\d{1,2})?am\b|\bmorning\b/.test(words);
  const isAfternoon = /\b(\d{1,2})?pm\b|\b(afternoon|evening|tonight)\b/.test(words);
  const shifted =
    isMorning && hour === 12
      ? 0
      : hour < 12 && (isAfternoon || (!isMorning && !isWhole && hour >= 1 && hour <= 6))
        ? hour + 12
        : hour;
  const total = (shifted * 60 + minutes + 1440) % 1440;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}
