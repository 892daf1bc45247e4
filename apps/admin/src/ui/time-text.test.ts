import { expect, test } from "vitest";
import { formatDuration, formatInstant, formatMoney, formatRelative } from "./time-text.ts";

const now = Date.parse("2026-11-28T12:00:00Z");

test.each([
  ["2026-11-28T11:59:30Z", "just now"],
  ["2026-11-28T12:00:20Z", "just now"],
  ["2026-11-28T12:00:50Z", "in a moment"],
  ["2026-11-28T11:57:00Z", "3 min ago"],
  ["2026-11-28T14:00:00Z", "in 2 hr"],
  ["2026-11-26T11:00:00Z", "2 days ago"],
])("%s is %s", (at, text) => expect(formatRelative(new Date(at), now)).toBe(text));

test.each([
  ["2026-11-28T11:05:00Z", "Europe/Berlin", "12:05"],
  ["2026-11-27T23:30:00Z", "Europe/Berlin", "00:30"],
  ["2026-11-27T11:05:00Z", "Europe/Berlin", "27 Nov 12:05"],
  ["2025-11-27T11:05:00Z", "America/New_York", "27 Nov 2025 06:05"],
])("%s in %s is %s", (at, zone, text) => expect(formatInstant(new Date(at), zone, now)).toBe(text));

test.each([
  [0, "0 ms"],
  [820, "820 ms"],
  [4200, "4.2 s"],
  [59_400, "59 s"],
  [200_000, "3 min 20 s"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
])("%i ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [1_230_000, "$1.23"],
  [4200, "$0.0042"],
  [0, "$0.00"],
])("%i millionths are %s", (micros, text) => expect(formatMoney(micros, "USD")).toBe(text));
