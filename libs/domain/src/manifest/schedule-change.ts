import type { Schedule } from "./answer.ts";
import { instantsOf, offsetChange, startOfDay, wallClock, wallDayMs, type WallMs, wallOf } from "./local-time.ts";
import { isOpen, minuteOf, weekdayOf } from "./schedule.ts";

/** Days looked at after each date that may matter: two weeks, since DST can skip one week's opening, and one to round up. */
const lookAheadDays = 15;

/**
 * The first instant after `epochMs` at which the schedule opens or closes, or null when it never does again (always open, always
 * closed). Meant for people's eyes ("opens Monday at 09:00"), not for the answer path.
 */
export function nextChange(schedule: Schedule, epochMs: number): number | null {
  const isOpenNow = isOpen(schedule, epochMs);
  for (const day of daysThatMatter(schedule, epochMs)) {
    const changed = edgesOf(schedule, day).find((edge) => edge > epochMs && isOpen(schedule, edge) !== isOpenNow);
    if (changed !== undefined) return changed;
  }
  return null;
}

/** Wall-clock midnights, ascending: from today on, and around every holiday and every end of an override that is still to come. */
function daysThatMatter(schedule: Schedule, epochMs: number): readonly WallMs[] {
  const today = startOfDay(wallClock(schedule.timeZone, epochMs));
  const dates = [
    ...schedule.holidays.map(({ date }) => date),
    ...schedule.overrides.flatMap(({ from, to }) => [from, to]),
  ];
  const anchors = [today, ...dates.map((date) => startOfDay(wallOf(date))).filter((day) => day >= today)];
  const days = new Set<WallMs>();
  for (const anchor of anchors)
    for (let ahead = -1; ahead <= lookAheadDays; ahead += 1) days.add(anchor + ahead * wallDayMs);
  return [...days].toSorted((left, right) => left - right);
}

/** Every instant of a wall-clock day at which the state may change, ascending. */
function edgesOf(schedule: Schedule, day: WallMs): readonly number[] {
  const { timeZone } = schedule;
  const spans = schedule.weekly[weekdayOf(day)].flatMap(({ from, to }) => [
    day + minuteOf(from) * 60_000,
    day + minuteOf(to) * 60_000,
  ]);
  const overrides = schedule.overrides
    .flatMap(({ from, to }) => [wallOf(from), wallOf(to)])
    .filter((wall) => startOfDay(wall) === day);
  const walls = [day, day + wallDayMs, ...spans, ...overrides];
  const shift = offsetChange(timeZone, day - wallDayMs, day + 2 * wallDayMs);
  const edges = new Set([
    ...walls.flatMap((wall) => instantsOf(timeZone, wall)),
    ...(shift !== null && startOfDay(wallClock(timeZone, shift - 1)) === day ? [shift] : []),
  ]);
  return [...edges].toSorted((left, right) => left - right);
}
