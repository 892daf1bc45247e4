import { dayOfMonthIn, timeIn, weekdayIn } from "./day.ts";
import { isYes, plain, says } from "./spoken-words.ts";

/** A time that a tool offered. */
export interface Slot {
  readonly start: string;
  readonly spoken: string;
}

/** How many slots are said at once. */
export const MOST_OFFERED = 2;

const ORDER: readonly (readonly [pattern: RegExp, index: number])[] = [
  [
    /\b(?:first|earlier|earliest|former|either|both|whichever|any of|doesn't matter|don't mind|one of (?:them|those))\b/u,
    0,
  ],
  [/\b(?:second|later|latter|last)\b/u, 1],
];

/** The slot that the caller's words mean: by day and time, else by its place in what was offered; undefined when they name none. */
export function slotIn(text: string, slots: readonly Slot[]): Slot | undefined {
  const offered = slots.slice(0, MOST_OFFERED);
  const byTime = byDayAndTime(text, slots, offered);
  if (byTime !== undefined) return byTime;
  if (namesDayOrTime(text)) return undefined;
  const said = plain(text);
  for (const [pattern, index] of ORDER) if (pattern.test(said)) return offered[Math.min(index, offered.length - 1)];
  return offered.length === 1 && isYes(text) ? offered[0] : undefined;
}

export const namesDayOrTime = (text: string): boolean => weekdayIn(text) !== undefined || timeIn(text) !== undefined;

/** Every part that was named must fit; the one that fits alone (among those offered first) is meant. */
function byDayAndTime(text: string, slots: readonly Slot[], offered: readonly Slot[]): Slot | undefined {
  const written = slots.find(({ start, spoken }) => text.includes(start) || says(plain(text), plain(spoken)));
  if (written !== undefined) return written;
  if (!namesDayOrTime(text)) return undefined;
  const fitting = (of: readonly Slot[]): readonly Slot[] => of.filter(({ spoken }) => fits(text, spoken));
  const [first] = fitting(offered);
  return first ?? fitting(slots)[0];
}

function fits(text: string, spoken: string): boolean {
  const weekday = weekdayIn(text);
  if (weekday !== undefined && weekday !== weekdayIn(spoken)) return false;
  const time = timeIn(text);
  const offered = timeIn(spoken);
  if (time !== undefined && offered !== undefined) {
    const apart = Math.abs(time.minutes - offered.minutes);
    if (apart !== 0 && !(time.isHalfOpen && apart === 12 * 60)) return false;
  }
  const day = monthDay(plain(text));
  return day === undefined || day === dayOfMonthIn(plain(spoken.replace(/ at .*$/u, "")));
}

/** A day of the month counts only where a month or an ordinal number makes it one. */
const monthDay = (said: string): number | undefined =>
  /\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d|\b\d{1,2}(?:st|nd|rd|th)\b/u.test(
    said,
  )
    ? dayOfMonthIn(said.replaceAll(/\d{1,2}:\d{2}/gu, ""))
    : undefined;
