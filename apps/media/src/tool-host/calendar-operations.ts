import { isOpen, nextChange, type Schedule } from "@tandem/domain/manifest";
import { instant, type JsonObject } from "@tandem/kernel";
import type { Calendar, TimeSpan } from "@tandem/ports/calendar";
import { empty, failure, success, type ToolOutcome, type ToolRun } from "./tool-job.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Free spans looked through for bookable ones: a month of quarter hours. */
const MOST_FREE_SLOTS = 3000;

/** Free times from the wanted day on, with words the agent can say. */
export async function findSlots(calendar: Calendar, run: ToolRun): Promise<ToolOutcome> {
  const { settings, call } = run;
  const earliestMs = call.nowMs + numberOf(settings, "leadMinutes") * MINUTE_MS;
  const from = textOf(run.arguments, "from");
  const wantedMs = from === null ? earliestMs : startOfDayMs(from, call.schedule.timeZone);
  if (Number.isNaN(wantedMs)) return failure("invalid-arguments", "Give the day as YYYY-MM-DD.");
  const startMs = Math.max(earliestMs, wantedMs);
  const window = { start: instant(startMs), end: instant(startMs + numberOf(settings, "windowDays") * DAY_MS) };
  const free = await calendar.freeSlots(
    requireResource(run),
    window,
    numberOf(settings, "slotMinutes"),
    MOST_FREE_SLOTS,
  );
  const spans = firstBookable(call.schedule, free, numberOf(settings, "limit"));
  if (spans.length === 0) return empty({ slots: [], message: "There is no free time in that window." });
  return success({ slots: spans.map((span) => ({ ...span, spoken: spokenTime(span.start, call.schedule.timeZone) })) });
}

/** The first spans that lie wholly within bookable hours: a calendar is free at night, too. */
function firstBookable(schedule: Schedule, free: readonly TimeSpan[], limit: number): TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (const span of free) {
    if (spans.length >= limit) break;
    const startMs = Date.parse(span.start);
    if (!isOpen(schedule, startMs)) continue;
    const closesAtMs = nextChange(schedule, startMs);
    if (closesAtMs === null || closesAtMs >= Date.parse(span.end)) spans.push(span);
  }
  return spans;
}

/** Books once: the same key again gives the first booking. */
export async function book(calendar: Calendar, run: ToolRun): Promise<ToolOutcome> {
  const span = spanOf(run);
  if (span === null) return failure("invalid-arguments", "Give `start` exactly as find_slots offered it.");
  const email = textOf(run.arguments, "email");
  const booked = await calendar.book(requireResource(run), {
    key: run.call.key,
    span,
    title: String(run.settings["title"]),
    description: descriptionOf(run),
    isTest: run.call.isTest,
    ...(run.call.isTest ? { testedBy: run.call.deploymentId } : {}),
    ...(email === null ? {} : { attendeeEmail: email }),
  });
  return success(bookingReply(booked.eventId, booked.span, run), { bookingId: booked.eventId });
}

export async function reschedule(calendar: Calendar, run: ToolRun): Promise<ToolOutcome> {
  const span = spanOf(run);
  const eventId = eventOf(run);
  if (span === null) return failure("invalid-arguments", "Give `start` exactly as find_slots offered it.");
  if (eventId === null) return noBooking();
  const moved = await calendar.reschedule(requireResource(run), eventId, span);
  return success(bookingReply(moved.eventId, moved.span, run), { bookingId: moved.eventId });
}

export async function cancel(calendar: Calendar, run: ToolRun): Promise<ToolOutcome> {
  const eventId = eventOf(run);
  if (eventId === null) return noBooking();
  await calendar.cancel(requireResource(run), eventId);
  return success({ event_id: eventId }, run.call.bookingId === eventId ? { bookingId: null } : {});
}

const noBooking = (): ToolOutcome =>
  failure("no-booking", "There is no booking of this call; ask for it or book first.");

const eventOf = (run: ToolRun): string | null => textOf(run.arguments, "event_id") ?? run.call.bookingId;

const bookingReply = (eventId: string, span: TimeSpan, run: ToolRun): JsonObject => ({
  event_id: eventId,
  ...span,
  spoken: spokenTime(span.start, run.call.schedule.timeZone),
});

function spanOf(run: ToolRun): TimeSpan | null {
  const startMs = Date.parse(textOf(run.arguments, "start") ?? "");
  if (Number.isNaN(startMs)) return null;
  return { start: instant(startMs), end: instant(startMs + numberOf(run.settings, "slotMinutes") * MINUTE_MS) };
}

function descriptionOf(run: ToolRun): string {
  const phone = textOf(run.arguments, "phone") ?? run.call.from;
  const lines = [
    ["Name", textOf(run.arguments, "name")],
    ["Phone", phone],
    ["Reason", textOf(run.arguments, "reason")],
  ];
  return lines.flatMap(([label, value]) => (value === null ? [] : [`${label}: ${value}`])).join("\n");
}

/** The bound vendor object. */
export function requireResource(run: ToolRun): string {
  if (run.resourceId === null) throw new Error(`${run.operation} is not bound to a resource`);
  return run.resourceId;
}

export const numberOf = (settings: ToolRun["settings"], name: string): number => Number(settings[name] ?? 0);

/** A text argument; null when absent or blank. */
export function textOf(members: JsonObject, name: string): string | null {
  const value = members[name];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** Instant at which a local day begins. NaN when the text is no date. */
function startOfDayMs(date: string, timeZone: string): number {
  const utcMs = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(utcMs) ? utcMs : utcMs - offsetMs(utcMs, timeZone);
}

function offsetMs(epochMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(epochMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - epochMs;
}

/** "Tuesday, November 24 at 9:30 AM" in the business's own time. */
const spokenTime = (start: string, timeZone: string): string =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "long",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
  }).format(Date.parse(start));
