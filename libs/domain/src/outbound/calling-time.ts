import { isOpen, nextChange, type OutboundCalls, type Schedule } from "../manifest/index.ts";

/** When somebody may be called: calling hours on their own wall clock, without the business's holidays and closed exceptions. */
export const callingSchedule = (outbound: OutboundCalls, business: Schedule, timeZone: string | null): Schedule => ({
  timeZone: timeZone ?? business.timeZone,
  weekly: outbound.callingHours,
  holidays: business.holidays,
  overrides: business.overrides.filter(({ open }) => !open),
});

/** The first instant (epoch milliseconds) from `nowMs` on at which the schedule permits a call; null when none ever does. */
export const permittedFrom = (schedule: Schedule, nowMs: number): number | null =>
  isOpen(schedule, nowMs) ? nowMs : nextChange(schedule, nowMs);
