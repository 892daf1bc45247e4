import type { Json } from "@tandem/kernel";

/** An open span of one day, minutes since midnight; `to` at most 1440. */
export interface Minutes {
  readonly from: number;
  readonly to: number;
}

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Day = (typeof DAYS)[number];

/** A span as the API takes it; texts that are no time stay as they were typed, and the server says so. */
export interface Span {
  readonly from: string;
  readonly to: string;
}
export type WeeklyHours = Readonly<Record<Day, readonly Span[]>>;

export const CLOSED: WeeklyHours = {
  monday: [],
  tuesday: [],
  wednesday: [],
  thursday: [],
  friday: [],
  saturday: [],
  sunday: [],
};

/** Any value as weekly hours: what is none is closed. */
export function weeklyHoursOf(value: Json | undefined): WeeklyHours {
  const days = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    DAYS.map((day) => [day, Array.isArray(days[day]) ? (days[day] as unknown[]).filter(isSpan) : []]),
  ) as unknown as WeeklyHours;
}

const isSpan = (value: unknown): value is Span => {
  const { from, to } = (value ?? {}) as Partial<Span>;
  return typeof from === "string" && typeof to === "string";
};

/** Minutes since midnight of `HH:MM`, null for anything else. */
export function minutesOf(time: string): number | null {
  const match = /^(\d\d):(\d\d)$/.exec(time);
  if (match === null) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minutes <= 1440 ? minutes : null;
}

export const timeText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** What a person types for a time as `HH:MM`: "9" → "09:00", "930" → "09:30", "9.30" → "09:30", "5pm" → "17:00"; else as it was. */
export function readTime(typed: string): string {
  const match = /^\s*(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?\s*$/i.exec(typed);
  if (match === null) return typed;
  const half = match[3]?.toLowerCase();
  const hour = Number(match[1]);
  const hours = half === undefined ? hour : (hour % 12) + (half === "pm" ? 12 : 0);
  const text = timeText(hours * 60 + Number(match[2] ?? "0"));
  return Number(match[2] ?? "0") < 60 && minutesOf(text) !== null && !(half !== undefined && hour > 12) ? text : typed;
}

/** The spans that can be read, in order, those that touch joined. */
export function joined(spans: readonly Span[]): Minutes[] {
  const read = spans
    .flatMap(({ from, to }) => {
      const [begin, end] = [minutesOf(from), minutesOf(to)];
      return begin === null || end === null || begin >= end ? [] : [{ from: begin, to: end }];
    })
    .toSorted((a, b) => a.from - b.from);
  const result: Minutes[] = [];
  for (const span of read) {
    const last = result.at(-1);
    if (last !== undefined && span.from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}

/** The day's spans after this part of the day has been opened or closed. */
export function painted(spans: readonly Span[], part: Minutes, isOpen: boolean): readonly Span[] {
  const texts = (minutes: readonly Minutes[]): Span[] =>
    minutes.map(({ from, to }) => ({ from: timeText(from), to: timeText(to) }));
  if (isOpen) return texts(joined([...spans, ...texts([part])]));
  return texts(
    joined(spans).flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, part.from) },
        { from: Math.max(from, part.to), to },
      ].filter((each) => each.from < each.to),
    ),
  );
}

/** How much of this part of the day is open. */
export function openness(spans: readonly Minutes[], part: Minutes): "open" | "partly" | "closed" {
  const open = spans.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, part.to) - Math.max(from, part.from)),
    0,
  );
  return open === 0 ? "closed" : open >= part.to - part.from ? "open" : "partly";
}

/** A day in words: "09:00–17:00", "closed", "all day". */
export function dayText(spans: readonly Span[]): string {
  const read = joined(spans);
  if (read.length === 0) return "closed";
  if (read.length === 1 && read[0]?.from === 0 && read[0].to === 1440) return "all day";
  return read.map(({ from, to }) => `${timeText(from)}–${timeText(to)}`).join(", ");
}

/** The week in words, equal days together: "Mon–Fri 09:00–17:00, Sat–Sun closed". */
export function weekText(hours: WeeklyHours): string {
  const runs: { first: Day; last: Day; text: string }[] = [];
  for (const day of DAYS) {
    const text = dayText(hours[day]);
    const run = runs.at(-1);
    if (run?.text === text) run.last = day;
    else runs.push({ first: day, last: day, text });
  }
  return runs
    .map(
      ({ first, last, text }) => `${first === last ? shortDay(first) : `${shortDay(first)}–${shortDay(last)}`} ${text}`,
    )
    .join(", ");
}

export const dayName = (day: Day): string => day.charAt(0).toUpperCase() + day.slice(1);
export const shortDay = (day: Day): string => dayName(day).slice(0, 3);
