const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** When this day begins in the zone, as an instant; null for what is no day (`2026-11-28`). */
export const startOfDay = (day: string, zone: string): string | null =>
  DAY.test(day) ? instantAt(`${day}T00:00`, zone) : null;

/** When the zone's clocks show this time of a day (`2026-11-28T10:00`, as a `datetime-local` field holds it), as an instant; null for no such time. */
export function instantAt(wall: string, zone: string): string | null {
  const utcMs = WALL.test(wall) ? Date.parse(`${wall}:00Z`) : Number.NaN;
  if (Number.isNaN(utcMs)) return null;
  // The offset at the wanted moment is found in two looks: clocks may have changed between the first guess and it.
  const guess = utcMs - offsetMs(utcMs, zone);
  return new Date(utcMs - offsetMs(guess, zone)).toISOString();
}

/** The day of an instant in the zone: `2026-11-28`. */
export const dayOf = (atMs: number, zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(atMs);

/** The next day; null for what is no day. */
export function dayAfter(day: string): string | null {
  const ms = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms + DAY_MS).toISOString().slice(0, 10);
}

/** By how much the zone's clocks are ahead of UTC at this moment. */
function offsetMs(atMs: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}
