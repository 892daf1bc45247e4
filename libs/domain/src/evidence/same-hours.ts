import { instantsOf, wallClock } from "../manifest/index.ts";

/** A stretch of time, epoch milliseconds; `toMs` is not part of it. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many weeks back a release is compared with. */
export const SAME_HOURS_WEEKS = 4;
const WEEK_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * The same weekday and hours by the zone's wall clock in each of the last four weeks: from the beginning of the hour in which the stretch
 * begins to the minute at which it ends. Stretches that overlap (a watch longer than a week) are one. Throws a RangeError for an unknown zone.
 */
export function sameHours({ fromMs, toMs }: Stretch, timeZone: string): Stretch[] {
  const wallFrom = Math.floor(wallClock(timeZone, fromMs) / HOUR_MS) * HOUR_MS;
  const wallTo = wallClock(timeZone, toMs);
  const weeks = Array.from({ length: SAME_HOURS_WEEKS }, (_, index) => (SAME_HOURS_WEEKS - index) * WEEK_MS);
  return weeks
    .map((backMs) => ({
      fromMs: instantOf(timeZone, wallFrom - backMs, "first"),
      toMs: instantOf(timeZone, wallTo - backMs, "last"),
    }))
    .filter((stretch) => stretch.toMs > stretch.fromMs)
    .reduce<Stretch[]>(joined, []);
}

/** Of an hour that DST repeats the first or the last; of one that it skips, the instant of the change. */
function instantOf(timeZone: string, wall: number, which: "first" | "last"): number {
  const instants = instantsOf(timeZone, wall);
  const found = which === "first" ? instants[0] : instants.at(-1);
  if (found !== undefined) return found;
  const [after] = instantsOf(timeZone, wall + HOUR_MS);
  return after === undefined ? wall : after - (((wall % HOUR_MS) + HOUR_MS) % HOUR_MS);
}

function joined(stretches: Stretch[], next: Stretch): Stretch[] {
  const last = stretches.at(-1);
  if (last === undefined || last.toMs < next.fromMs) return [...stretches, next];
  return [...stretches.slice(0, -1), { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) }];
}
