/** A wall-clock time as milliseconds since 1970-01-01T00:00 of the same wall clock: arithmetic on it knows no zone and no DST. */
export type WallMs = number;

const dayMs = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The cached formatter of a zone; throws a RangeError for an unknown one. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    if (formatters.size >= 600) formatters.clear();
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** True for a name of the IANA time zone database; offsets such as `+02:00` are not names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > 60) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the wall clock of a zone shows at an instant. Defined for every instant. Throws a RangeError for an unknown zone. */
export function wallClock(timeZone: string, epochMs: number): WallMs {
  // `MM/DD/YYYY, HH:MM:SS` of this locale and these options.
  const text = formatterOf(timeZone).format(epochMs);
  const at = (from: number, to: number): number => Number(text.slice(from, to));
  const seconds = Date.UTC(at(6, 10), at(0, 2) - 1, at(3, 5), at(12, 14), at(15, 17), at(18, 20));
  return seconds + (((epochMs % 1000) + 1000) % 1000);
}

/** Milliseconds that the wall clock is ahead of UTC at an instant. */
const offsetAt = (timeZone: string, epochMs: number): number => wallClock(timeZone, epochMs) - epochMs;

/**
 * The instants at which the wall clock shows a time: one on ordinary days, two (ascending) in the hour that DST repeats, none in the
 * hour that it skips.
 */
export function instantsOf(timeZone: string, wall: WallMs): readonly number[] {
  const offsets = new Set([offsetAt(timeZone, wall - dayMs), offsetAt(timeZone, wall + dayMs)]);
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((epochMs) => wallClock(timeZone, epochMs) === wall)
    .toSorted((left, right) => left - right);
}

/** The first instant in (from, to] at which the zone's offset differs from that at `from`, or null. Assumes at most one change. */
export function offsetChange(timeZone: string, from: number, to: number): number | null {
  const before = offsetAt(timeZone, from);
  if (offsetAt(timeZone, to) === before) return null;
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Reads `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM[:SS]` as a wall-clock time; NaN when it is neither. */
export const wallOf = (text: string): WallMs => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);

/** Midnight at which the wall-clock day begins. */
export const startOfDay = (wall: WallMs): WallMs => wall - (((wall % dayMs) + dayMs) % dayMs);

/** Length of a wall-clock day: 24 hours, whatever DST does. */
export const wallDayMs = dayMs;
