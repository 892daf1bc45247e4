/** The number that is typed, with a point or a comma; null when it is none. */
export const numberIn = (text: string): number | null =>
  /^\d+([.,]\d+)?$/.test(text.trim()) ? Number(text.trim().replace(",", ".")) : null;

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

/** Why what is typed is not within the bounds; null when it is. */
export function boundsError(text: string, { least, most, isWhole = false }: Bounds): string | null {
  const value = numberIn(text);
  const isWithin = value !== null && value >= least && value <= most && (!isWhole || Number.isInteger(value));
  return isWithin ? null : `${isWhole ? "A whole number from" : "From"} ${format(least)} to ${format(most)}`;
}

const format = (value: number): string => new Intl.NumberFormat("en", { maximumFractionDigits: 6 }).format(value);

/** A ratio as per cent is typed: 0.05 is "5". */
export const percentText = (ratio: number): string => String(Number((ratio * 100).toFixed(6)));
/** The ratio of what is typed as per cent. */
export const ratioIn = (text: string): number => Number(((numberIn(text) ?? 0) / 100).toFixed(8));

const DAY_MS = 86_400_000;

/** Why a length is none, or is longer than this many days; null when it is right. */
export const lengthError = (ms: number | null, mostDays: number): string | null =>
  ms === null || ms > mostDays * DAY_MS ? `A length of at most ${mostDays} days` : null;

/** What is wrong with a draft by JSON pointer into what it is sent as, as the server names places. */
export type PlaceErrors = Readonly<Record<string, string>>;

/** Keeps the places at which something is wrong. */
export const placeErrors = (all: Readonly<Record<string, string | null>>): PlaceErrors =>
  Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
