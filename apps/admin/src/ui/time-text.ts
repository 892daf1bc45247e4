const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
/** How far the clock of a page may be behind. */
const CLOCK_MS = 30_000;
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });

/** "3 min. ago", "in 2 hr."; "just now" below a minute; what has happened since the page's clock last moved is not in the future. */
export function formatRelative(at: Date, nowMs: number): string {
  const distance = at.getTime() - nowMs;
  const [unit, ms] = UNITS.find(([, each]) => Math.abs(distance) >= each) ?? [];
  if (unit === undefined || ms === undefined) return distance > CLOCK_MS ? "in a moment" : "just now";
  return relativeFormat.format(Math.trunc(distance / ms), unit).replace(".", "");
}

/** "14:05" for today, "27 Nov 14:05" this year, "27 Nov 2025 14:05" before, in the zone. */
export function formatInstant(at: Date, zone: string, nowMs: number): string {
  const part = (options: Intl.DateTimeFormatOptions, of: Date | number): string =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(of);
  const clock = part({ hour: "2-digit", minute: "2-digit" }, at);
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  if (part(day, at) === part(day, nowMs)) return clock;
  const isThisYear = part({ year: "numeric" }, at) === part({ year: "numeric" }, nowMs);
  return `${part(isThisYear ? { day: "numeric", month: "short" } : day, at)} ${clock}`;
}

/** "820 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return withRest(`${days} d`, hours % 24, "h");
  if (hours > 0) return withRest(`${hours} h`, minutes % 60, "min");
  return withRest(`${minutes} min`, seconds % 60, "s");
}

const withRest = (whole: string, rest: number, unit: string): string =>
  rest === 0 ? whole : `${whole} ${rest} ${unit}`;

/** Millionths of a currency unit as money: cents for whole amounts, as many digits as it takes for small ones. */
export function formatMoney(micros: number, currency: string): string {
  const amount = micros / 1_000_000;
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}
