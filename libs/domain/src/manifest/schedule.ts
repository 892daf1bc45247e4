import type { AnswerPolicy, AnswerRule, Schedule, WeeklyHours } from "./answer.ts";
import { startOfDay, wallClock, wallDayMs, type WallMs, wallOf } from "./local-time.ts";

/** What decides whether a schedule is open at an instant. */
export type ScheduleReason = "override" | "holiday" | "weekly-hours";

/** Whether a schedule is open, and why. */
export interface ScheduleState {
  readonly isOpen: boolean;
  readonly because: ScheduleReason;
  /** Note of the override or name of the holiday; empty for weekly hours. */
  readonly note: string;
}

// 1970-01-01 was a Thursday.
const weekdays = [
  "thursday",
  "friday",
  "saturday",
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
] as const satisfies (keyof WeeklyHours)[];

/**
 * State of a schedule at an instant (epoch milliseconds). Everything is judged by what the wall clock of the schedule's zone shows:
 * hours that DST skips are never reached, hours that it repeats count both times. Total for every schedule whose zone exists.
 */
export function scheduleState(schedule: Schedule, epochMs: number): ScheduleState {
  const wall = wallClock(schedule.timeZone, epochMs);
  const override = schedule.overrides.findLast(({ from, to }) => wallOf(from) <= wall && wall < wallOf(to));
  if (override !== undefined) return { isOpen: override.open, because: "override", note: override.note };
  const midnight = startOfDay(wall);
  const holiday = schedule.holidays.find(({ date }) => wallOf(date) === midnight);
  if (holiday !== undefined) return { isOpen: false, because: "holiday", note: holiday.name };
  return { isOpen: isInHours(schedule.weekly, wall, midnight), because: "weekly-hours", note: "" };
}

/** Whether the business is open at an instant (epoch milliseconds). */
export const isOpen = (schedule: Schedule, epochMs: number): boolean => scheduleState(schedule, epochMs).isOpen;

/** The schedule by which appointments are offered: bookable hours in place of opening hours. */
export const bookingSchedule = (schedule: Schedule): Schedule => ({
  ...schedule,
  weekly: schedule.bookable ?? schedule.weekly,
});

function isInHours(weekly: WeeklyHours, wall: WallMs, midnight: WallMs): boolean {
  const minute = (wall - midnight) / 60_000;
  return weekly[weekdayOf(midnight)].some(({ from, to }) => minuteOf(from) <= minute && minute < minuteOf(to));
}

/** Weekday of a wall-clock midnight. */
export function weekdayOf(midnight: WallMs): keyof WeeklyHours {
  const day = Math.round(midnight / wallDayMs);
  return weekdays[((day % 7) + 7) % 7] ?? "thursday";
}

/** Minutes since midnight of `HH:MM`; `24:00` is 1440. */
export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Who picks up a call that arrives at an instant, and why. */
export interface AnswerDecision extends ScheduleState {
  readonly rule: AnswerRule;
}

/** Evaluated for each call when it arrives. */
export function answerDecision(policy: AnswerPolicy, epochMs: number): AnswerDecision {
  const state = scheduleState(policy.schedule, epochMs);
  return { ...state, rule: state.isOpen ? policy.whenOpen : policy.whenClosed };
}
