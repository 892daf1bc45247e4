import { counted } from "@tandem/kernel";
import { ALARM_RESPONSE_MS, type SideFigures } from "./figures.ts";

/** Turns from which on a 95th percentile is no single slow turn. */
export const ALARM_TURNS = 20;
/** Slow turns that it takes at least. */
const ALARM_SLOW_TURNS = 3;
/** Share of calls that may crash (ruling 14): below a thousand calls one is too many. */
const CRASH_RATIO = 0.001;
/** Shares of calls, and how many calls it takes at least. */
const SILENCE = { ratio: 0.05, calls: 3 } as const;
const ERRORS = { ratio: 0.25, calls: 3 } as const;

/**
 * What no policy allows, however few calls there are: each alarm in a sentence with its figures. They look at the new release alone and
 * are not compared with anything.
 */
export function alarmsOf({ calls, crashes, silences, errors, response }: SideFigures): string[] {
  const { turns, p95Ms, overAlarm } = response;
  const isSlow = turns >= ALARM_TURNS && overAlarm >= ALARM_SLOW_TURNS && p95Ms !== null && p95Ms > ALARM_RESPONSE_MS;
  return [
    ...(isSlow
      ? [
          `response latency is ${Math.round(p95Ms)} ms at the 95th percentile of ${turns} turns (alarm: ${ALARM_RESPONSE_MS} ms)`,
        ]
      : []),
    ...(crashes > CRASH_RATIO * calls ? [`${crashes} of ${counted(calls, "call")} crashed`] : []),
    ...(silences >= SILENCE.calls && silences > SILENCE.ratio * calls
      ? [`${silences} of ${calls} calls had more than 2 s of silence while an answer was due`]
      : []),
    ...(errors.sum >= ERRORS.calls && errors.sum > ERRORS.ratio * errors.calls
      ? [`${errors.sum} of ${errors.calls} calls ended in an error or on the fallback`]
      : []),
  ];
}
