import type { CallFacts } from "./call-facts.ts";
import { addedSums, noSums, type Sums, withValue } from "./sums.ts";

/** Response latency that no policy allows at the 95th percentile, milliseconds (ruling 12). */
export const ALARM_RESPONSE_MS = 1200;

/** How fast measured turns were answered. */
export interface ResponseFigures {
  readonly turns: number;
  /** 95th percentile, milliseconds; null without a turn. */
  readonly p95Ms: number | null;
  /** Turns beyond `ALARM_RESPONSE_MS`. */
  readonly overAlarm: number;
  /** Share of each call's turns beyond the baseline's 95th percentile. */
  readonly slow: Sums;
  /** Share of each call's turns at or beyond that and the margin; of the baseline itself: at or beyond its own 95th percentile. */
  readonly slower: Sums;
}

/** What the ended live calls of one release in some stretch of time show. */
export interface SideFigures {
  /** Ended live calls that were the agent's to take: what every floor counts. */
  readonly calls: number;
  readonly booked: Sums;
  readonly selfServe: Sums;
  readonly handlingMs: Sums;
  readonly errors: Sums;
  readonly hangUps: Sums;
  /** Calls whose agent was lost in mid-call, or that were lost with their node. */
  readonly crashes: number;
  /** Calls with more than 2 s without any sound while an answer was due. */
  readonly silences: number;
  readonly response: ResponseFigures;
}

export const noFigures: SideFigures = {
  calls: 0,
  booked: noSums,
  selfServe: noSums,
  handlingMs: noSums,
  errors: noSums,
  hangUps: noSums,
  crashes: 0,
  silences: 0,
  response: { turns: 0, p95Ms: null, overAlarm: 0, slow: noSums, slower: noSums },
};

/** From where on a turn counts as slow and as slower (see `ResponseFigures`). */
export interface SlowLimits {
  readonly slowMs: number;
  readonly slowerMs: number;
}

/** The limits that a baseline's 95th percentile and a margin make for the candidate; null where nothing was measured. */
export const slowLimits = (p95Ms: number | null, margin: number | null, leastMs: number): SlowLimits | null =>
  p95Ms === null ? null : { slowMs: p95Ms, slowerMs: p95Ms + Math.max((margin ?? 0) * p95Ms, leastMs) };

/** The limits by which the baseline itself is read. */
export const ownLimits = (p95Ms: number | null): SlowLimits | null =>
  p95Ms === null ? null : { slowMs: p95Ms, slowerMs: p95Ms };

/** Folds calls into figures. `limits` null: no turn is slow. */
export function figuresOf(calls: readonly CallFacts[], limits: SlowLimits | null): SideFigures {
  const own = calls.filter(({ isAgents }) => isAgents);
  const flags = (of: (call: CallFacts) => boolean | null): Sums =>
    own.reduce((sums, call) => {
      const value = of(call);
      return value === null ? sums : withValue(sums, value ? 1 : 0);
    }, noSums);
  const durations = own.flatMap(({ handlingMs }) => (handlingMs === null ? [] : [handlingMs]));
  return {
    calls: own.length,
    booked: flags(({ isBooked }) => isBooked),
    selfServe: flags(({ isSelfServed }) => isSelfServed),
    handlingMs: durations.reduce(withValue, noSums),
    errors: flags(({ isError }) => isError),
    hangUps: flags(({ isHangUp }) => isHangUp),
    crashes: own.filter(({ isCrash }) => isCrash).length,
    silences: own.filter(({ hasSilence }) => hasSilence).length,
    response: responseOf(own, limits),
  };
}

function responseOf(calls: readonly CallFacts[], limits: SlowLimits | null): ResponseFigures {
  const all = calls.flatMap(({ responseMs }) => responseMs).toSorted((left, right) => left - right);
  const share = (isSo: (ms: number) => boolean): Sums =>
    calls
      .filter(({ responseMs }) => responseMs.length > 0)
      .map(({ responseMs }) => responseMs.filter(isSo).length / responseMs.length)
      .reduce(withValue, noSums);
  return {
    turns: all.length,
    p95Ms: percentile(all, 0.95),
    overAlarm: all.filter((each) => each > ALARM_RESPONSE_MS).length,
    slow: limits === null ? noSums : share((ms) => ms > limits.slowMs),
    slower: limits === null ? noSums : share((ms) => ms >= limits.slowerMs),
  };
}

/** As `percentile_cont` of PostgreSQL: interpolated between neighbours. */
export function percentile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/** Figures of two sets of calls together, percentiles apart. */
export const addedFigures = (left: SideFigures, right: SideFigures): SideFigures => ({
  calls: left.calls + right.calls,
  booked: addedSums(left.booked, right.booked),
  selfServe: addedSums(left.selfServe, right.selfServe),
  handlingMs: addedSums(left.handlingMs, right.handlingMs),
  errors: addedSums(left.errors, right.errors),
  hangUps: addedSums(left.hangUps, right.hangUps),
  crashes: left.crashes + right.crashes,
  silences: left.silences + right.silences,
  response: {
    turns: left.response.turns + right.response.turns,
    p95Ms: null,
    overAlarm: left.response.overAlarm + right.response.overAlarm,
    slow: addedSums(left.response.slow, right.response.slow),
    slower: addedSums(left.response.slower, right.response.slower),
  },
});
