import type { Schedule } from "@tandem/domain/manifest";
import type { Calendar, TimeSpan } from "@tandem/ports/calendar";
import { expect, test } from "vitest";
import { findSlots } from "./calendar-operations.ts";
import type { ToolRun } from "./tool-job.ts";

const hours = (from: string, to: string) => [{ from, to }];
const schedule: Schedule = {
  timeZone: "America/New_York",
  weekly: {
    monday: hours("09:00", "12:00").concat(hours("13:00", "17:00")),
    tuesday: hours("09:00", "17:00"),
    wednesday: [],
    thursday: [],
    friday: [],
    saturday: [],
    sunday: [],
  },
  holidays: [{ date: "2026-11-24", name: "closed" }],
  overrides: [],
};

/** A diary with nothing in it: free around the clock on the grid of the wanted length. */
const emptyDiary = {
  freeSlots: async (_id: string, window: TimeSpan, slotMinutes: number, limit: number) => {
    const spans: TimeSpan[] = [];
    for (
      let at = Date.parse(window.start);
      at < Date.parse(window.end) && spans.length < limit;
      at += slotMinutes * 60_000
    )
      spans.push({ start: new Date(at).toISOString(), end: new Date(at + slotMinutes * 60_000).toISOString() });
    return spans;
  },
} as unknown as Calendar;

const run = (slotMinutes: number, limit: number): ToolRun =>
  ({
    resourceId: "c",
    arguments: {},
    settings: { slotMinutes, windowDays: 8, leadMinutes: 0, limit },
    call: { schedule, nowMs: Date.parse("2026-11-20T20:00:00Z") },
  }) as unknown as ToolRun;

const starts = (reply: unknown) =>
  (reply as { slots: { start: string }[] }).slots.map(({ start }) => start.slice(5, 16));

test("only bookable hours are offered, and no appointment runs over a break or the evening", async () => {
  const offered = starts((await findSlots(emptyDiary, run(120, 20))).reply);
  // Monday 23 in New York is UTC−5: 9–12 and 13–17 local; Tuesday is a holiday; a two-hour span starting at 11 would cross the break.
  expect(offered).toEqual(["11-23T14:00", "11-23T18:00", "11-23T20:00"]);
});

test("the limit counts what is offered, not what was looked through", async () => {
  expect(starts((await findSlots(emptyDiary, run(30, 2))).reply)).toEqual(["11-23T14:00", "11-23T14:30"]);
});
