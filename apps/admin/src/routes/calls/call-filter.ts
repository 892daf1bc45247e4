import type { QueryOf } from "../../api/operation.ts";
import { dayAfter, startOfDay } from "../../ui/calendar-day.ts";

export const VIEWS = ["calls", "tests"] as const;
export const SLOTS = ["blue", "green"] as const;
export const KINDS = ["live", "trial", "all"] as const;
export const STATES = ["live", "ended"] as const;
export const WINDOWS = ["hour", "day", "week", "month", "days"] as const;

/** What narrows the list of calls; absent members let all pass, but for `kind`: callers' calls. */
export interface CallFilter {
  readonly call?: string | undefined;
  readonly release?: string | undefined;
  readonly slot?: (typeof SLOTS)[number] | undefined;
  readonly region?: string | undefined;
  readonly outcome?: string | undefined;
  readonly kind?: (typeof KINDS)[number] | undefined;
  readonly state?: (typeof STATES)[number] | undefined;
  /** How far back; `days`: from one day to another. */
  readonly window?: (typeof WINDOWS)[number] | undefined;
  /** First and last day in the zone, `2026-11-28`; instants are taken as they are. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const HOUR_MS = 3_600_000;
const WINDOW_MS: Readonly<Record<string, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
};
/** The server takes as many characters and more. */
const LEAST_TYPED = 3;

type SessionsQuery = NonNullable<QueryOf<"get", "/v1/deployments/{reference}/sessions">>;

/** What is asked of the server. */
export function sessionsQuery(filter: CallFilter, zone: string, nowMs: number): SessionsQuery {
  const { call, release, slot, region, outcome, kind = "live", state, window, from, to } = filter;
  const lengthMs = WINDOW_MS[window ?? ""];
  const asked = {
    call: call !== undefined && call.length >= LEAST_TYPED ? call : undefined,
    release,
    slot,
    region,
    outcome,
    kind: kind === "all" ? undefined : kind,
    state,
    from: lengthMs === undefined ? instantOf(from, zone) : new Date(nowMs - lengthMs).toISOString(),
    to: lengthMs === undefined ? instantOf(to === undefined ? undefined : (dayAfter(to) ?? to), zone) : undefined,
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** Whether anything is left out of the list, calls that are no callers' apart. */
export const isNarrowed = (filter: CallFilter): boolean => Object.values(filter).some((value) => value !== undefined);

/** An address may hold anything: what is neither day nor instant is left out. */
function instantOf(text: string | undefined, zone: string): string | undefined {
  if (text === undefined) return undefined;
  const day = startOfDay(text, zone);
  const ms = Date.parse(text);
  return day ?? (Number.isNaN(ms) ? undefined : new Date(ms).toISOString());
}
