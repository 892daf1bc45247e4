import { isTimeZone, wallClock } from "@tandem/domain/manifest";

/** A time zone as a choice. */
export interface TimeZoneChoice {
  readonly name: string;
  /** Distance from UTC at the time of asking, minutes; east is positive. */
  readonly offsetMinutes: number;
}

/** Names of today for those that the runtime lists under a name of the past. */
const NAMES_TODAY: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** Every zone that a parameter may name, by name. */
export const timeZones = (nowMs: number): readonly TimeZoneChoice[] =>
  [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone").map((name) => NAMES_TODAY[name] ?? name)])]
    .filter(isTimeZone)
    .toSorted()
    .map((name) => ({ name, offsetMinutes: offsetMinutes(name, nowMs) }));

const offsetMinutes = (name: string, nowMs: number): number => Math.round((wallClock(name, nowMs) - nowMs) / 60_000);
